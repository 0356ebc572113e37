from uuid import UUID

import pytest

from catalogue_api.contract.anomalies import (
    FIND_ANOMALIES,
    HANDLE_ANOMALY,
    AnomalyKind,
    FindAnomalies,
    Handling,
)
from catalogue_api.contract.changes import READ_CHANGES, ReadChanges
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import PLACE_ITEM, Outcome, Placement, Security
from catalogue_api.contract.transfers import (
    FIND_TRANSFERS,
    MOVE_ITEM,
    SEND_ITEMS,
    SHELVE_ITEMS,
    FindTransfers,
    Move,
    Sent,
    Shelved,
)
from catalogue_api.storage.engine.changes import title_changed


async def inbox(world, **values) -> list:
    found = await world.desk().call(FIND_ANOMALIES, FindAnomalies(**values))
    return list(found.anomalies)


async def test_what_a_kiosk_met_stands_in_the_inbox_until_somebody_has_looked(
    world, give_back
) -> None:
    await give_back(1, "no such thing")
    await give_back(2, "5", missing=())
    world.lend()
    await give_back(3, missing=("CD 2",))
    entries = await inbox(world, site="cachan")
    assert [entry.kind for entry in entries] == [
        AnomalyKind.PARTS_MISSING, AnomalyKind.NEEDS_STAFF, AnomalyKind.UNKNOWN_ITEM,
    ]  # fmt: skip
    assert entries[0].missing == ("CD 2",)
    assert (entries[1].title, entries[1].kiosk) == ("Astérix, Tome 3", "pad")
    assert await inbox(world, site="arcueil") == []
    first, desk = entries[0], world.desk()
    handled = await desk.call(
        HANDLE_ANOMALY, Handling(remark="vu"), version=first.version, anomaly=str(first.id)
    )
    assert (handled.handled_by, handled.remark) == ("librarian", "vu")
    with pytest.raises(Refused) as refusal:
        await desk.call(HANDLE_ANOMALY, Handling(), version=first.version, anomaly=str(first.id))
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    assert len(await inbox(world)) == 2
    assert [entry.id for entry in await inbox(world, handled=True)] == [first.id]


async def test_a_tag_that_cannot_be_secured_is_told_once(world, give_back) -> None:
    await give_back(1)
    for _ in range(2):
        await world.embedded().call(
            PLACE_ITEM,
            Placement(bin="1", security=Security.FAILED),
            kiosk="pad",
            return_id=str(UUID(int=1)),
        )
    (entry,) = await inbox(world)
    assert (entry.kind, entry.barcode, entry.bin) == (AnomalyKind.NOT_SECURED, "1", "1")


async def test_a_copy_travels_and_arrives_and_is_missed_where_it_should_not_be(
    world, give_back
) -> None:
    desk = world.desk()
    moved = await desk.call(MOVE_ITEM, Move(to="arcueil"), barcode="1")
    assert (moved.from_site, moved.to_site, moved.sent_at) == ("cachan", "arcueil", None)
    counted = await desk.call(SEND_ITEMS, Sent(barcodes=("1", "2", "x")), key="k")
    assert (counted.changed, counted.unknown) == (1, ("2", "x"))
    (listed,) = (await desk.call(FIND_TRANSFERS, FindTransfers(site="arcueil"))).transfers
    assert (listed.barcode, listed.sent_at) == ("1", world.now)
    back = await give_back(1)
    assert (back.outcome, back.destination) == (Outcome.TRANSFER_HOME, "arcueil")
    assert [entry.kind for entry in await inbox(world)] == [AnomalyKind.WRONG_SITE]
    there = await give_back(2, at="a/b c")
    assert (there.outcome, there.destination) == (Outcome.NOT_ON_LOAN, "")
    assert world.row("SELECT current_site, destination, sent_at FROM items WHERE id = 1") == (
        "arcueil", None, None,
    )  # fmt: skip


async def test_what_is_lent_or_kept_for_a_reader_is_not_sent_elsewhere(world, give_back) -> None:
    world.lend()
    world.lend("2")
    world.hold()
    await give_back(2, "2")
    for barcode, reason in (("1", "on_loan"), ("2", "caught")):
        with pytest.raises(Refused) as refusal:
            await world.desk().call(MOVE_ITEM, Move(to="arcueil"), barcode=barcode)
        assert refusal.value.reasons == (reason,)


async def test_a_copy_in_a_bin_waits_until_it_is_shelved(world, give_back) -> None:
    desk = world.desk()
    for number, barcode in ((1, "1"), (2, "2")):
        world.lend(barcode)
        await give_back(number, barcode)
    await world.embedded().call(
        PLACE_ITEM,
        Placement(bin="B1", security=Security.SECURED),
        kiosk="pad",
        return_id=str(UUID(int=1)),
    )
    emptied = await desk.call(SHELVE_ITEMS, Shelved(kiosk="pad", bin="B1"), key="a")
    assert emptied.changed == 1
    waiting = "SELECT id FROM items WHERE to_shelve_since IS NOT NULL"
    assert world.rows(waiting) == [(2,)]
    again = await desk.call(SHELVE_ITEMS, Shelved(barcodes=("1", "2")), key="b")
    assert (again.changed, again.unknown) == (1, ("1",))
    assert world.rows(waiting) == []


async def test_a_kiosk_copies_everything_and_then_what_changes(world, give_back) -> None:
    kiosk = world.embedded()
    first = await kiosk.call(READ_CHANGES, ReadChanges(limit=1))
    assert first.more
    second = await kiosk.call(READ_CHANGES, ReadChanges(limit=1, after=first.next))
    rest = await kiosk.call(READ_CHANGES, ReadChanges(limit=1, after=second.next))
    seen = [item.barcode for page in (first, second, rest) for item in page.items]
    assert seen == ["1", "2", "3", "4", "5", "6", "7"]
    assert not rest.more
    hold = world.hold()
    world.database.write_now(lambda db: title_changed(db.connection(), 1))
    news = await kiosk.call(READ_CHANGES, ReadChanges(after=rest.next))
    assert {item.barcode: item.wanted_at for item in news.items} == {
        "1": "cachan", "2": "cachan", "3": "cachan",
    }  # fmt: skip
    world.lend()
    await give_back(1)
    last = await kiosk.call(READ_CHANGES, ReadChanges(after=news.next))
    assert {item.wanted_at for item in last.items} == {""}
    assert hold is not None
    assert "Inconnue" not in first.model_dump_json()


async def test_a_kiosk_whose_place_was_pruned_begins_again(world) -> None:
    kiosk = world.embedded()
    for _ in range(2):
        world.database.write_now(lambda db: title_changed(db.connection(), 1))
    old = (await kiosk.call(READ_CHANGES, ReadChanges())).next
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql("DELETE FROM changes WHERE id > 0")
    )
    again = await kiosk.call(READ_CHANGES, ReadChanges(after=old))
    assert len(again.items) == 7
