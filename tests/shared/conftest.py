"""These tests need real data that lies beside the clone; without it they are not collected."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

collect_ignore_glob = [] if SHARED.is_dir() else ["test_*.py"]


def pytest_terminal_summary(terminalreporter):
    if not SHARED.is_dir():
        terminalreporter.write_line(f"tests/shared: not collected, there is no {SHARED}")


@pytest.fixture(scope="session")
def marc():
    return SHARED / "marc"
