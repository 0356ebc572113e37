"""The units are right, and shut in: judged by systemd itself."""

import json
import subprocess
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parents[2] / "systemd"
UNITS = sorted(SYSTEMD.glob("*.service"))
EXPOSURE = 2.0
"""Of 10: `systemd-analyze security` calls up to 2 "OK" and sees little that could still be shut."""

pytestmark = pytest.mark.server


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_these_there_are() -> None:
    assert [unit.stem for unit in UNITS] == [
        "ritournelle-api", "ritournelle-kiosk", "ritournelle-nightly", "ritournelle-screen",
    ]  # fmt: skip


def test_the_night_comes_once_a_day() -> None:
    timer = SYSTEMD / "ritournelle-nightly.timer"
    (when,) = [line for line in timer.read_text().splitlines() if line.startswith("OnCalendar=")]
    found = analyze("calendar", "--iterations=2", when.removeprefix("OnCalendar="))
    assert found.returncode == 0, found.stderr
    assert "03:20:00" in found.stdout


@pytest.fixture(params=UNITS, ids=lambda unit: unit.stem)
def installed(request, tmp_path) -> Path:
    """A unit as it will be installed, but that its program is one that is there."""
    unit = tmp_path / request.param.name
    lines = request.param.read_text().splitlines()
    started = ["ExecStart=/bin/true" if it.startswith("ExecStart=") else it for it in lines]
    unit.write_text("\n".join(started))
    return unit


def test_systemd_understands_every_line(installed) -> None:
    found = analyze("verify", "--man=no", installed)
    assert (found.returncode, found.stderr) == (0, "")


def test_a_slip_of_the_pen_would_be_seen(installed) -> None:
    installed.write_text(installed.read_text() + "\n[Service]\nNoNewPrivilege=yes\n")
    assert "NoNewPrivilege" in analyze("verify", "--man=no", installed).stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_it_is_shut_in(unit) -> None:
    limit = f"--threshold={EXPOSURE * 10:.0f}"
    found = analyze("security", "--offline=true", limit, "--no-pager", unit)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_an_open_one_would_be_seen(unit, tmp_path) -> None:
    opened = tmp_path / unit.name
    opened.write_text(unit.read_text().replace("NoNewPrivileges=yes", "").replace("User=", "#"))
    found = analyze("security", "--offline=true", "--json=short", "--no-pager", opened)
    exposed = {one["name"] for one in json.loads(found.stdout) if one["set"] is False}
    assert "NoNewPrivileges=" in exposed
