"""A damaged journal is saved whole, at whatever instant the power fails meanwhile."""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from catalogue_api.contract.returns import ReturnItem
from drivers.interface import Uid
from kiosk.clock import Moment
from kiosk.journal import Journal, JournalFailed
from simulator.disk import SimDisk
from simulator.world.damage import spoil

RETURNS = 6
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fill(path: Path) -> None:
    journal = Journal(path)
    for number in range(RETURNS):
        item = ReturnItem(return_id=UUID(int=number), barcode=f"{number}", occurred_at=AT)
        journal.record(Uid(f"E0040100{number:08X}"), item, Moment("boot", 1.0), dated=True)
    journal.close()


def cut_while_it_is_saved(path: Path, disk: SimDisk, after: int) -> bool:
    """Open the damaged journal, and cut the power after so many writes; tell if it came to that."""
    journal = Journal(path, vfs=disk.vfs_name)
    disk.die_after = after
    try:
        journal.open()
    except JournalFailed:
        return True
    finally:
        journal.close()
        disk.die_after = None
    return False


@pytest.mark.fuzz
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seed", range(2))
def test_a_power_cut_while_a_damaged_journal_is_saved_loses_nothing(tmp_path: Path, seed: int):
    cuts, filled = 0, tmp_path / "filled.db"
    fill(filled)
    for after in range(200):
        folder = tmp_path / str(after)
        folder.mkdir()
        path, disk = folder / "journal.db", SimDisk(f"disk-{seed}-{after}", random.Random(seed))
        shutil.copy(filled, path)
        spoil(path, disk)
        failed = cut_while_it_is_saved(path, disk, after)
        cuts += failed
        disk.power_on()
        journal = Journal(path, vfs=disk.vfs_name)
        assert journal.counts().undelivered == RETURNS
        assert len(journal.set_aside()) == 1
        journal.close()
        disk.unregister()
        if not failed:
            break
    assert 10 < cuts < 200, "the power failed at every write, and then at none"


def test_a_saved_journal_takes_its_place_if_the_power_failed_just_before(tmp_path: Path):
    path = tmp_path / "journal.db"
    fill(path)
    path.rename(f"{path}.saved")
    Path(f"{path}-wal").write_bytes(b"the log of the damaged file")
    journal = Journal(path)
    assert journal.counts().undelivered == RETURNS
    journal.close()
    assert not Path(f"{path}.saved").exists()
