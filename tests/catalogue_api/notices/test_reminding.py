"""Where notices come from: loans due and late, ready reservations; each once, however often."""

from datetime import date, timedelta

import pytest
from catalogue_world import NOW, TODAY
from mail_world import post_office, sent, states, write_to
from sqlalchemy import text

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.hold_notices import LIST_TO_TELL, NOTE_TOLD, ReaderTold, ToTellPage
from catalogue_api.contract.hold_shelf import SCAN_ONTO_SHELF
from catalogue_api.contract.holds import CANCEL_HOLD, SHOW_HOLD, ToldHow
from catalogue_api.contract.notices import (
    CHOOSE_MY_NOTICES,
    CHOOSE_NOTICES,
    LIST_MY_NOTICES,
    LIST_NOTICES,
    LIST_NOTICES_TO_TELL,
    NOTE_NOTICE_TOLD,
    SEND_NOTICE_AGAIN,
    SHOW_MY_NOTICE_CHOICES,
    ChooseNotices,
    KindWay,
    NoticesAsked,
    NoticeTold,
)
from catalogue_api.domain.calendar import Calendar, Exceptional, Span
from catalogue_api.domain.notices import NoticeKind, NoticeStatus, NoticeWay
from catalogue_api.domain.reminders import Reminded, expires_soon, reminder
from catalogue_api.domain.roles import Role
from catalogue_api.jobs.running import JOBS, run
from catalogue_api.storage.tables import CalendarException, Item, Notice
from catalogue_api.storage.tables import Rulebook as RulebookTable

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
REMIND = next(job for job in JOBS if job.name == "remind")
ASKED = NoticesAsked.model_validate({})


def night(world) -> dict[str, int]:
    done = dict(run(world.database, REMIND, world.now, world.rules, dry_run=False).report)
    again = run(world.database, REMIND, world.now, world.rules, dry_run=False)
    assert not any(again.report.values())
    return {name: number for name, number in done.items() if number}


def change(world, sql: str) -> None:
    world.database.write_now(lambda session: session.execute(text(sql)))


async def test_one_mail_tells_of_all_loans_that_are_due_within_the_week(world) -> None:
    write_to(world)
    for barcode, due_in in (("1", 3), ("2", 6), ("3", 8)):
        world.lend(barcode, due_in=due_in)
    assert night(world) == {"due_soon": 1}
    async with post_office() as post:
        await sent(world, post)
    ((_, letter),) = post.letters
    assert letter.get_content().count("à rendre le") == 2
    world.now += DAY
    assert night(world) == {}, "the second was told of already"
    world.now += 4 * DAY
    assert night(world) == {"due_soon": 1}, "the third is three days away"
    change(world, f"UPDATE loans SET due_on = '{TODAY + 20 * DAY}' WHERE item_id = 1")
    world.now = NOW + 18 * DAY
    assert night(world) == {"due_soon": 1}, "it was renewed: another day comes near"


async def test_what_came_back_meanwhile_is_not_told(world) -> None:
    write_to(world)
    loan = world.lend("1", due_in=1)
    night(world)
    ended = "'2026-11-23 13:00:00.000000'"
    change(world, f"UPDATE loans SET ended_at = {ended} WHERE id = {loan}")
    async with post_office() as post:
        await sent(world, post)
    assert post.letters == []
    assert states(world) == [("dropped", "overtaken")]


async def test_nobody_is_told_of_lateness_until_the_library_wants_it(world) -> None:
    write_to(world)
    world.lend("1", days_ago=40, due_in=-8)
    world.lend("2", days_ago=40, due_in=-1)
    assert night(world) == {}
    world.add(RulebookTable(version=1, late_notices=True))
    assert night(world) == {"late": 1}
    async with post_office() as post:
        await sent(world, post)
        ((_, letter),) = post.letters
        assert letter.get_content().count("à rendre le") == 2, "all that is late, in one mail"
        for days, number in ((5, 0), (6, 1), (13, 1), (20, 1), (27, 1), (60, 0)):
            world.now = NOW + days * DAY
            assert sum(night(world).values()) == number, days
            await sent(world, post)
    assert "dernier rappel" in post.letters[-1][1].get_content()


