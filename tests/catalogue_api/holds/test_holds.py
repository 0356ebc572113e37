from datetime import date, timedelta

import pytest
from catalogue_world import NOW, TODAY
from hold_people import Reader, add_readers, open_desk, reasons, sign_in

from catalogue_api.contract import holds as contract
from catalogue_api.contract import my_holds
from catalogue_api.contract.holds import EndReason, EstimateReason, HoldStatus, PauseHold
from catalogue_api.contract.past_returns import UNDO_RETURN
from catalogue_api.domain.holds import Scan
from catalogue_api.storage.tables import (
    Block,
    CalendarException,
    Item,
    LoanLimit,
    LoanRule,
    Rulebook,
    Title,
)


@pytest.fixture
def desk(world):
    return open_desk(world)


@pytest.fixture
def reader(world):
    sign_in(world, 2)
    return Reader(world, 2)


def kinds(events) -> list[str]:
    return [event.kind.value for event in events]


async def test_a_reader_reserves_sees_it_and_cancels(world, desk, reader) -> None:
    for barcode in ("1", "2", "3"):
        world.lend(barcode)
    placed = await reader.place(site="arcueil")
    assert (placed.status, placed.position, placed.pickup_name) == (
        HoldStatus.WAITING,
        1,
        "Arcueil",
    )
    assert (placed.reader, placed.patron, placed.barcode) == ("", None, "")
    assert (await reader.call(my_holds.LIST_MY_HOLDS)).holds == (placed,)
    assert (await desk.show(placed.hold)).reader == "Paul Personne"
    gone = await reader.call(my_holds.CANCEL_MY_HOLD, version=placed.version, hold=placed.hold)
    assert (gone.status, gone.end_reason) == (HoldStatus.CANCELLED, EndReason.BY_READER)
    assert (await reader.call(my_holds.LIST_MY_HOLDS)).holds == ()
    events = (await reader.call(my_holds.MY_HOLD_HISTORY, hold=placed.hold)).events
    assert kinds(events) == ["placed", "cancelled"]
    assert [event.by for event in await desk.history(placed.hold)] == ["patron", "patron"]
    assert world.row("SELECT count(*) FROM changes WHERE title_id = 1") == (2,)


async def test_nobody_sees_or_changes_the_reservation_of_another(world, desk, reader) -> None:
    other = await desk.place(patron=1)
    for endpoint, body in [
        (my_holds.SHOW_MY_HOLD, None),
        (my_holds.MY_HOLD_HISTORY, None),
        (my_holds.CANCEL_MY_HOLD, None),
        (my_holds.PAUSE_MY_HOLD, PauseHold()),
    ]:
        asking = reader.call(endpoint, body, version=1, hold=other.hold)
        assert await reasons(asking) == {"not-found"}
    for endpoint in (contract.SHOW_HOLD, contract.CANCEL_HOLD):
        assert await reasons(reader.call(endpoint, version=1, hold=other.hold)) == {"not-allowed"}
    for number in ("0", "x", "99999999999999999999", "٣", "-1"):
        assert await reasons(reader.call(my_holds.SHOW_MY_HOLD, hold=number)) == {"not-found"}


async def test_every_reason_against_a_reservation_is_told(world, desk) -> None:
    assert await reasons(desk.place(title=9)) == {"not-found"}
    assert await reasons(desk.place(patron=9)) == {"not-found"}
    assert await reasons(desk.place(site="nowhere")) == {"unknown_site"}
    assert await reasons(desk.place(barcode="4")) == {"another_title"}
    assert await reasons(desk.place(title=2)) == {"no_copy"}
    assert await reasons(desk.place(title=2, barcode="6")) == {"no_copy"}
    await desk.place()
    assert await reasons(desk.place()) == {"already_reserved"}
    assert await reasons(desk.place(barcode="1")) == {"already_reserved"}
    world.lend("3", patron=2)
    world.add(Block(patron_id=2, kind="staff", from_on=TODAY, created_at=NOW))
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql(
            "UPDATE patrons SET expires_on = '2026-11-22' WHERE id = 2"
        )
    )
    assert await reasons(desk.place(patron=2)) == {"has_on_loan", "blocked", "card_expired"}


