import asyncio
import json
from datetime import date, time, timedelta
from itertools import count

import pytest
from catalogue_world import NOW, TODAY

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.loans import (
    LEND_ITEM,
    LIST_LOANS,
    LIST_OWN_LOANS,
    RENEW_ALL,
    RENEW_ALL_OWN,
    RENEW_LOAN,
    RENEW_OWN_LOAN,
    LendItem,
    LoansAsked,
    OwnRenewal,
    Renewal,
)
from catalogue_api.domain.roles import Role
from catalogue_api.storage import loans as sql
from catalogue_api.storage.tables import (
    Block,
    CalendarException,
    Item,
    Loan,
    LoanLimit,
    LoanRule,
    OpeningHours,
    Patron,
    Rulebook,
    Title,
)

DAY = timedelta(days=1)
KEYS = count()


@pytest.fixture
def desk(world):
    return world.embedded(world.signed_in(Role.LIBRARIAN))


@pytest.fixture
def reader(world):
    return world.embedded(world.signed_in(Role.PATRON))


def enter(world, *rows) -> None:
    """Put rules in force."""
    (version,) = world.row("SELECT coalesce(max(version), 0) FROM rulebook")
    if version == 0:
        rows = (Rulebook(version=1), *rows)
    world.database.write_now(lambda session: session.add_all(rows))
    world.database.write_now(
        lambda session: session.connection().exec_driver_sql(
            "UPDATE rulebook SET version = version + 1"
        )
    )


async def lend(desk, barcode: str = "1", card: str = "P1", **values):
    key = f"key{next(KEYS)}"
    return await desk.call(LEND_ITEM, LendItem(barcode=barcode, card=card, **values), key=key)


def later(world, days: int) -> None:
    """Let days pass; the librarian signs in again."""
    world.now += days * DAY
    world.signed_in(Role.LIBRARIAN)


async def reasons(awaited) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        await awaited
    assert refusal.value.type is ProblemType.REFUSED_BY_RULE
    return refusal.value.reasons


async def test_lending_writes_down_what_it_did(world, desk) -> None:
    lent = await lend(desk, " 1 ", "P1")
    assert (lent.title, lent.due_on, lent.renewals_left) == ("L’Été", date(2026, 12, 21), 1)
    assert world.row("SELECT site, category, patron_id, due_on FROM loans") == (
        "cachan", "adult", 1, "2026-12-21",
    )  # fmt: skip
    actor, action, subject, detail = world.row("SELECT actor, action, subject, detail FROM audit")
    assert (actor, action, subject) == ("librarian:librarian", "lend", "item:1")
    assert json.loads(detail) == {"loan": lent.loan, "due_on": "2026-12-21"}
    assert world.row("SELECT title_id FROM changes") == (1,)


async def test_a_dry_run_tells_and_stores_nothing(world, desk) -> None:
    assert (await lend(desk, dry_run=True)).due_on == date(2026, 12, 21)
    assert world.row("SELECT count(*) FROM loans") == (0,)
    world.add(Block(patron_id=1, kind="staff", from_on=TODAY, created_at=NOW))
    assert await reasons(lend(desk, dry_run=True)) == ("blocked",)


async def test_all_reasons_are_told_at_once_and_a_librarian_sets_some_aside(world, desk) -> None:
    world.add(
        Block(patron_id=1, kind="suspension", from_on=TODAY, until_on=TODAY + DAY, created_at=NOW)
    )
    world.hold(patron=2, title=2, wanted_item_id=6)
    why = await reasons(lend(desk, "6"))
    assert why == ("wanted_by_another", "not_for_loan", "suspended")
    with pytest.raises(Refused, match="2026-11-24"):
        await lend(desk, "6")
    some = {"override": ("not_for_loan", "suspended"), "override_reason": "exposition"}
    assert await reasons(lend(desk, "6", **some)) == ("wanted_by_another",)
    lent = await lend(desk, "6", override=why, override_reason="exposition")
    assert lent.overridden == why
    (detail,) = world.row("SELECT detail FROM audit")
    assert json.loads(detail)["reason"] == "exposition"
    assert world.row("SELECT status FROM items WHERE id = 6") == ("not_for_loan",)


@pytest.mark.parametrize(
    "values",
    [
        {"override": ("on_loan",), "override_reason": "x"},
        {"override": ("blocked",)},
        {"override": ("blocked",), "override_reason": "  "},
        {"override_reason": "x"},
    ],
)
def test_an_override_names_what_may_be_set_aside_and_a_reason(values) -> None:
    with pytest.raises(ValueError, match="override"):
        LendItem(barcode="1", card="P1", **values)


