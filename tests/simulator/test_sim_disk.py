"""The simulated disk: what was synced is there after a power cut, the rest as chance has it."""

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from simulator.disk import SECTOR, SimDisk


@pytest.fixture
def disk() -> Iterator[SimDisk]:
    disk = SimDisk("disk-under-test", random.Random(1))
    yield disk
    disk.unregister()


def write(disk: SimDisk, path: Path, *pieces: tuple[int, bytes], sync: bool) -> None:
    flags = [apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_READWRITE, 0]
    file = disk.xOpen(str(path), flags)
    for offset, data in pieces:
        file.xWrite(data, offset)
    if sync:
        file.xSync(apsw.SQLITE_SYNC_FULL)
    file.xClose()


def cut(disk: SimDisk) -> None:
    disk.power_off()
    disk.power_on()


def test_what_was_synced_survives_every_cut(disk: SimDisk, tmp_path: Path):
    path = tmp_path / "file"
    write(disk, path, (0, b"safe"), sync=True)
    for _ in range(20):
        cut(disk)
    assert path.read_bytes() == b"safe"


def test_what_was_not_synced_is_kept_lost_or_torn(disk: SimDisk, tmp_path: Path):
    fates = set()
    for number in range(60):
        path = tmp_path / f"{number}"
        write(disk, path, (0, b"x" * (4 * SECTOR)), sync=False)
        cut(disk)
        fates.add(path.stat().st_size)
    assert {0, 4 * SECTOR} < fates
    assert all(size % SECTOR == 0 for size in fates)
    assert disk.losses.cuts == 60
    assert disk.losses.kept > 0
    assert disk.losses.lost > 0
    assert disk.losses.torn > 0


def test_unsynced_writes_survive_each_by_itself(disk: SimDisk, tmp_path: Path):
    """A later write may reach the disk although an earlier one did not."""
    found = set()
    for number in range(40):
        path = tmp_path / f"{number}"
        write(disk, path, (0, b"a"), (1, b"b"), sync=False)
        cut(disk)
        found.add(path.read_bytes())
    assert {b"", b"ab", b"\0b"} <= found


def test_without_power_and_without_room_nothing_is_written(disk: SimDisk, tmp_path: Path):
    path = tmp_path / "file"
    disk.full = True
    with pytest.raises(apsw.FullError):
        write(disk, path, (0, b"x"), sync=True)
    disk.full, disk.read_only = False, True
    with pytest.raises(apsw.ReadOnlyError):
        write(disk, path, (0, b"x"), sync=True)
    disk.read_only = False
    disk.power_off()
    with pytest.raises(apsw.IOError):
        write(disk, path, (0, b"x"), sync=True)


def test_a_missing_sync_shows(disk: SimDisk, tmp_path: Path):
    lost = 0
    for number in range(10):
        database = apsw.Connection(str(tmp_path / f"{number}.db"), vfs=disk.vfs_name)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=OFF")
        database.execute("CREATE TABLE t (n)")
        database.execute("INSERT INTO t VALUES (1)")
        disk.power_off()
        with contextlib.suppress(apsw.IOError):
            database.close()
        disk.power_on()
        again = apsw.Connection(str(tmp_path / f"{number}.db"), vfs=disk.vfs_name)
        lost += not list(again.execute("SELECT name FROM sqlite_master"))
        again.close()
    assert lost