async def test_limits_of_the_library(world, desk) -> None:
    world.add(
        Title(id=3, source="t", control_number="3", title="Jeu", kind="video_game"),
        Title(id=4, source="t", control_number="4", title="Jeu 2", kind="video_game"),
        Title(id=5, source="t", control_number="5", title="Carte", kind="map"),
    )
    world.add(
        *(
            Item(barcode=f"b{title}", title_id=title, home_site="cachan", current_site="cachan")
            for title in (3, 4, 5)
        )
    )
    world.add(
        Rulebook(most_holds=2, hold_on_available=False),
        LoanLimit(category="adult", kind="video_game", most=1),
        LoanRule(kind="map", lendable=False),
    )
    assert await reasons(desk.place(title=3)) == {"on_the_shelf"}
    assert (await desk.place(title=3, site="arcueil")).position == 1
    assert await reasons(desk.place(title=4, site="arcueil")) == {"too_many_of_kind"}
    assert await reasons(desk.place(title=5, site="arcueil")) == {"not_lent_to_reader"}
    assert await reasons(desk.place(title=1, site="arcueil")) == {"on_the_shelf"}
    world.lend("3", patron=2)
    await desk.place(title=1, site="arcueil")
    assert await reasons(desk.place(title=4)) == {
        "too_many_of_kind", "too_many_holds", "on_the_shelf",
    }  # fmt: skip


async def test_who_rests_keeps_the_rank_and_takes_no_copy(world, desk, give_back) -> None:
    add_readers(world, 3, 3)
    first = await desk.place(1)
    world.now += timedelta(minutes=1)
    second = await desk.place(2)
    third = await desk.place(3, barcode="2")
    paused = await desk.pause(first.hold, date(2026, 11, 24))
    assert (paused.paused, paused.position) == (True, 1)
    await give_back(1, "1")
    assert (await desk.show(second.hold)).status is HoldStatus.CAPTURED
    await give_back(2, "3")
    assert (await desk.show(third.hold)).status is HoldStatus.WAITING
    world.now += timedelta(days=2)
    seen = await desk.show(first.hold)
    assert (seen.paused, seen.position) == (False, 1)
    await give_back(3, "2", occurred_at=world.now)
    assert (await desk.show(first.hold)).status is HoldStatus.CAPTURED
    assert await reasons(desk.pause(first.hold)) == {"not_waiting"}
    assert await reasons(desk.pause(third.hold, TODAY)) == {"pause_in_the_past"}
    await desk.pause(third.hold)
    assert (await desk.show(third.hold)).estimate.reason is EstimateReason.PAUSED
    assert (await desk.resume(third.hold)).paused is False
    assert kinds(await desk.history(third.hold)) == ["placed", "paused", "resumed"]


async def test_a_change_needs_the_version_that_was_seen(world, desk, reader) -> None:
    placed = await reader.place()
    await desk.pause(placed.hold)
    asking = reader.call(my_holds.CANCEL_MY_HOLD, version=placed.version, hold=placed.hold)
    assert await reasons(asking) == {"changed-meanwhile"}
    asking = reader.call(my_holds.CANCEL_MY_HOLD, hold=placed.hold)
    assert await reasons(asking) == {"precondition-required"}


async def test_a_cancelled_copy_goes_to_the_next_who_has_it_sent(world, desk, give_back) -> None:
    first = await desk.place(1)
    second = await desk.place(2, site="arcueil")
    await give_back(1, "1")
    ready = await desk.scan("1")
    assert (ready.result, ready.shelf_number) == (Scan.READY, 1)
    await desk.cancel(first.hold)
    assert (await desk.show(second.hold)).status is HoldStatus.CAPTURED
    assert world.row("SELECT destination FROM items WHERE id = 1") == ("arcueil",)
    (left,) = await desk.to_clear()
    assert (left.barcode, left.shelf_number, left.why.value) == ("1", 1, "cancelled")
    assert (left.for_another, left.destination) == (True, "arcueil")
    assert (await desk.scan("1")).result is Scan.OTHER_SITE
    assert await desk.to_clear() == ()
    assert (await desk.scan("1", "arcueil")).result is Scan.READY
    await desk.cancel(second.hold)
    (left,) = await desk.to_clear("arcueil")
    assert (left.for_another, left.destination) == (False, "cachan")
    assert world.row("SELECT destination FROM items WHERE id = 1") == ("cachan",)


