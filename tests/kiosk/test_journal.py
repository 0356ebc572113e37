"""The journal on a real file."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import apsw
import pytest

from catalogue_api.contract.returns import (
    Outcome,
    Placement,
    Returned,
    ReturnItem,
    Security,
    SortHint,
)
from drivers.interface import Uid
from kiosk.clock import Moment
from kiosk.journal import CLOCK_UNSURE, Access, Entry, Journal, JournalFailed
from kiosk.session.sorting import UNKNOWN_BIN

NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
BOOK = Uid("E004015000000001")
MOMENT = Moment("boot", 100.0)
PENDING_IN_2 = Placement(bin="2", security=Security.PENDING)


def request(number: int, barcode: str = "30001", at: datetime = NOW) -> ReturnItem:
    return ReturnItem(return_id=UUID(int=number), barcode=barcode, occurred_at=at)


def answer(number: int, outcome: Outcome = Outcome.RETURNED) -> Returned:
    return Returned(
        return_id=UUID(int=number), outcome=outcome, sort_hint=SortHint.SHELVE, received_at=NOW
    )


class Book(Journal):
    """A journal whose returns are all laid at the same moment."""

    def record(self, uid, request, moment=MOMENT, *, dated=True) -> None:
        super().record(uid, request, moment, dated=dated)


@pytest.fixture
def journal(tmp_path: Path):
    with_file = Book(tmp_path / "state" / "journal.db")
    yield with_file
    with_file.close()


def in_2(revision: int) -> Placement:
    return PENDING_IN_2.model_copy(update={"revision": revision})


def only(entries: list[Entry]) -> Entry:
    (entry,) = entries
    return entry


def test_every_commit_is_synced(journal: Journal):
    (mode,) = journal._file.run("PRAGMA journal_mode")
    (level,) = journal._file.run("PRAGMA synchronous")
    assert (mode, level) == (("wal",), (2,))


def test_a_return_is_undelivered_until_it_is_answered(journal: Journal):
    journal.record(BOOK, request(1))
    entry = only(journal.undelivered(0, 10))
    assert entry.request == request(1)
    assert entry.answer is None
    journal.answered(answer(1), secure=True)
    assert journal.undelivered(0, 10) == []
    assert journal.entry(UUID(int=1)).answer == answer(1)


def test_the_oldest_come_first_and_in_pieces(journal: Journal):
    for number in range(1, 6):
        journal.record(BOOK, request(number))
    first = journal.undelivered(0, 2)
    second = journal.undelivered(first[-1].seq, 2)
    assert [entry.return_id.int for entry in first + second] == [1, 2, 3, 4]


def test_a_placement_is_due_until_its_last_change_is_delivered(journal: Journal):
    journal.record(BOOK, request(1))
    journal.settle(UUID(int=1), PENDING_IN_2)
    assert journal.unplaced(0, 10) == [], "the return itself goes first"
    journal.answered(answer(1), secure=True)
    under_way = only(journal.unplaced(0, 10))
    assert under_way.placement == in_2(revision=1)
    journal.settle(UUID(int=1), Placement(bin="2", security=Security.SECURED))
    journal.placed(under_way)
    later = only(journal.unplaced(0, 10))
    assert later.placement.security is Security.SECURED
    journal.placed(later)
    assert journal.unplaced(0, 10) == []


def test_what_is_recorded_is_to_secure_until_something_else_is_known(journal: Journal):
    journal.record(BOOK, request(1))
    assert journal.counts().to_secure == 1
    journal.answered(answer(1, Outcome.UNKNOWN_ITEM), secure=False)
    assert journal.counts().to_secure == 0
    assert journal.entry(UUID(int=1)).placement.security is Security.NOT_WANTED


def test_an_answer_leaves_a_secured_tag_secured(journal: Journal):
    journal.record(BOOK, request(1))
    journal.settle(UUID(int=1), Placement(bin="1", security=Security.SECURED))
    journal.answered(answer(1, Outcome.UNKNOWN_ITEM), secure=False)
    assert journal.entry(UUID(int=1)).placement.security is Security.SECURED


def test_after_a_start_nobody_knows_where_unsettled_items_lie(journal: Journal):
    journal.record(BOOK, request(1))
    journal.record(BOOK, request(2))
    journal.settle(UUID(int=2), PENDING_IN_2)
    journal.close()
    journal.open()
    assert journal.entry(UUID(int=1)).placement == Placement(
        bin=UNKNOWN_BIN, security=Security.PENDING, revision=1
    )
    assert journal.entry(UUID(int=2)).placement == in_2(revision=1)


def test_the_latest_return_of_a_tag_is_found(journal: Journal):
    journal.record(BOOK, request(1))
    journal.record(BOOK, request(2))
    journal.record(BOOK, request(3, barcode="other"))
    assert journal.last_of(BOOK, "30001").return_id == UUID(int=2)
    assert journal.last_of(Uid("E0"), "30001") is None


def test_a_refused_return_waits_for_a_person(journal: Journal):
    journal.record(BOOK, request(1))
    journal.refused(UUID(int=1), "idempotency-conflict")
    assert journal.undelivered(0, 10) == []
    assert journal.counts().refused == 1


def test_the_same_return_cannot_be_recorded_twice(journal: Journal):
    journal.record(BOOK, request(1))
    with pytest.raises(JournalFailed):
        journal.record(BOOK, request(1))
    assert journal.counts().returns == 1


def test_a_full_disk_is_an_error_and_loses_nothing(journal: Journal):
    journal._file.run("PRAGMA max_page_count = 12")

    def fill() -> None:
        while True:
            journal.record(BOOK, request(journal.counts().returns + 1, "x" * 60))

    with pytest.raises(JournalFailed, match="full"):
        fill()
    kept = journal.counts().returns
    assert kept > 0
    journal._file.run("PRAGMA max_page_count = 100000")
    journal.check()
    journal.record(BOOK, request(kept + 1))
    assert journal.counts().returns == kept + 1


def test_a_file_that_is_no_journal_is_set_aside(tmp_path: Path):
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is not a database" * 100)
    journal = Book(path)
    journal.record(BOOK, request(1))
    (aside,) = journal.set_aside()
    assert aside.name.startswith("journal.db.damaged-2")
    assert aside.read_bytes().startswith(b"this is not")
    journal.close()


def spoil(path: Path, item: ReturnItem) -> None:
    """Let the disk lose the page that holds a return."""
    content = path.read_bytes()
    page = content.index(item.model_dump_json().encode()) // 4096 * 4096
    with path.open("r+b") as file:
        file.seek(page)
        file.write(b"\xff" * 4096)


def test_what_can_be_read_of_a_damaged_journal_is_saved(tmp_path: Path):
    path = tmp_path / "journal.db"
    journal = Book(path)
    for number in range(1, 101):
        journal.record(BOOK, request(number))
    journal.close()
    spoil(path, request(60))
    journal = Book(path)
    journal.open()
    assert 70 < journal.counts().returns < 100
    assert len(journal.set_aside()) == 1
    journal.record(BOOK, request(101))
    assert journal.undelivered(99, 10)[-1].seq == 101, "numbers are never given twice"
    journal.close()


def test_damage_that_shows_only_later_loses_nothing_that_is_promised(tmp_path: Path):
    path = tmp_path / "journal.db"
    journal = Book(path)
    for number in range(1, 101):
        journal.record(BOOK, request(number))
    journal._file._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    spoil(path, request(60))
    journal._file._db.execute("PRAGMA shrink_memory").fetchall()
    with pytest.raises(JournalFailed, match="damaged"):
        journal.undelivered(0, 100)
    journal.check()
    assert 70 < journal.counts().returns < 100
    journal.close()


def test_two_programs_on_one_journal_are_refused(journal: Journal):
    journal.record(BOOK, request(1))
    other = Book(journal.path)
    with pytest.raises(JournalFailed, match="another kiosk program holds it"):
        other.open()
    watcher = Journal(journal.path, access=Access.WATCHER)
    assert watcher.counts().returns == 1
    watcher.close()
    journal.close()
    other.open()
    other.close()


def test_a_watcher_changes_nothing(journal: Journal):
    journal.record(BOOK, request(1))
    watcher = Journal(journal.path, access=Access.WATCHER)
    with pytest.raises(JournalFailed, match="readonly"):
        watcher.check()
    assert watcher.entry(UUID(int=1)).placement.bin == ""
    watcher.close()


def test_what_was_delivered_long_ago_is_forgotten(journal: Journal):
    for number in range(1, 4):
        journal.record(BOOK, request(number))
    journal.answered(answer(1), secure=True)
    journal.answered(answer(2), secure=True)
    journal.settle(UUID(int=1), PENDING_IN_2)
    journal.settle(UUID(int=2), PENDING_IN_2)
    journal.placed(journal.entry(UUID(int=1)))
    journal.forget(NOW)
    assert journal.counts().returns == 3
    journal.forget(NOW + timedelta(seconds=1))
    assert journal.entry(UUID(int=1)) is None
    assert journal.counts().returns == 2, "what is not delivered whole stays"


def test_what_the_catalogue_has_lost_is_offered_again(journal: Journal):
    for number in range(1, 3):
        journal.record(BOOK, request(number))
        journal.answered(answer(number), secure=True)
        journal.settle(UUID(int=number), PENDING_IN_2)
        journal.placed(journal.entry(UUID(int=number)))
    assert journal.delivered_since(NOW) == (2, 2)
    assert journal.delivered_since(NOW + timedelta(seconds=1)) == (0, 0)
    journal.offer_again(NOW)
    assert [entry.return_id.int for entry in journal.undelivered(0, 10)] == [1, 2]
    journal.answered(answer(1), secure=True)
    assert only(journal.unplaced(0, 10)).placement == in_2(revision=1)


def test_a_return_gets_its_date_when_the_catalogue_is_heard_in_the_same_boot(journal: Journal):
    wrong = NOW - timedelta(days=20000)
    journal.record(BOOK, request(1, at=wrong), Moment("a", 50.0), dated=False)
    journal.heard(Moment("a", 80.0), NOW.timestamp() - 80.0)
    journal.date()
    entry = journal.entry(UUID(int=1))
    assert entry.dated
    assert entry.request.occurred_at == NOW - timedelta(seconds=30)
    assert entry.request.warnings == ()


def test_a_return_of_a_boot_without_catalogue_is_not_later_than_what_is_certain(journal: Journal):
    journal.heard(Moment("a", 80.0), NOW.timestamp() - 80.0)
    journal.record(BOOK, request(1, at=NOW + timedelta(days=3)), Moment("b", 5.0), dated=False)
    journal.heard(Moment("c", 10.0), NOW.timestamp() + 3600.0)
    journal.date()
    sent = journal.entry(UUID(int=1)).request
    assert sent.occurred_at == NOW
    assert sent.warnings == (CLOCK_UNSURE,)


def test_a_date_is_final(journal: Journal):
    journal.record(BOOK, request(1), Moment("a", 50.0), dated=True)
    journal.heard(Moment("a", 80.0), NOW.timestamp() + 1000.0)
    journal.date()
    assert journal.entry(UUID(int=1)).request == request(1)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalFailed, match=r"journal\.db"):
        Journal(tmp_path / "file" / "journal.db").open()


class CountingVfs(apsw.VFS):
    """Counts what reaches the disk for good."""

    def __init__(self) -> None:
        self.syncs = 0
        super().__init__("counting", "")

    def xOpen(self, name, flags):  # noqa: N802 - apsw's name
        return CountingFile(self, name, flags)


class CountingFile(apsw.VFSFile):
    def __init__(self, vfs: CountingVfs, name, flags) -> None:
        self.vfs = vfs
        super().__init__("", name, flags)

    def xSync(self, flags):  # noqa: N802 - apsw's name
        self.vfs.syncs += 1
        super().xSync(flags)


def test_a_record_is_synced_before_it_is_promised(tmp_path: Path):
    vfs = CountingVfs()
    journal = Book(tmp_path / "journal.db", vfs="counting")
    for number in range(1, 4):
        before = vfs.syncs
        journal.record(BOOK, request(number))
        assert vfs.syncs > before
    journal.close()
    vfs.unregister()


WRITER = """
import os, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from catalogue_api.contract.returns import ReturnItem
from drivers.interface import Uid
from kiosk.clock import Moment
from kiosk.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(1, 100000):
    item = ReturnItem(return_id=UUID(int=number), barcode="b", occurred_at=datetime.now(UTC))
    journal.record(Uid("E0"), item, Moment("boot", number), dated=True)
    os.write(1, b"%d\\n" % number)
"""


@pytest.mark.kill
def test_what_was_acknowledged_before_a_kill_is_there(tmp_path: Path):
    path = tmp_path / "journal.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=os.environ
    )
    assert writer.stdout is not None
    for _ in range(200):
        last = int(writer.stdout.readline())
    writer.kill()
    rest = writer.stdout.read().split()
    writer.wait()
    writer.stdout.close()
    last = int(rest[-1]) if rest else last
    journal = Journal(path)
    assert journal.counts().returns >= last
    journal.close()