async def test_one_who_says_it_is_back_is_not_reminded(world) -> None:
    loan = world.lend("1", days_ago=40, due_in=-8)
    world.add(RulebookTable(version=1, late_notices=True))
    change(world, f"UPDATE loans SET claimed_returned_on = '{TODAY}' WHERE id = {loan}")
    assert night(world) == {}


@pytest.mark.parametrize(
    ("late", "before", "number"),
    [
        (6, None, 0), (7, None, 1), (13, 1, 0), (14, 1, 2), (14, None, 2), (30, 4, 0),
        (500, None, 4), (7, 0, 1),
    ],
)  # fmt: skip
def test_which_reminder_is_next(world, late, before, number) -> None:
    due_on = TODAY - late * DAY
    sent_before = None if before is None else Reminded(due_on, before)
    where = Calendar(world.zone)
    assert reminder(due_on, TODAY, where, sent_before) == number
    other_date = Reminded(due_on - DAY, 4)
    assert reminder(due_on, TODAY, where, other_date) == (late // 7 if late < 28 else 4)


async def test_on_a_closed_day_nobody_is_reminded_but_on_the_next_open_one(world) -> None:
    world.lend("1", days_ago=40, due_in=-7)
    world.add(RulebookTable(version=1, late_notices=True))
    world.add(CalendarException(first_on=TODAY, last_on=TODAY + DAY))
    change(world, "UPDATE rulebook SET version = 2")
    assert night(world) == {}
    world.now += 2 * DAY
    assert night(world) == {"late": 1}


def test_a_reservation_is_reminded_of_on_the_last_open_day_before_its_last(world) -> None:
    weekend = Span(date(2026, 11, 28), date(2026, 11, 29), "")
    where = Calendar(world.zone, exceptions=(Exceptional(weekend, None, own=True),))
    monday = date(2026, 11, 30)
    days = [date(2026, 11, 26) + number * DAY for number in range(6)]
    soon = [expires_soon(TODAY, monday, day, where) for day in days]
    assert soon == [False, True, True, True, True, False]
    assert not expires_soon(days[1], monday, days[1], where), "they were told this very day"


async def ready(world, patron: int = 1) -> int:
    hold = world.hold(patron=patron, placed_at=NOW - 5 * DAY)
    await world.desk().call(SCAN_ONTO_SHELF, Nothing(), site="cachan", barcode="1")
    return hold


async def test_a_copy_that_is_ready_is_told_by_mail_and_the_call_list_knows(world) -> None:
    write_to(world)
    hold = await ready(world)
    desk = world.desk()
    await desk.call(SCAN_ONTO_SHELF, Nothing(), site="cachan", barcode="1")
    world.now += 10 * MINUTE
    async with post_office() as post:
        assert (await sent(world, post)).sent == 1
    assert post.subjects == ["Votre réservation est prête"]
    seen = await desk.call(SHOW_HOLD, Nothing(), hold=str(hold))
    assert (seen.told_at, seen.told_how) == (world.now, ToldHow.EMAIL)
    assert (await calls(world)) == []


async def test_what_becomes_ready_within_minutes_is_told_in_one_mail(world) -> None:
    write_to(world)
    await ready(world)
    world.add(Item(id=20, barcode="20", title_id=2, home_site="cachan", current_site="cachan"))
    world.hold(title=2, patron=1)
    other = world.hold(title=1, patron=2)
    async with post_office() as post:
        world.now += 9 * MINUTE
        assert (await sent(world, post)).sent == 0, "more may come"
        for barcode in ("20", "2"):
            await world.desk().call(SCAN_ONTO_SHELF, Nothing(), site="cachan", barcode=barcode)
        world.now += MINUTE
        post.says["DATA"] = "451 later"
        assert (await sent(world, post)).later == 1
        post.says.clear()
        world.now += 10 * MINUTE
        done = await sent(world, post)
        assert (done.sent, done.to_tell) == (1, 1)
    assert post.subjects == ["Vos réservations sont prêtes"]
    told = world.rows("SELECT told_how FROM holds ORDER BY id")
    assert told == [("email",), ("email",), ("",)]
    assert world.row("SELECT id FROM holds WHERE told_at IS NULL") == (other,)
    assert await calls(world) == [2]


async def calls(world) -> list[int]:
    asked = ToTellPage.model_validate({})
    found = await world.desk().call(LIST_TO_TELL, asked, site="cachan")
    return [one.patron for one in found.readers]


@pytest.mark.parametrize("why", ["no address", "refused", "wants a call", "server away"])
async def test_whom_no_mail_reaches_is_on_the_call_list(world, why) -> None:
    write_to(world, email="" if why == "no address" else "ida@example.org")
    hold = await ready(world)
    if why == "wants a call":
        ways = (KindWay(kind=NoticeKind.HOLD_READY, way=NoticeWay.DESK),)
        await world.desk().call(CHOOSE_NOTICES, ChooseNotices(ways=ways), patron="1")
    assert (await calls(world) == []) is (why != "no address")
    world.now += 10 * MINUTE
    async with post_office() as post:
        post.says["RCPT"] = "550 5.1.1 unknown" if why == "refused" else "451 later"
        await sent(world, post)
        if why == "server away":
            assert await calls(world) == []
            world.now += 25 * timedelta(hours=1)
        assert await calls(world) == [1]
        seen = await world.desk().call(SHOW_HOLD, Nothing(), hold=str(hold))
        body = ReaderTold(how=ToldHow.TELEPHONE)
        await world.desk().call(NOTE_TOLD, body, hold=str(hold), version=seen.version)
        assert await calls(world) == []
        post.says.clear()
        world.now += DAY
        assert (await sent(world, post)).sent == 0, "a librarian was quicker"
    assert world.row("SELECT status, told_how FROM notices") == ("told", "telephone")


async def test_what_was_cancelled_is_not_told(world) -> None:
    write_to(world)
    hold = await ready(world)
    desk = world.desk()
    seen = await desk.call(SHOW_HOLD, Nothing(), hold=str(hold))
    await desk.call(CANCEL_HOLD, Nothing(), hold=str(hold), version=seen.version)
    world.now += 10 * MINUTE
    async with post_office() as post:
        await sent(world, post)
    assert post.letters == []


@pytest.mark.server
async def test_a_ready_copy_that_nobody_fetched_is_reminded_of_once(world) -> None:
    write_to(world)
    await ready(world)
    world.now += 9 * DAY
    assert night(world) == {"hold_expires": 1}
    world.now += DAY
    assert night(world) == {}


async def test_readers_choose_what_they_may_decline(world) -> None:
    write_to(world)
    reader = world.embedded(world.signed_in(Role.PATRON))
    choices = await reader.call(SHOW_MY_NOTICE_CHOICES, Nothing())
    ways = {one.kind: one.ways for one in choices.kinds}
    assert ways[NoticeKind.DUE_SOON] == (NoticeWay.EMAIL, NoticeWay.NOT_AT_ALL)
    assert ways[NoticeKind.HOLD_READY] == (NoticeWay.EMAIL, NoticeWay.DESK)
    assert NoticeKind.ONE_TIME_CODE not in ways
    no_duty = ChooseNotices(ways=(KindWay(kind=NoticeKind.LATE, way=NoticeWay.NOT_AT_ALL),))
    with pytest.raises(Refused, match="late"):
        await reader.call(CHOOSE_MY_NOTICES, no_duty)
    chosen = KindWay(kind=NoticeKind.DUE_SOON, way=NoticeWay.NOT_AT_ALL)
    said = await reader.call(CHOOSE_MY_NOTICES, ChooseNotices(language="en", ways=(chosen,)))
    assert said.language == "en"
    world.lend("1", due_in=1)
    night(world)
    async with post_office() as post:
        await sent(world, post)
    assert states(world) == [("dropped", "declined")]
    await reader.call(CHOOSE_MY_NOTICES, ChooseNotices(language="en"))
    assert world.rows("SELECT kind FROM notice_choices") == []


async def test_the_desk_sees_what_was_sent_and_sends_it_again(world) -> None:
    write_to(world)
    await ready(world)
    world.now += 10 * MINUTE
    async with post_office() as post:
        await sent(world, post)
        desk = world.desk()
        (line,) = (await desk.call(LIST_NOTICES, ASKED, patron="1")).notices
        assert (line.kind, line.status, line.again) == (
            NoticeKind.HOLD_READY, NoticeStatus.SENT, True,
        )  # fmt: skip
        for _ in range(2):
            await desk.call(SEND_NOTICE_AGAIN, Nothing(), key="k", notice=str(line.notice))
        await sent(world, post)
    assert len(post.letters) == 2
    assert len({letter["Message-ID"] for _, letter in post.letters}) == 2
    reader = world.embedded(world.signed_in(Role.PATRON))
    own = (await reader.call(LIST_MY_NOTICES, ASKED)).notices
    assert [one.again for one in own] == [False, False]


async def test_what_a_librarian_tells_leaves_the_list_and_is_told_once(world) -> None:
    world.lend("1", days_ago=40, due_in=-8)
    world.add(RulebookTable(version=1, late_notices=True))
    night(world)
    async with post_office() as post:
        await sent(world, post)
    desk = world.desk()
    (one,) = (await desk.call(LIST_NOTICES_TO_TELL, ASKED, site="cachan")).notices
    assert (one.kind, one.reader) == (NoticeKind.LATE, "Ida Inconnue")
    path, body = {"notice": str(one.notice)}, NoticeTold(how=ToldHow.LETTER)
    await desk.call(NOTE_NOTICE_TOLD, body, version=one.version, **path)
    with pytest.raises(Refused):
        await desk.call(NOTE_NOTICE_TOLD, body, version=one.version, **path)
    assert (await desk.call(LIST_NOTICES_TO_TELL, ASKED, site="cachan")).notices == ()


async def test_what_is_to_be_told_comes_page_by_page(world) -> None:
    laid = [
        {"key": f"k{one}", "kind": "late", "urgency": 1, "patron_id": 1, "language": "fr",
         "address": "", "about": "{}", "at": NOW, "next_try_at": NOW, "status": "to_tell",
         "stale_at": NOW + timedelta(days=ends)}
        for one, ends in enumerate((5, 3, 3, 9))
    ]  # fmt: skip
    ids = [world.add(Notice(**row))[0] for row in laid]
    desk, seen, cursor = world.desk(), [], ""
    while True:
        asked = NoticesAsked(cursor=cursor, limit=1)
        page = await desk.call(LIST_NOTICES_TO_TELL, asked, site="cachan")
        seen += [one.notice for one in page.notices]
        if not page.next:
            break
        path = {"notice": str(seen[-1])}
        body = NoticeTold(how=ToldHow.TELEPHONE)  # told meanwhile: the list goes on behind it
        await desk.call(NOTE_NOTICE_TOLD, body, version=page.notices[0].version, **path)
        cursor = page.next
    assert seen == [ids[1], ids[2], ids[0], ids[3]]


async def test_what_nobody_told_in_time_is_dropped(world) -> None:
    world.lend("1", days_ago=40, due_in=-8)
    world.add(RulebookTable(version=1, late_notices=True))
    night(world)
    async with post_office() as post:
        await sent(world, post)
    world.now += 6 * DAY + timedelta(hours=1)
    run(world.database, REMIND, world.now, world.rules, dry_run=False)
    assert states(world)[0] == ("dropped", "stale")