async def test_a_cancelling_is_taken_back_on_the_same_day(world, desk, give_back) -> None:
    first, second = await desk.place(1), await desk.place(2)
    await give_back(1, "1")
    await desk.cancel(first.hold)
    assert (await desk.show(second.hold)).status is HoldStatus.CAPTURED
    back = await desk.restore(first.hold)
    assert (back.status, back.position) == (HoldStatus.WAITING, 1)
    await desk.cancel(first.hold)
    await desk.cancel(second.hold)
    back = await desk.restore(second.hold)
    assert (back.status, back.barcode) == (HoldStatus.CAPTURED, "1")
    assert await reasons(desk.restore(second.hold)) == {"not_cancelled"}
    world.now += timedelta(days=1)
    assert await reasons(desk.restore(first.hold)) == {"too_late_to_restore"}
    assert await reasons(desk.cancel(first.hold)) == {"has_ended"}


async def test_a_restored_hold_must_still_be_allowed(world, desk) -> None:
    first = await desk.place(1)
    await desk.cancel(first.hold)
    await desk.place(1)
    assert await reasons(desk.restore(first.hold)) == {"already_reserved"}


async def test_a_ready_copy_follows_its_reader_to_another_site(world, desk, give_back) -> None:
    hold = (await desk.place(1)).hold
    await give_back(1, "1")
    await desk.scan("1")
    moved = await desk.pickup(hold, "arcueil")
    assert (moved.status, moved.expires_on, moved.shelf_number) == (HoldStatus.CAPTURED, None, None)
    assert [left.destination for left in await desk.to_clear()] == ["arcueil"]
    assert world.row("SELECT destination FROM items WHERE id = 1") == ("arcueil",)
    same = await desk.pickup(hold, "arcueil")
    assert same.pickup_site == "arcueil"
    assert (await desk.scan("1", "arcueil")).result is Scan.READY
    assert await desk.to_clear() == ()
    assert kinds(await desk.history(hold)) == [
        "placed", "captured", "ready", "pickup_changed", "ready",
    ]  # fmt: skip
    back = await desk.pickup(hold, "cachan")
    assert back.status is HoldStatus.CAPTURED
    assert await reasons(desk.pickup(hold, "nowhere")) == {"unknown_site"}


async def test_what_is_not_fetched_goes_to_the_next_on_an_open_day(world, desk, give_back) -> None:
    first, second = await desk.place(1), await desk.place(2)
    world.add(Rulebook(version=2))
    world.add(CalendarException(first_on=date(2026, 12, 3), last_on=date(2026, 12, 4)))
    world.add(
        CalendarException(site="cachan", first_on=date(2026, 12, 6), last_on=date(2026, 12, 7))
    )
    await give_back(1, "1")
    assert (await desk.scan("1")).expires_on == date(2026, 12, 5)
    world.now += timedelta(days=12)
    assert desk.expire() == ()
    world.now += timedelta(days=2)
    assert desk.expire() == ()
    world.now += timedelta(days=1)
    (expired,) = desk.expire()
    assert (expired.hold, expired.patron) == (first.hold, 1)
    assert desk.expire() == ()
    assert (await desk.show(first.hold)).end_reason is EndReason.NOT_FETCHED
    assert (await desk.show(second.hold)).status is HoldStatus.CAPTURED
    assert [left.for_another for left in await desk.to_clear()] == [True]
    assert [event.by for event in await desk.history(first.hold)] == [
        "ana",
        "kiosk:pad",
        "ana",
        "night",
    ]


