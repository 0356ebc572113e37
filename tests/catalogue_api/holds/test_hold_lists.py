"""Reservations found, queues explained, and readers told, over the contract."""

from datetime import timedelta

import pytest
from catalogue_world import NOW, TODAY
from hold_people import Reader, add_readers, open_desk, reasons, sign_in
from sqlalchemy import update

from catalogue_api.contract import my_holds
from catalogue_api.contract.audit import READ_AUDIT, ReadAudit
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.hold_notices import (
    LIST_TO_TELL,
    NOTE_NOT_TOLD,
    NOTE_TOLD,
    ReaderTold,
    ToldHow,
    ToTellPage,
)
from catalogue_api.contract.hold_queue import MOVE_HOLD, QUEUE_HISTORY, MoveHold, QueuePage
from catalogue_api.contract.hold_search import FIND_HOLDS, FindHolds, HoldSought
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Hold, Patron

EVERYTHING = {"cursor": "", "limit": 50}


@pytest.fixture
def desk(world):
    return open_desk(world)


async def find(desk, words: str = "", state: str = "open", **values) -> list[int]:
    body = FindHolds(words=words, state=HoldSought(state), **(EVERYTHING | values))
    return [hold.hold for hold in (await desk.call(FIND_HOLDS, body)).holds]


async def test_reservations_are_found_by_title_reader_copy_and_number(world, desk) -> None:
    for barcode in ("1", "2", "3"):
        world.lend(barcode)
    camus = (await desk.place(patron=2)).hold
    comic = world.hold(title=2, patron=1, wanted_item_id=4)
    for words in ("ete", "camus été", "personne", "paul PERSON", "P2", "2"):
        assert await find(desk, words) == [camus], words
    for words in ("astérix tome 3", "ida", "4"):
        assert await find(desk, words) == [comic], words
    assert await find(desk) == [camus, comic]
    for words in ("nothing", "%", "_", "'", "la", "1" * 200, '"', "camus ida"):
        assert await find(desk, words) == [], words
    assert await find(desk, title=2) == [comic]
    assert await find(desk, site="arcueil") == []
    assert await find(desk, words="1000000") == []


async def test_reservations_are_found_by_state(world, desk) -> None:
    add_readers(world, 3, 8)
    ready = [world.hold(patron=number) for number in (3, 4)]
    await desk.scan("2")
    await desk.scan("1")
    on_the_way = world.hold(patron=5, site="arcueil")
    await desk.scan("3")
    waiting, resting, rested = (world.hold(patron=number) for number in (6, 7, 8))
    await desk.pause(resting)
    await desk.pause(rested, until=TODAY)
    world.now += timedelta(days=1)
    assert await find(desk, state="ready") == ready
    number = update(Hold).where(Hold.id == ready[1]).values(shelf_number=17)
    world.database.write_now(lambda db: db.connection().execute(number).rowcount)
    assert await find(desk, "17", "ready", site="cachan") == [ready[1]]
    assert await find(desk, "17", "waiting") == []
    assert await find(desk, state="on_the_way") == [on_the_way]
    assert await find(desk, state="waiting") == [waiting, rested]
    assert await find(desk, state="paused") == [resting]
    await desk.cancel(waiting)
    await desk.cancel(resting)
    assert await find(desk, state="cancelled") == [resting, waiting]
    world.now += timedelta(days=30)
    desk.expire()
    assert await find(desk, state="expired") == [ready[1], ready[0]]
    caught = (await desk.call(FIND_HOLDS, FindHolds(state="on_the_way", **EVERYTHING))).holds[0]
    assert (caught.barcode, caught.copy_site, caught.copy_site_name) == ("3", "cachan", "Cachan")


@pytest.mark.parametrize("state", ["open", "ready", "cancelled"])
async def test_a_long_list_comes_in_pages(world, desk, state) -> None:
    add_readers(world, 3, 9)
    values = {
        "open": {}, "cancelled": {"status": "cancelled", "ended_at": NOW},
        "ready": {"status": "ready", "ready_at": NOW, "expires_on": TODAY},
    }[state]  # fmt: skip
    for patron in range(3, 6):
        copy = {"item_id": patron - 2, "shelf_number": 9 - patron} if state == "ready" else {}
        world.hold(patron=patron, **values, **copy)
    whole = await find(desk, state=state)
    assert len(whole) == 3
    paged, cursor = [], ""
    while len(paged) < 3:
        body = FindHolds(state=state, cursor=cursor, limit=1)
        page = await desk.call(FIND_HOLDS, body)
        paged += [hold.hold for hold in page.holds]
        cursor = page.next
    assert (paged, cursor) == (whole, "")
    with pytest.raises(Refused, match="cursor"):
        await find(desk, state=state, cursor="abc")


