"""What was done with copies at a desk is taken back on its day, unless something came of it."""

from datetime import timedelta

import pytest
from catalogue_world import NOW, fact
from sqlalchemy import text

from catalogue_api.contract.deeds import TAKE_BACK, DeedKind
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_notices import NOTE_TOLD, ReaderTold, ToldHow
from catalogue_api.contract.hold_shelf import CLEAR_COPY, SCAN_ONTO_SHELF, Scan
from catalogue_api.contract.loans import LEND_ITEM, LendItem
from catalogue_api.contract.returns import DESK_RETURN, PLACE_ITEM, DeskReturn, Placement, Security
from catalogue_api.contract.transfers import SEND_ITEMS, SHELVE_ITEMS, Sent, Shelved
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Item, Leftover

ALL = (
    "SELECT id, status, current_site, destination, sent_at, to_shelve_since FROM items ORDER BY id",
    "SELECT id, status, item_id, captured_at, ready_at, expires_on FROM holds ORDER BY id",
    "SELECT item_id, site, shelf_number, since, why FROM leftovers",
)


@pytest.fixture
def desk(world):
    """Ana’s way to the catalogue."""
    return world.desk()


def stand(world):
    """Return how everything stands."""
    return [world.rows(query) for query in ALL]


async def take_back(desk, deed: int | None, key: str = "back"):
    return await desk.call(TAKE_BACK, Nothing(), key=key, deed=str(deed))


async def refused(desk, deed: int | None) -> tuple[str, ...]:
    with pytest.raises(Refused) as found:
        await take_back(desk, deed, key="refused")
    return found.value.reasons


def travelling(world) -> None:
    """Give two copies somewhere to go."""
    world.database.write_now(
        lambda db: [setattr(db.get(Item, number), "destination", "arcueil") for number in (1, 2)]
    )


def leave(world) -> None:
    """Leave a copy on the reservation shelf."""
    left = Leftover(item_id=1, site="cachan", shelf_number=7, since=NOW, why="expired")
    world.database.write_now(lambda db: db.add(left))


async def test_copies_that_did_not_leave_after_all(world, desk) -> None:
    travelling(world)
    before = stand(world)
    sent = await desk.call(SEND_ITEMS, Sent(barcodes=("1", "2", "x")), key="s")
    assert (sent.changed, sent.unknown) == (2, ("x",))
    back = await take_back(desk, sent.deed)
    assert (back.kind, back.changed, back.moved_on) == (DeedKind.SENT, 2, ())
    assert await take_back(desk, sent.deed) == back  # the same click
    assert stand(world) == before
    assert await refused(desk, sent.deed) == ("undone_already",)


async def test_what_arrived_meanwhile_stays_there(world, desk) -> None:
    travelling(world)
    sent = await desk.call(SEND_ITEMS, Sent(barcodes=("1", "2")), key="s")
    await desk.call(
        DESK_RETURN, DeskReturn(return_id=fact(1).return_id, barcode="1", site="arcueil")
    )
    back = await take_back(desk, sent.deed)
    assert (back.changed, back.moved_on) == (1, ("1",))
    assert world.rows("SELECT id FROM items WHERE sent_at IS NOT NULL") == []
    assert world.row("SELECT current_site FROM items WHERE id = 1") == ("arcueil",)


async def test_nothing_done_is_nothing_to_take_back(world, desk) -> None:
    sent = await desk.call(SEND_ITEMS, Sent(barcodes=("1",)), key="s")
    shelved = await desk.call(SHELVE_ITEMS, Shelved(barcodes=("1", "x")), key="t")
    assert (sent.deed, shelved.deed) == (None, None)
    for odd in (1, 999999999):
        with pytest.raises(Refused) as found:
            await take_back(desk, odd)
        assert found.value.type is ProblemType.NOT_FOUND


@pytest.mark.parametrize("by_bin", [False, True])
async def test_copies_that_are_not_back_on_their_shelf_after_all(
    world, desk, give_back, by_bin
) -> None:
    world.lend("1")
    await give_back(1, "1")
    placed = Placement(bin="2", security=Security.SECURED)
    path = {"kiosk": "pad", "return_id": str(fact(1).return_id)}
    await world.embedded().call(PLACE_ITEM, placed, **path)
    before = stand(world)
    world.now += timedelta(minutes=5)
    body = Shelved(kiosk="pad", bin="2") if by_bin else Shelved(barcodes=("1",))
    shelved = await desk.call(SHELVE_ITEMS, body, key="s")
    assert shelved.changed == 1
    assert (await take_back(desk, shelved.deed)).changed == 1
    assert stand(world) == before


