"""Chromium as the unit of the screen shuts it in: its own walls must stand inside of that."""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

UNIT = Path(__file__).parents[2] / "systemd" / "ritournelle-screen.service"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
PAGE = "data:text/html,<body><script>document.body.textContent='works: '+6*7</script>"


@pytest.mark.server
def test_its_own_walls_stand_among_private_users() -> None:
    """Without `--no-sandbox` it ends unless it can shut its pages in with namespaces of its own."""
    assert "PrivateUsers=yes" in UNIT.read_text().splitlines()
    with TemporaryDirectory() as profile:
        if os.getuid() == 0:
            os.chown(profile, 65534, 65534)
        shown = _shown_with(profile)
    assert "works: 42" in shown.stdout, shown.stderr


def _shown_with(profile: str) -> subprocess.CompletedProcess[str]:
    browser = ["/usr/bin/chromium", "--headless", "--disable-gpu", f"--user-data-dir={profile}"]
    return subprocess.run(
        [
            *(NOBODY if os.getuid() == 0 else []),
            *("unshare", "--user", "--map-current-user"),
            *(*browser, "--virtual-time-budget=2000", "--dump-dom", PAGE),
        ],
        env=os.environ | {"HOME": profile, "XDG_RUNTIME_DIR": profile},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