async def test_staff_move_a_reader_and_those_behind_are_told_why(world, desk, reader) -> None:
    add_readers(world, 3, 4)
    first = await desk.place(1)
    second = await reader.place()
    third, fourth = await desk.place(3), await desk.place(4)
    moved = await desk.move(third.hold, 1, "school", "projet du collège")
    assert (moved.position, moved.staff_priority) == (1, 1)
    order = [hold.hold for hold in (await desk.queue()).holds]
    assert order == [third.hold, first.hold, second.hold, fourth.hold]
    (_, passed) = (await reader.call(my_holds.MY_HOLD_HISTORY, hold=second.hold)).events
    assert (passed.kind.value, passed.reason.value, passed.note, passed.by) == (
        "passed", "school", "", "",
    )  # fmt: skip
    assert [event.note for event in await desk.history(third.hold)] == ["", "projet du collège"]
    assert kinds(await desk.history(fourth.hold)) == ["placed"]
    assert (await desk.move(third.hold, 0, "other")).position == 3
    await desk.move(third.hold, 0, "other")
    assert kinds(await desk.history(third.hold)) == ["placed", "moved", "moved"]


async def test_a_copy_given_by_hand(world, desk) -> None:
    first, second = await desk.place(1), await desk.place(2)
    world.lend("3", patron=2)
    assert await reasons(desk.give(second.hold, "4")) == {"another_title"}
    assert await reasons(desk.give(second.hold, "3")) == {"copy_not_free"}
    assert await reasons(desk.give(second.hold, "none")) == {"not-found"}
    given = await desk.give(second.hold, "1")
    assert (given.status, given.barcode) == (HoldStatus.CAPTURED, "1")
    assert await reasons(desk.give(first.hold, "1")) == {"copy_not_free"}
    assert await reasons(desk.give(second.hold, "2")) == {"not_waiting"}
    assert kinds(await desk.history(first.hold)) == ["placed", "passed"]
    assert (await desk.scan("1")).result is Scan.READY


async def test_the_pick_list_and_what_is_not_found(world, desk) -> None:
    add_readers(world, 3, 3)
    world.lend("2", patron=3)
    first = await desk.place(1)
    assert [copy.barcode for copy in await desk.to_pick()] == ["1"]
    assert await desk.to_pick("arcueil") == ()
    second = await desk.place(2, site="arcueil", barcode="1")
    (copy,) = await desk.to_pick()
    assert (copy.barcode, copy.for_this_copy, copy.pickup_name) == ("1", True, "Arcueil")
    assert [copy.barcode for copy in await desk.to_pick("arcueil")] == ["3"]
    assert await desk.not_found("1") == ()
    assert await desk.not_found("1") == ()
    assert world.row("SELECT status FROM items WHERE id = 1") == ("missing",)
    assert await reasons(desk.not_found("2")) == {"copy_not_free"}
    assert await reasons(desk.not_found("3")) == {"copy_not_free"}
    sent = await desk.scan("3", "arcueil")
    assert (sent.result, sent.pickup_name) == (Scan.OTHER_SITE, "Cachan")
    assert (await desk.show(first.hold)).status is HoldStatus.CAPTURED
    assert await desk.to_pick("arcueil") == ()
    found = await desk.scan("1")
    assert found.result is Scan.OTHER_SITE
    assert (await desk.show(second.hold)).barcode == "1"


async def test_a_copy_put_aside_and_gone_lets_its_reader_wait_again(world, desk, give_back) -> None:
    hold = (await desk.place(1)).hold
    await give_back(1, "1")
    await desk.scan("1")
    assert [copy.barcode for copy in await desk.not_found("1")] == ["2"]
    seen = await desk.show(hold)
    assert (seen.status, seen.position, seen.barcode) == (HoldStatus.WAITING, 1, "")
    assert world.rows("SELECT kind FROM anomalies WHERE kind = 'hold_lost_copy'") != []
    assert kinds(await desk.history(hold))[-1] == "released"