async def test_what_was_lent_since_does_not_go_back_to_the_trolley(world, desk, give_back) -> None:
    world.lend("1")
    await give_back(1, "1")
    shelved = await desk.call(SHELVE_ITEMS, Shelved(barcodes=("1",)), key="s")
    await desk.call(LEND_ITEM, LendItem(barcode="1", card="P2", site="cachan"), key="l")
    assert await refused(desk, shelved.deed) == ("moved_on",)


@pytest.mark.parametrize("caught", [False, True])
async def test_a_copy_that_was_not_meant_for_the_reservation_shelf(
    world, desk, give_back, caught
) -> None:
    world.lend("1")
    hold = world.hold()
    if caught:
        await give_back(1, "1")
    else:  # it is fetched from the shelf
        world.database.write_now(lambda db: db.connection().exec_driver_sql("DELETE FROM loans"))
    before = stand(world)
    world.now += timedelta(minutes=5)
    path = {"site": "cachan", "barcode": "1"}
    scanned = await desk.call(SCAN_ONTO_SHELF, Nothing(), **path)
    assert (scanned.result, scanned.deed is None) == (Scan.READY, False)
    again = await desk.call(SCAN_ONTO_SHELF, Nothing(), **path)
    assert (again.result, again.deed) == (Scan.ALREADY_READY, None)
    await take_back(desk, scanned.deed)
    assert stand(world) == before
    last = world.rows(f"SELECT kind FROM hold_events WHERE hold_id = {hold} ORDER BY id")[-1]
    assert last == ("captured" if caught else "released",)
    ready = await desk.call(SCAN_ONTO_SHELF, Nothing(), **path)
    assert ready.result is Scan.READY


async def test_a_reader_who_was_told_keeps_the_copy(world, desk) -> None:
    hold = world.hold()
    scanned = await desk.call(SCAN_ONTO_SHELF, Nothing(), site="cachan", barcode="1")
    version = world.row(f"SELECT version FROM holds WHERE id = {hold}")[0]
    told = ReaderTold(how=ToldHow.TELEPHONE)
    await desk.call(NOTE_TOLD, told, version=version, hold=str(hold))
    assert await refused(desk, scanned.deed) == ("moved_on",)
    assert world.row("SELECT status FROM holds") == ("ready",)


async def test_the_reader_of_a_copy_that_was_taken_back_is_not_told(world, desk) -> None:
    world.hold()
    path = {"site": "cachan", "barcode": "1"}
    scanned = await desk.call(SCAN_ONTO_SHELF, Nothing(), **path)
    assert world.row("SELECT status FROM notices") == ("waiting",)
    world.database.write_now(
        lambda db: db.connection().execute(text("UPDATE notices SET claimed_by = 'a sender'"))
    )
    assert await refused(desk, scanned.deed) == ("moved_on",)  # the mail is leaving
    world.database.write_now(
        lambda db: db.connection().execute(text("UPDATE notices SET claimed_by = ''"))
    )
    await take_back(desk, scanned.deed)
    assert world.rows("SELECT status FROM notices") == []
    world.now += timedelta(minutes=1)
    await desk.call(SCAN_ONTO_SHELF, Nothing(), **path)
    assert world.rows("SELECT status FROM notices") == [("waiting",)]


async def test_a_copy_that_still_stands_on_the_reservation_shelf(world, desk) -> None:
    leave(world)
    before = stand(world)
    path = {"site": "cachan", "barcode": "1"}
    cleared = await desk.call(CLEAR_COPY, Nothing(), **path)
    assert cleared.copies == ()
    twice = await desk.call(CLEAR_COPY, Nothing(), **path)
    assert twice.deed is None
    world.now += timedelta(days=1)
    assert await refused(world.desk(Role.MANAGER), cleared.deed) == ("not_today",)
    world.now -= timedelta(days=1)
    await take_back(world.desk(Role.ADMINISTRATOR), cleared.deed)
    assert stand(world) == before


async def test_a_copy_that_is_gone_cannot_be_put_back(world, desk) -> None:
    leave(world)
    cleared = await desk.call(CLEAR_COPY, Nothing(), site="cachan", barcode="1")
    world.database.write_now(lambda db: db.delete(db.get(Item, 1)))
    assert await refused(desk, cleared.deed) == ("moved_on",)