async def test_a_queue_says_of_each_what_it_says_alone(world, desk) -> None:
    add_readers(world, 3, 9)
    for number, barcode in enumerate(("1", "2", "3"), 1):
        world.lend(barcode, due_in=7 * number)
    holds = [world.hold(patron=number) for number in range(3, 10)]
    world.hold(patron=2, wanted_item_id=2)
    await desk.pause(holds[1], until=TODAY + timedelta(days=60))
    await desk.pause(holds[2])
    await desk.move(holds[5], 3, "book_club")
    queue = (await desk.queue()).holds
    assert [hold.position for hold in queue] == list(range(1, 9))
    assert queue == tuple([await desk.show(hold.hold) for hold in queue])
    assert (queue[0].moved_for, queue[1].moved_for) == ("book_club", None)
    first = await desk.queue(limit=3)
    assert (*first.holds, *(await desk.queue(cursor=first.next)).holds) == queue
    assert {hold.estimate.reason for hold in queue} >= {"paused", "after_others", "due_back"}


async def test_who_was_moved_and_why_can_be_read_of_a_queue(world, desk) -> None:
    add_readers(world, 3, 5)
    holds = [world.hold(patron=number) for number in (3, 4, 5)]
    await desk.move(holds[2], 1, "school", note="CM2")
    await desk.give(holds[1], "2")
    page = await desk.call(QUEUE_HISTORY, QueuePage(cursor="", limit=1), title=1)
    given = page.moves[0]
    assert (given.hold, given.reader, given.given, given.priority) == (holds[1], "N4", "2", None)
    rest = await desk.call(QUEUE_HISTORY, QueuePage(cursor=page.next, limit=1), title=1)
    moved = rest.moves[0]
    assert (moved.by, moved.reason, moved.note, moved.priority) == ("ana", "school", "CM2", 1)
    assert rest.next == ""
    assert await reasons(desk.call(QUEUE_HISTORY, QueuePage(**EVERYTHING), title=99)) == {
        "not-found"
    }


async def test_a_move_that_would_end_elsewhere_by_now_moves_nothing(world, desk) -> None:
    add_readers(world, 3, 5)
    holds = [world.hold(patron=number) for number in (3, 4, 5)]
    to_the_front = {"priority": 1, "reason": "school", "position": 1}
    for hold in holds:
        await desk.show(hold)
    await desk.edit(MOVE_HOLD, holds[2], MoveHold(**to_the_front))
    for meant in ({"priority": 0}, {"ahead_of": holds[1]}):
        with pytest.raises(Refused, match="now, ahead of"):
            await desk.call(MOVE_HOLD, MoveHold(**(to_the_front | meant)), hold=holds[0])
    with pytest.raises(Refused) as refusal:
        await desk.call(MOVE_HOLD, MoveHold(**to_the_front | {"position": 2}), hold=holds[1])
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    assert [hold.hold for hold in (await desk.queue()).holds] == [holds[2], holds[0], holds[1]]
    assert world.row("SELECT count(*) FROM hold_events WHERE kind = 'moved'") == (1,)


async def to_tell(desk) -> list[tuple[str, list[int]]]:
    readers = (await desk.call(LIST_TO_TELL, ToTellPage(), site="cachan")).readers
    return [(reader.reader, [hold.hold for hold in reader.holds]) for reader in readers]


async def test_readers_without_email_are_told_and_that_is_written_down(world, desk) -> None:
    by_mail = update(Patron).where(Patron.id == 2).values(email="paul@example.org")
    world.database.write_now(lambda db: db.connection().execute(by_mail).rowcount)
    world.add(Patron(id=3, card="P3", family_name="Sansmail", phone="01 02", language="en"))
    for patron, barcode in ((2, "1"), (3, "2")):
        world.hold(patron=patron)
        await desk.scan(barcode)
    hold = 2
    assert await to_tell(desk) == [("Sansmail", [hold])]
    told = await desk.edit(NOTE_TOLD, hold, ReaderTold(how=ToldHow.TELEPHONE))
    assert (told.told_at, told.told_how) == (NOW, ToldHow.TELEPHONE)
    assert await to_tell(desk) == []
    event = (await desk.history(hold))[-1]
    assert (event.kind, event.how, event.by) == ("told", "telephone", "ana")
    audit = await world.desk(Role.ADMINISTRATOR).call(READ_AUDIT, ReadAudit(**EVERYTHING))
    assert audit.entries[0].action == "PUT /v1/holds/{hold}/notice"
    assert (audit.entries[0].actor, audit.entries[0].subject) == ("librarian:ana", f"hold:{hold}")
    assert (await desk.edit(NOTE_NOT_TOLD, hold)).told_at is None
    assert await to_tell(desk) == [("Sansmail", [hold])]
    assert [event.kind for event in await desk.history(hold)][-2:] == ["told", "not_told"]
    version = (await desk.edit(NOTE_NOT_TOLD, hold)).version
    assert (await desk.show(hold)).version == version
    sign_in(world, 3)
    mine = await Reader(world, 3).call(my_holds.SHOW_MY_HOLD, hold=hold)
    assert (mine.told_at, mine.copy_site) == (None, "")