async def test_a_return_stays_once_its_next_reader_was_told(world, desk, give_back) -> None:
    hold = (await desk.place(1)).hold
    first = await give_back(1, "1")
    await desk.call(UNDO_RETURN, return_id=first.return_id)
    assert (await desk.show(hold)).status is HoldStatus.WAITING
    assert kinds(await desk.history(hold)) == ["placed", "captured", "released"]
    second = await give_back(2, "1")
    await desk.scan("1")
    asking = desk.call(UNDO_RETURN, return_id=second.return_id)
    assert await reasons(asking) == {"moved_on"}
    assert (await desk.show(hold)).status is HoldStatus.READY


async def test_a_copy_of_a_kind_that_floats_stays_where_it_is(world, desk, give_back) -> None:
    world.add(Rulebook(version=2), LoanRule(kind="book", floats=True))
    hold = (await desk.place(1, site="arcueil")).hold
    await give_back(1, "1", at="a/b c")
    await desk.cancel(hold)
    assert world.row("SELECT current_site, destination FROM items WHERE id = 1") == (
        "arcueil", None,
    )  # fmt: skip
    assert world.row("SELECT to_shelve_since IS NOT NULL FROM items WHERE id = 1")[0]


async def test_the_queue_in_pages(world, desk) -> None:
    add_readers(world, 3, 7)
    numbers = [(await desk.place(patron)).hold for patron in range(1, 8)]
    await desk.move(numbers[6], 5)
    expected = [numbers[6], *numbers[:6]]
    seen, cursor = [], ""
    while True:
        page = await desk.queue(cursor=cursor, limit=3)
        seen += [(hold.position, hold.hold) for hold in page.holds]
        if not (cursor := page.next):
            break
    assert seen == list(enumerate(expected, start=1))
    assert await reasons(desk.queue(cursor="nonsense")) == {"invalid-request"}
    assert await reasons(desk.queue(title=99)) == {"not-found"}


async def test_an_estimate_comes_with_its_reason(world, desk) -> None:
    for barcode, due in (("1", 3), ("2", -1)):
        world.lend(barcode, due_in=due)
    world.lend("3", due_in=10)
    told = (await desk.place(2)).estimate
    assert (told.on, told.reason) == (date(2026, 11, 26), EstimateReason.DUE_BACK)
    assert (told.ahead, told.copies, told.late) == (0, 2, 1)
    add_readers(world, 3, 4)
    await desk.place(3)
    told = (await desk.place(4)).estimate
    assert (told.on, told.reason, told.ahead) == (
        date(2026, 11, 26) + timedelta(days=38), EstimateReason.AFTER_OTHERS, 2,
    )  # fmt: skip


async def test_over_http_an_etag_guards_and_a_key_repeats(world, client) -> None:
    open_desk(world)
    desk = {"Authorization": "Bearer ana"}
    body = {"card": "P1", "title": 1, "pickup_site": "cachan"}
    answers = [
        await client.post("/v1/holds", json=body, headers=desk | {"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [200, 200]
    assert await answers[0].read() == await answers[1].read()
    hold, tag = (await answers[0].json())["hold"], answers[0].headers["ETag"]
    path = f"/v1/holds/{hold}/pause"
    unguarded = await client.put(path, json={}, headers=desk)
    paused = await client.put(path, json={}, headers=desk | {"If-Match": tag})
    stale = await client.delete(f"/v1/holds/{hold}", headers=desk | {"If-Match": tag})
    new = paused.headers["ETag"]
    cancelled = await client.delete(f"/v1/holds/{hold}", headers=desk | {"If-Match": new})
    assert [unguarded.status, paused.status, stale.status, cancelled.status] == [428, 200, 412, 200]
    refused = await client.put(
        path, json={}, headers=desk | {"If-Match": cancelled.headers["ETag"]}
    )
    assert (refused.status, (await refused.json())["reasons"]) == (409, ["has_ended"])
    (line,) = world.rows("SELECT actor FROM audit WHERE action LIKE '%pause%'")
    assert line == ("librarian:ana",)
