"""Damage to a journal's file that costs none of its rows: a page of an index is spoiled."""

import sqlite3
from contextlib import closing
from pathlib import Path

from simulator.disk import SimDisk

_PAGES = (
    "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = ?"
)
_INDEX = "returns_by_barcode"
_GARBAGE = b"\xff" * 64


def spoil(path: Path, disk: SimDisk) -> None:
    """Spoil the file of a program that was ended in good order; another is left alone."""
    log = Path(f"{path}-wal")
    if not path.exists() or (log.exists() and log.stat().st_size):
        return
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as database:
        found = database.execute(_PAGES, (_INDEX,)).fetchone()
    if found is not None:
        page, size = found
        disk.scribble(str(path), (page - 1) * size, _GARBAGE)