async def test_a_copy_stays_for_those_who_wait_unless_others_can_serve_them(world, desk) -> None:
    world.hold(patron=2)  # copies 1, 2 and 3 are free
    await lend(desk, "1")
    world.add(Patron(id=8, card="P8", family_name="x"), Patron(id=9, card="P9", family_name="y"))
    world.hold(patron=8)
    assert await reasons(lend(desk, "2")) == ("wanted_by_another",)
    assert (await lend(desk, "2", "P2")).fulfilled_hold is not None  # it is their turn
    world.hold(patron=9, paused=True, placed_at=NOW - 30 * DAY)
    assert (await lend(desk, "3", "P8")).fulfilled_hold is not None


async def test_the_card_bounds_the_loan(world, desk) -> None:
    world.add(Patron(id=8, card="P8", family_name="x", expires_on=TODAY + 5 * DAY))
    world.add(Patron(id=9, card="P9", family_name="y", expires_on=TODAY - DAY))
    assert (await lend(desk, card="P8")).due_on == TODAY + 5 * DAY
    assert await reasons(lend(desk, "2", "P9")) == ("card_expired",)
    for due_on in (TODAY - DAY, TODAY + 6 * DAY, date(2106, 12, 1)):
        with pytest.raises(Refused, match="due_on: a day from 2026-11-23 to"):
            await lend(desk, "3", "P8", due_on=due_on)
    with pytest.raises(Refused, match="no site 'paris'"):
        await lend(desk, "3", "P8", site="paris")
    assert (await lend(desk, "3", "P8", due_on=TODAY)).due_on == TODAY


async def test_terms_and_limits_are_the_rules_of_kind_category_and_site(world, desk) -> None:
    world.add(Title(id=3, source="t", control_number="3", title="Jeu", kind="video_game"))
    site = {"home_site": "cachan", "current_site": "cachan"}
    world.add(*(Item(id=n, barcode=str(n), title_id=3, **site) for n in (31, 32, 33)))
    enter(
        world,
        LoanRule(kind="video_game", loan_days=14, renewals=0),
        LoanRule(category="baby", kind="video_game", lendable=False),
        LoanLimit(kind="video_game", most=2),
        LoanLimit(most=3),
    )
    assert (await lend(desk, "31")).due_on == TODAY + 14 * DAY
    assert (await lend(desk, "1")).due_on == TODAY + 28 * DAY
    assert (await lend(desk, "32")).renewals_left == 0
    assert await reasons(lend(desk, "33")) == ("too_many", "too_many_of_kind")
    assert await reasons(lend(desk, "2")) == ("too_many",)
    world.add(Patron(id=8, card="P8", family_name="x", category="baby"))
    assert await reasons(lend(desk, "33", "P8")) == ("not_lent_to_category",)


async def test_too_many_late_items(world, desk) -> None:
    enter(world, OpeningHours(site="cachan", weekday=5, opens=time(9), closes=time(12)))
    world.database.write_now(
        lambda session: session.connection().exec_driver_sql(
            "UPDATE rulebook SET most_late_items = 0, version = version + 1"
        )
    )
    world.lend("1", due_in=-2)  # Saturday, the last open day
    assert (await lend(desk, "2")).due_on == date(2026, 12, 26)
    later(world, 6)
    assert await reasons(lend(desk, "3")) == ("too_many_late",)


async def test_two_librarians_lend_the_same_copy_at_once(world, desk) -> None:
    world.add(*(Patron(id=n, card=f"P{n}", family_name="x") for n in range(10, 18)))
    results = await asyncio.gather(
        *(lend(desk, "1", f"P{n}") for n in range(10, 18)), return_exceptions=True
    )
    refused = [one for one in results if isinstance(one, Refused)]
    assert len(refused) == 7
    assert {one.reasons for one in refused} == {("on_loan",)}
    assert world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (1,)


async def test_limits_are_not_passed_by_64_clients_at_once(world, desk) -> None:
    enter(world, LoanLimit(most=5))
    site = {"home_site": "cachan", "current_site": "cachan"}
    world.add(*(Item(id=n, barcode=str(n), title_id=n % 2 + 1, **site) for n in range(100, 164)))
    results = await asyncio.gather(
        *(lend(desk, str(n), "P1") for n in range(100, 164)), return_exceptions=True
    )
    lent = [one for one in results if not isinstance(one, BaseException)]
    assert len(lent) == 5
    others = [one for one in results if isinstance(one, BaseException)]
    assert {one.reasons for one in others if isinstance(one, Refused)} == {("too_many",)}
    assert all(isinstance(one, Refused) for one in others)
    assert world.row("SELECT count(*) FROM loans WHERE patron_id = 1") == (5,)


