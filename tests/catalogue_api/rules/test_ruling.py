import asyncio
import json
from datetime import date, time, timedelta
from itertools import count

import pytest
from catalogue_world import NOW, TODAY

from catalogue_api.contract.calendars import (
    CHANGE_HOURS,
    SHOW_CALENDAR,
    SHOW_HOURS,
    CalendarAsked,
    Hours,
    SiteHours,
    SiteHoursChange,
    WeekdayHours,
)
from catalogue_api.contract.closures import (
    ADD_EXCEPTION,
    EDIT_EXCEPTION,
    LIST_EXCEPTIONS,
    MOVE_DUE_DATES,
    REMOVE_EXCEPTION,
    ExceptionChange,
    ExceptionData,
    ExceptionsAsked,
    MoveDueDates,
    NewException,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.holidays import (
    CHANGE_HOLIDAYS,
    SHOW_HOLIDAYS,
    Holidays,
    HolidaysChange,
    HolidaySpan,
)
from catalogue_api.contract.loans import LEND_ITEM, LendItem
from catalogue_api.contract.rules import (
    CHANGE_RULES,
    SHOW_RULES,
    LimitEntry,
    LoanRuleEntry,
    RulesChange,
    RulesData,
)
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.holidays import PublicHoliday
from catalogue_api.domain.roles import Role
from catalogue_api.storage import rules as sql
from catalogue_api.storage.tables import Loan, Patron

DAY = timedelta(days=1)
KEYS = count()
RULES = RulesData(
    penalties=True,
    most_late_items=2,
    loan_rules=(LoanRuleEntry(loan_days=21), LoanRuleEntry(kind=TitleKind.FILM, loan_days=7)),
    limits=(LimitEntry(most=20), LimitEntry(category="child", most=5)),
)
OCTOBER = {"first_on": date(2027, 10, 6), "last_on": date(2027, 10, 11)}


@pytest.fixture
def manager(world):
    return world.embedded(world.signed_in(Role.MANAGER))


async def keyed(manager, endpoint, body, **path):
    return await manager.call(endpoint, body, key=f"key{next(KEYS)}", **path)


async def test_rules_are_written_whole_and_in_force_at_once(world, manager) -> None:
    before = await manager.call(SHOW_RULES, Nothing())
    assert (before.version, before.default_loan_days, before.loan_rules) == (0, 28, ())
    after = await manager.call(CHANGE_RULES, RULES, version=0)
    assert (await manager.call(SHOW_RULES, Nothing())).version == after.version
    seen = await manager.call(SHOW_RULES, Nothing())
    assert seen.model_dump(exclude={"version", "default_loan_days"}) == RULES.model_dump()
    lent = await keyed(manager, LEND_ITEM, LendItem(barcode="1", card="P1"))
    assert lent.due_on == TODAY + 21 * DAY
    actor, action, detail = world.row(
        "SELECT actor, action, detail FROM audit WHERE action LIKE 'rules%'"
    )
    assert (actor, action) == ("manager:manager", "rules_changed")
    assert set(json.loads(detail)) == {
        "penalties", "most_late_items", "loan_rules", "limits", "version",
    }  # fmt: skip


async def test_who_has_not_seen_what_is_in_force_changes_nothing(world, manager) -> None:
    seen = await manager.call(CHANGE_RULES, RULES, version=0)
    bodies = [RULES.model_copy(update={"shelf_days": days}) for days in range(1, 5)]
    results = await asyncio.gather(
        *(manager.call(CHANGE_RULES, body, version=seen.version) for body in bodies),
        return_exceptions=True,
    )
    refused = [one for one in results if isinstance(one, Refused)]
    assert [one.type for one in refused] == [ProblemType.CHANGED_MEANWHILE] * 3
    (stored,) = [one for one in results if not isinstance(one, BaseException)]
    assert stored.version > seen.version
    assert world.row("SELECT shelf_days FROM rulebook") == (stored.shelf_days,)


async def test_first_rules_at_once_are_all_refused_but_one(world, manager) -> None:
    results = await asyncio.gather(
        *(manager.call(CHANGE_RULES, RULES, version=0) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, Refused) for one in results) == 3


async def test_rules_of_nowhere_and_rules_said_twice_are_refused(manager) -> None:
    nowhere = RULES.model_copy(update={"loan_rules": (LoanRuleEntry(site="paris"),)})
    with pytest.raises(Refused, match="no site 'paris'"):
        await manager.call(CHANGE_RULES, nowhere, version=0)
    for twice in ({"loan_rules": [{}, {"loan_days": 3}]}, {"limits": [{"most": 1}, {"most": 2}]}):
        with pytest.raises(ValueError, match="speak of the same"):
            RulesData.model_validate(twice)
    for wrong in ({"loan_rules": [{"kind": "dvd"}]}, {"shelf_days": 0}, {"fines": 1}):
        with pytest.raises(ValueError, match="validation error"):
            RulesData.model_validate(wrong)


async def test_a_week_is_written_and_shown(world, manager) -> None:
    week = SiteHours(
        term=(
            WeekdayHours(weekday=2, opens=time(14), closes=time(19)),
            WeekdayHours(weekday=2, opens=time(10), closes=time(12, 30)),
        ),
        school_holidays=(WeekdayHours(weekday=3, opens=time(9), closes=time(10)),),
    )
    hours = await manager.call(CHANGE_HOURS, week, version=0, site="cachan")
    assert hours == await manager.call(SHOW_HOURS, Nothing(), site="cachan")
    holidays = Holidays(
        school=(HolidaySpan(first_on=date(2026, 12, 19), last_on=date(2027, 1, 3)),),
        opens_on=(PublicHoliday.ARMISTICE_1918,),
    )
    stored = await manager.call(CHANGE_HOLIDAYS, holidays, version=hours.version)
    assert stored == await manager.call(SHOW_HOLIDAYS, Nothing())
    asked = CalendarAsked(first=date(2026, 12, 16), last=date(2026, 12, 25))
    found = await world.embedded("").call(SHOW_CALENDAR, asked, site="cachan")
    assert [day.day.day for day in found.days if day.hours] == [16, 24]
    assert found.days[-1].public_holidays == (PublicHoliday.CHRISTMAS,)
    assert (found.open_now, found.closes_at) == (False, None)
    assert found.opens_at.isoformat() == "2026-11-25T09:00:00+00:00"
    elsewhere = await world.embedded("").call(SHOW_CALENDAR, CalendarAsked(), site="arcueil")
    assert len(elsewhere.days) == 28
    assert all(day.all_day for day in elsewhere.days)


@pytest.mark.parametrize(
    "term",
    [
        [{"weekday": 0, "opens": "12:00", "closes": "12:00"}],
        [{"weekday": 7, "opens": "10:00", "closes": "12:00"}],
        [{"weekday": 0, "opens": "10:00:30", "closes": "12:00"}],
        [{"weekday": 0, "opens": "10:00Z", "closes": "12:00Z"}],
        [
            {"weekday": 0, "opens": "10:00", "closes": "12:00"},
            {"weekday": 0, "opens": "11:00", "closes": "13:00"},
        ],
    ],
)
def test_hours_that_cannot_be_are_refused(term) -> None:
    with pytest.raises(ValueError, match="validation error"):
        SiteHours.model_validate({"term": term})


async def test_days_that_cannot_be_shown_are_refused(world) -> None:
    for first, last in [
        (TODAY, TODAY - DAY), (TODAY, TODAY + 400 * DAY), (date.min, date.max),
    ]:  # fmt: skip
        with pytest.raises(Refused, match="400 days"):
            await world.embedded("").call(
                SHOW_CALENDAR, CalendarAsked(first=first, last=last), site="cachan"
            )
    with pytest.raises(Refused, match="no such site"):
        await world.embedded("").call(SHOW_CALENDAR, CalendarAsked(), site="paris")
    for edge in (date.min, date.max - 27 * DAY):
        shown = await world.embedded("").call(
            SHOW_CALENDAR, CalendarAsked(first=edge), site="cachan"
        )
        assert len(shown.days) == 28


async def test_a_closure_tells_the_due_dates_that_it_falls_on_and_they_are_moved(
    world, manager
) -> None:
    world.add(Patron(id=8, card="P8", family_name="x", expires_on=TODAY + 22 * DAY))
    for barcode, card in (("1", "P1"), ("2", "P2"), ("3", "P8")):
        await keyed(
            manager, LEND_ITEM, LendItem(barcode=barcode, card=card, due_on=TODAY + 21 * DAY)
        )
    await keyed(
        manager, LEND_ITEM,
        LendItem(barcode="4", card="P1", due_on=TODAY + 21 * DAY, site="arcueil"),
    )  # fmt: skip
    closure = {"site": "cachan", "first_on": TODAY + 20 * DAY, "last_on": TODAY + 25 * DAY}
    dry = await keyed(manager, ADD_EXCEPTION, NewException(**closure, dry_run=True))
    assert dry.loans_due == 3
    assert world.rows("SELECT id FROM calendar_exceptions") == []
    added = await keyed(manager, ADD_EXCEPTION, NewException(**closure))
    assert added.loans_due == 3
    rehearsed = await keyed(manager, MOVE_DUE_DATES, MoveDueDates(dry_run=True))
    moved = await keyed(manager, MOVE_DUE_DATES, MoveDueDates())
    assert rehearsed == moved
    (day,) = moved.days
    assert (day.site, day.moved_to, day.loans, day.kept) == ("cachan", TODAY + 26 * DAY, 2, 1)
    assert world.rows("SELECT item_id, due_on FROM loans ORDER BY item_id") == [
        (1, "2026-12-19"), (2, "2026-12-19"), (3, "2026-12-14"), (4, "2026-12-14"),
    ]  # fmt: skip
    again = await keyed(manager, MOVE_DUE_DATES, MoveDueDates())
    assert [(one.loans, one.kept) for one in again.days] == [(0, 1)]


async def test_reservations_do_not_end_on_the_shelf_while_the_library_is_closed(
    world, manager
) -> None:
    def ready(number: int, site: str, day: date) -> None:
        values = {"status": "ready", "item_id": number, "shelf_number": number, "expires_on": day}
        values |= {"captured_at": world.now, "ready_at": world.now}
        world.hold(site=site, patron=number, **values)

    ready(1, "cachan", TODAY + 5 * DAY)
    ready(2, "arcueil", TODAY + 5 * DAY)
    closure = {"site": "cachan", "first_on": TODAY + 4 * DAY, "last_on": TODAY + 8 * DAY}
    added = await keyed(manager, ADD_EXCEPTION, NewException(**closure))
    assert (added.loans_due, added.holds_ready) == (0, 1)
    (day,) = (await keyed(manager, MOVE_DUE_DATES, MoveDueDates())).days
    to = TODAY + 9 * DAY
    assert (day.site, day.moved_to, day.loans, day.kept, day.holds) == ("cachan", to, 0, 0, 1)
    assert world.rows("SELECT pickup_site, expires_on, version FROM holds ORDER BY id") == [
        ("cachan", to.isoformat(), 2), ("arcueil", (TODAY + 5 * DAY).isoformat(), 1),
    ]  # fmt: skip


async def test_closures_are_changed_and_taken_away_by_who_has_seen_them(world, manager) -> None:
    added = await keyed(manager, ADD_EXCEPTION, NewException(**OCTOBER, label="travaux"))
    number = str(added.exception)
    opens = ExceptionData(**OCTOBER, hours=Hours(opens=time(9), closes=time(12)))
    changed = await manager.call(EDIT_EXCEPTION, opens, version=1, exception=number)
    assert (changed.version, changed.hours) == (2, opens.hours)
    with pytest.raises(Refused) as refusal:
        await manager.call(REMOVE_EXCEPTION, Nothing(), version=1, exception=number)
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    listed = await manager.call(LIST_EXCEPTIONS, ExceptionsAsked())
    assert [one.exception for one in listed.exceptions] == [added.exception]
    await manager.call(REMOVE_EXCEPTION, Nothing(), version=2, exception=number)
    assert (await manager.call(LIST_EXCEPTIONS, ExceptionsAsked(past=True))).exceptions == ()
    with pytest.raises(Refused, match="no such exception"):
        await manager.call(REMOVE_EXCEPTION, Nothing(), version=2, exception=number)
    with pytest.raises(Refused, match="no site 'paris'"):
        await keyed(manager, ADD_EXCEPTION, NewException(**OCTOBER, site="paris"))
    actions = [row[0] for row in world.rows("SELECT action FROM audit ORDER BY id")]
    assert actions == ["exception_added", "exception_changed", "exception_removed"]


@pytest.mark.parametrize("last", [OCTOBER["first_on"] - DAY, OCTOBER["first_on"] + 401 * DAY])
def test_a_closure_ends_behind_its_beginning(last) -> None:
    with pytest.raises(ValueError, match="last_on"):
        NewException(first_on=OCTOBER["first_on"], last_on=last)


def test_the_version_grows_even_when_the_clock_goes_back(world) -> None:
    seen = []
    for at in (NOW, NOW, NOW - timedelta(days=3)):
        world.database.write_now(
            lambda session, at=at: sql.change(
                session.connection(), world.rules.current(session.connection()), at
            )
        )
        seen.append(world.row("SELECT version FROM rulebook")[0])
    assert seen == sorted(set(seen))
    assert seen[0] == int(NOW.timestamp() * 1e6)


async def test_a_dry_run_tells_whom_other_rules_would_touch_and_changes_nothing(
    world, manager
) -> None:
    world.lend("1")
    world.lend("2")
    world.lend("3", patron=2)
    other = RulesChange(
        loan_rules=(LoanRuleEntry(category="adult", loan_days=14),),
        limits=(LimitEntry(most=1),),
        dry_run=True,
    )
    told = await manager.call(CHANGE_RULES, other, version=0)
    assert (told.loans_touched, told.readers_touched, told.readers_over_limit) == (3, 2, 1)
    assert (await manager.call(SHOW_RULES, Nothing())).version == 0
    assert world.rows("SELECT count(*) FROM audit") == [(0,)]
    done = await manager.call(CHANGE_RULES, other.model_copy(update={"dry_run": False}), version=0)
    assert done.loan_rules == other.loan_rules
    same = await manager.call(CHANGE_RULES, other, version=done.version)
    assert (same.loans_touched, same.readers_touched, same.readers_over_limit) == (0, 0, 0)


async def test_a_dry_run_of_a_week_tells_what_would_end_on_closed_days(world, manager) -> None:
    world.database.write_now(
        lambda db: db.add(Loan(item_id=1, patron_id=1, site="cachan", started_at=NOW, due_on=TODAY))
    )
    opens = WeekdayHours(weekday=1, opens=time(9), closes=time(12))  # TODAY is a Monday
    week = SiteHoursChange(term=(opens,), dry_run=True)
    told = await manager.call(CHANGE_HOURS, week, version=0, site="cachan")
    assert (told.loans_due, told.holds_ready, told.term) == (1, 0, week.term)
    assert (await manager.call(SHOW_HOURS, Nothing(), site="cachan")).term == ()
    closed = NewException(site="cachan", first_on=TODAY + DAY, last_on=TODAY + DAY)
    number = str((await keyed(manager, ADD_EXCEPTION, closed)).exception)
    today = ExceptionChange(first_on=TODAY, last_on=TODAY, dry_run=True)
    would = await manager.call(EDIT_EXCEPTION, today, version=1, exception=number)
    assert (would.loans_due, would.version) == (1, 2)
    (kept,) = (await manager.call(LIST_EXCEPTIONS, ExceptionsAsked())).exceptions
    assert (kept.first_on, kept.version) == (TODAY + DAY, 1)
    holidays = HolidaysChange(opens_on=(PublicHoliday.CHRISTMAS,), dry_run=True)
    version = (await manager.call(SHOW_HOLIDAYS, Nothing())).version
    assert (await manager.call(CHANGE_HOLIDAYS, holidays, version=version)).loans_due == 0
    assert (await manager.call(SHOW_HOLIDAYS, Nothing())).opens_on == ()