async def test_a_reader_is_told_again_when_the_copy_is_ready_anew(world, desk) -> None:
    hold = world.hold()
    await desk.scan("1")
    await desk.edit(NOTE_TOLD, hold, ReaderTold(how=ToldHow.LETTER))
    await desk.pickup(hold, "arcueil")
    assert await reasons(desk.edit(NOTE_TOLD, hold, ReaderTold(how="letter"))) == {"not_ready"}
    world.now += timedelta(hours=1)
    await desk.pickup(hold, "cachan")
    await desk.scan("1")
    assert (await desk.show(hold)).told_at is None
    assert await to_tell(desk) == [("Paul Personne", [hold])]


async def test_readers_with_little_time_left_are_told_first_each_once(world, desk) -> None:
    add_readers(world, 3, 4)
    ready = {"status": "ready", "ready_at": NOW}
    holds = [
        world.hold(title, patron, item_id=item, shelf_number=item,
                   expires_on=TODAY + timedelta(days=days), **ready)
        for title, patron, item, days in [(1, 3, 1, 5), (1, 4, 2, 4), (2, 3, 4, 3)]
    ]  # fmt: skip
    assert await to_tell(desk) == [("N3", [holds[2], holds[0]]), ("N4", [holds[1]])]
    assert await reasons(desk.call(LIST_TO_TELL, ToTellPage(), site="nowhere")) == {"not-found"}


async def test_who_is_to_be_told_comes_page_by_page(world, desk) -> None:
    add_readers(world, 3, 6)
    ready = {"status": "ready", "ready_at": NOW, "expires_on": TODAY}
    holds = [
        world.hold(title, patron, item_id=number, shelf_number=number, **ready)
        for number, (title, patron) in enumerate([(1, 3), (1, 4), (1, 5), (2, 3)], 1)
    ]
    called = update(Patron).where(Patron.id == 4).values(phone="01 02")
    world.database.write_now(lambda db: db.connection().execute(called).rowcount)

    async def page(**asked):
        return await desk.call(LIST_TO_TELL, ToTellPage(**asked), site="cachan")

    first = await page(limit=2)
    assert [reader.patron for reader in first.readers] == [3, 4]
    assert [hold.hold for hold in first.readers[0].holds] == [holds[0], holds[3]]
    assert (first.total, first.without_phone) == (3, 2)
    # Whoever was told meanwhile leaves no gap: a page begins behind the one before.
    await desk.show(holds[1])
    await desk.edit(NOTE_TOLD, holds[1], ReaderTold(how=ToldHow.TELEPHONE))
    rest = await page(limit=2, cursor=first.next)
    assert ([reader.patron for reader in rest.readers], rest.next) == ([5], "")
    by_letter = await page(without_phone=True)
    assert [reader.patron for reader in by_letter.readers] == [3, 5]
    assert [reader.patron for reader in (await page(patron=5)).readers] == [5]
    assert (await page(patron=99)).readers == ()
    with pytest.raises(Refused, match="cursor"):
        await page(cursor="bm90aGluZw")


async def test_what_stands_on_the_shelf_is_found_by_number_and_since_when(world, desk) -> None:
    ready = {"status": "ready", "expires_on": TODAY}
    world.hold(1, 2, item_id=1, shelf_number=1, ready_at=NOW - timedelta(days=1), **ready)
    late = world.hold(2, 2, item_id=4, shelf_number=12, ready_at=NOW, **ready)
    assert await find(desk, shelf_number=12) == [late]
    assert await find(desk, state="ready", ready_since=NOW) == [late]
    assert await find(desk, shelf_number=2) == []
