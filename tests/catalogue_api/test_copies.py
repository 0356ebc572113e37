"""All copies of a title as the desk sees them, the life of one, and a record as a file."""

from datetime import timedelta
from io import BytesIO

import pymarc
import pytest
from catalogue_world import NOW, World

from catalogue_api.contract.copies import (
    LIST_COPIES,
    READ_HISTORY,
    CopyPlace,
    HistoryKind,
    ReadHistory,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_shelf import SCAN_ONTO_SHELF
from catalogue_api.contract.marks import MARK_ITEM, Mark, MarkItem
from catalogue_api.contract.past_returns import UNDO_RETURN
from catalogue_api.contract.transfers import (
    MOVE_ITEM,
    SEND_ITEMS,
    SHELVE_ITEMS,
    Move,
    Sent,
    Shelved,
)
from catalogue_api.importing.exporting import exporter
from catalogue_api.storage.tables import Loan


async def places(world: World, title: str = "1") -> dict[str, CopyPlace]:
    found = await world.desk().call(LIST_COPIES, Nothing(), title=title)
    return {copy.barcode: copy.place for copy in found.copies}


async def test_every_copy_says_where_it_is(world, give_back) -> None:
    desk = world.desk()
    assert set((await places(world)).values()) == {CopyPlace.ON_SHELF}
    gone = await places(world, "2")
    assert gone == {
        "4": CopyPlace.NOWHERE, "5": CopyPlace.NOWHERE, "6": CopyPlace.ON_SHELF,
        "7": CopyPlace.NOWHERE,
    }  # fmt: skip
    world.lend("2")
    assert (await places(world))["2"] is CopyPlace.ON_LOAN
    await give_back(1, "2")
    assert (await places(world))["2"] is CopyPlace.TO_SHELVE
    await desk.call(SHELVE_ITEMS, Shelved(barcodes=("2",)), key="a")
    assert (await places(world))["2"] is CopyPlace.ON_SHELF
    await desk.call(MOVE_ITEM, Move(to="arcueil"), barcode="2")
    assert (await places(world))["2"] is CopyPlace.TO_SEND
    await desk.call(SEND_ITEMS, Sent(barcodes=("2",)), key="b")
    assert (await places(world))["2"] is CopyPlace.ON_ITS_WAY
    world.hold()
    await give_back(2, "1")
    assert (await places(world))["1"] is CopyPlace.CAUGHT
    await desk.call(SCAN_ONTO_SHELF, Nothing(), site="cachan", barcode="1")
    found = await desk.call(LIST_COPIES, Nothing(), title="1")
    first = next(copy for copy in found.copies if copy.barcode == "1")
    assert (first.place, first.shelf_number) == (CopyPlace.HOLD_SHELF, 1)
    assert found.waiting == 0
    with pytest.raises(Refused) as refusal:
        await desk.call(LIST_COPIES, Nothing(), title="999")
    assert refusal.value.type is ProblemType.NOT_FOUND


async def test_the_life_of_a_copy_is_told_newest_first(world, give_back) -> None:
    desk = world.desk()
    world.lend()
    await give_back(1)
    world.now += timedelta(minutes=1)
    await desk.call(
        UNDO_RETURN, Nothing(), return_id="00000000-0000-0000-0000-000000000001", key="k"
    )
    world.now += timedelta(minutes=1)
    await give_back(2, occurred_at=world.now)
    for minutes, work in enumerate(
        [
            lambda: desk.call(
                MARK_ITEM, MarkItem(mark=Mark.DAMAGED, remark="mouillé"), barcode="1"
            ),
            lambda: desk.call(MARK_ITEM, MarkItem(mark=Mark.AVAILABLE), barcode="1"),
            lambda: desk.call(MOVE_ITEM, Move(to="arcueil"), barcode="1"),
            lambda: desk.call(SEND_ITEMS, Sent(barcodes=("1", "nothing")), key="s"),
        ],
        3,
    ):
        world.now = NOW + timedelta(minutes=minutes)
        await work()
    told = (await desk.call(READ_HISTORY, ReadHistory(), barcode="1")).entries
    assert [one.kind.value for one in told] == [
        "sent", "moved", "marked", "marked", "returned", "undone", "returned", "lent",
    ]  # fmt: skip
    assert (told[0].destination, told[3].mark, told[3].remark) == ("arcueil", "damaged", "mouillé")
    assert (told[4].kiosk, told[5].by, told[7].patron) == ("pad", "librarian", 1)
    short = await desk.call(READ_HISTORY, ReadHistory(limit=2), barcode="1")
    assert (len(short.entries), short.more) == (2, True)
    with pytest.raises(Refused, match="no item"):
        await desk.call(READ_HISTORY, ReadHistory(), barcode="nothing")


async def test_a_reader_is_forgotten_even_who_keeps_a_history(world) -> None:
    old, recent = NOW - timedelta(days=200), NOW - timedelta(days=20)
    world.add(
        *(
            Loan(
                item_id=1, patron_id=2, started_at=ended - timedelta(days=9),
                due_on=ended.date(), ended_at=ended,
            )
            for ended in (old, recent)
        )
    )  # fmt: skip
    world.lend()
    told = (await world.desk().call(READ_HISTORY, ReadHistory(), barcode="1")).entries
    assert [(one.kind, one.patron) for one in told] == [
        (HistoryKind.LENT, 1), (HistoryKind.WRITTEN_OFF, 2), (HistoryKind.LENT, 2),
        (HistoryKind.WRITTEN_OFF, None), (HistoryKind.LENT, None),
    ]  # fmt: skip
    assert "Inconnue" not in str(told)


async def test_a_record_comes_out_with_its_copies(world) -> None:
    exported = exporter(())
    body = world.database.read_now(lambda db: exported(db, 1))
    (record,) = pymarc.MARCReader(BytesIO(body), to_unicode=True, force_utf8=True)
    assert record is not None
    assert record["200"]["a"] == "L’Été"
    assert sorted(field["f"] for field in record.get_fields("995")) == ["1", "2", "3"]
    for number in (0, 3, 99, 2**31):
        with pytest.raises(Refused):
            world.database.read_now(lambda db, number=number: exported(db, number))