async def test_renewing_goes_by_the_day_on_which_it_is_asked(world, desk) -> None:
    lent = await lend(desk)
    assert await reasons(renew(desk, lent.loan)) == ("too_soon",)
    later(world, 7)
    renewed = await renew(desk, lent.loan)
    assert (renewed.renewed, renewed.due_on) == (True, date(2026, 12, 28))
    later(world, 1)
    assert await reasons(renew(desk, lent.loan)) == ("too_many_renewals",)
    again = await renew(desk, lent.loan, override=("too_many_renewals",), override_reason="malade")
    assert again.due_on == date(2026, 12, 29)
    assert world.row("SELECT due_on, renewals FROM loans") == ("2026-12-29", 2)
    for loan in ("999", "0", "x", "99999999999"):
        with pytest.raises(Refused, match="no such"):
            await renew(desk, loan)


async def renew(who, loan, endpoint=RENEW_LOAN, **values):
    body = Renewal(**values) if endpoint is RENEW_LOAN else OwnRenewal(**values)
    return await who.call(endpoint, body, key=f"key{next(KEYS)}", loan=str(loan))


async def test_renewing_is_refused_when_a_reservation_needs_the_copy(world, desk) -> None:
    loan = world.lend("1", due_in=3)
    world.hold(patron=2)
    await renew(desk, loan, dry_run=True)  # copies 2 and 3 are free
    world.lend("2", patron=2)
    world.lend("3", patron=2)
    assert await reasons(renew(desk, loan)) == ("wanted_by_another",)
    world.database.write_now(
        lambda session: session.connection().exec_driver_sql(
            "UPDATE holds SET patron_id = 1"  # one's own reservation needs nothing
        )
    )
    assert (await renew(desk, loan)).renewed
    other = world.lend("6", due_in=3)
    world.hold(title=2, patron=2, wanted_item_id=6)
    assert await reasons(renew(desk, other)) == ("wanted_by_another",)


async def test_renewing_all_gives_a_reason_for_each(world, desk, reader) -> None:
    world.lend("1", due_in=3)
    world.lend("2", due_in=-9)
    world.lend("6", due_in=40)
    world.lend("3", due_in=1, patron=2)
    dry = await reader.call(RENEW_ALL_OWN, OwnRenewal(dry_run=True), key="dry")
    found = await desk.call(RENEW_ALL, Renewal(), key="all", patron="1")
    assert dry == found
    assert [(one.barcode, one.renewed, one.reasons) for one in found.results] == [
        ("2", False, ("too_late",)), ("1", True, ()), ("6", False, ("too_soon",)),
    ]  # fmt: skip
    assert world.row("SELECT due_on FROM loans WHERE item_id = 1") == ("2026-12-21",)


async def test_readers_see_and_renew_their_own_loans_only(world, desk, reader) -> None:
    mine, other = world.lend("1", due_in=3), world.lend("2", due_in=-2, patron=2)
    world.lend("4", due_in=5)
    first = await reader.call(LIST_OWN_LOANS, LoansAsked(limit=1))
    second = await reader.call(LIST_OWN_LOANS, LoansAsked(limit=1, cursor=first.next))
    assert [one.barcode for page in (first, second) for one in page.loans] == ["1", "4"]
    assert second.next == ""
    with pytest.raises(Refused, match="no such open loan"):
        await renew(reader, other, RENEW_OWN_LOAN)
    assert (await renew(reader, mine, RENEW_OWN_LOAN)).due_on == date(2026, 12, 21)
    page = await desk.call(LIST_LOANS, LoansAsked(), patron="2")
    assert [(one.barcode, one.late_days) for one in page.loans] == [("2", 2)]
    with pytest.raises(Refused, match="no such reader"):
        await desk.call(LIST_LOANS, LoansAsked(), patron="77")
    with pytest.raises(Refused, match="cursor"):
        await reader.call(LIST_OWN_LOANS, LoansAsked(cursor="WyIyMCIsIDFd"))


async def test_a_due_date_that_falls_on_a_closure_goes_behind_it(world, desk) -> None:
    enter(world, CalendarException(first_on=date(2026, 12, 20), last_on=date(2027, 1, 3)))
    assert (await lend(desk)).due_on == date(2027, 1, 4)


def test_counting_stops_at_the_limit(world) -> None:
    site = {"home_site": "cachan", "current_site": "cachan"}
    world.add(*(Item(id=n, barcode=str(n), title_id=2, **site) for n in range(100, 130)))
    loan = {"patron_id": 1, "started_at": NOW, "due_on": TODAY - DAY}
    world.add(*(Loan(item_id=n, **loan) for n in range(100, 130)))

    def counts(session):
        connection = session.connection()
        return [
            *(sql.count_open(connection, 1, "", stop) for stop in (0, 7, 99)),
            *(sql.count_open(connection, 1, "book", stop) for stop in (7, 99)),
            *(sql.count_late(connection, 1, TODAY, stop) for stop in (7, 99)),
        ]

    assert world.database.read_now(counts) == [0, 7, 30, 7, 30, 7, 30]
