"""The snapshot: remembered, changed, thrown away."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalogue_api.contract.changes import Changes, ItemChange
from kiosk.decisions import Age
from kiosk.snapshot import Snapshot

NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
BOOK = ItemChange(barcode="1", title="L’Été", home_site="C")


@pytest.fixture
def snapshot(tmp_path: Path):
    snapshot = Snapshot(tmp_path / "snapshot.db")
    yield snapshot
    snapshot.close()


def page(*items: ItemChange, after: str = "p1", more: bool = False) -> Changes:
    return Changes(items=items, next=after, more=more)


def test_nothing_is_known_at_first(snapshot: Snapshot):
    assert snapshot.look_up("1") == (None, Age())
    assert snapshot.cursor() == ""


def test_it_is_whole_when_the_feed_has_been_read_to_its_end(snapshot: Snapshot):
    assert snapshot.take(page(BOOK, more=True), "C", NOW)
    assert snapshot.look_up("1") == (BOOK, Age("C", None))
    assert snapshot.take(page(after="p2"), "C", NOW)
    assert snapshot.look_up("1") == (BOOK, Age("C", NOW))
    assert snapshot.cursor() == "p2"


def test_what_changed_is_changed_and_what_is_gone_is_gone(snapshot: Snapshot):
    snapshot.take(page(BOOK), "C", NOW)
    wanted = BOOK.model_copy(update={"wanted_at": "P"})
    snapshot.take(page(wanted), "C", NOW)
    assert snapshot.look_up("1")[0] == wanted
    snapshot.take(page(ItemChange(barcode="1", gone=True)), "C", NOW)
    assert snapshot.look_up("1")[0] is None


def test_that_nothing_changed_is_written_once_an_hour(snapshot: Snapshot):
    snapshot.take(page(BOOK), "C", NOW)
    snapshot.take(page(), "C", NOW + timedelta(minutes=5))
    assert snapshot.look_up("1")[1].refreshed == NOW
    snapshot.take(page(), "C", NOW + timedelta(hours=1))
    assert snapshot.look_up("1")[1].refreshed == NOW + timedelta(hours=1)


def test_a_damaged_file_is_thrown_away(tmp_path: Path):
    path = tmp_path / "snapshot.db"
    path.write_bytes(b"no database" * 1000)
    snapshot = Snapshot(path)
    assert snapshot.look_up("1") == (None, Age())
    assert snapshot.take(page(BOOK), "C", NOW)
    assert snapshot.look_up("1")[0] == BOOK
    snapshot.close()


def test_a_disk_that_fails_makes_it_an_empty_one(tmp_path: Path):
    (tmp_path / "file").write_text("")
    snapshot = Snapshot(tmp_path / "file" / "snapshot.db")
    assert not snapshot.take(page(BOOK), "C", NOW)
    assert snapshot.look_up("1") == (None, Age())
