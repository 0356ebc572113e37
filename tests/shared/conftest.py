"""These tests need real data that lies beside the clone; without it they are not collected."""

from pathlib import Path

import pytest

from catalogue_api.storage.engine.database import Database

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

collect_ignore_glob = [] if SHARED.is_dir() else ["test_*.py"]


def pytest_terminal_summary(terminalreporter):
    if not SHARED.is_dir():
        terminalreporter.write_line(f"tests/shared: not collected, there is no {SHARED}")


@pytest.fixture(scope="session")
def marc():
    return SHARED / "marc"


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory):
    """A migrated database without a row, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "catalogue.db"
    database = Database(f"sqlite:///{path}", threads=0)
    database.migrate()
    database.close()
    return path
