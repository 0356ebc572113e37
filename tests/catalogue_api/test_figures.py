"""What the library counts: the sums, and what is asked of both databases for them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from catalogue_world import NOW
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from catalogue_api.contract.collection import CREATE_ITEM, NewItem
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.figures import (
    COUNT_LOANS,
    COUNT_RETURNS,
    COUNT_WAITS,
    COUNT_YEAR,
    CountLoans,
    CountReturns,
    CountWaits,
    CountYear,
    TitleKind,
)
from catalogue_api.contract.marks import MARK_ITEM, Mark, MarkItem
from catalogue_api.contract.past_returns import UNDO_RETURN
from catalogue_api.contract.returns import DESK_RETURN, DeskReturn
from catalogue_api.domain import figures
from catalogue_api.domain.figures import AgeBand, Span
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Loan, Patron

PARIS = ZoneInfo("Europe/Paris")
NOVEMBER = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}


def test_a_span_begins_and_ends_at_the_librarys_midnight() -> None:
    since, until = Span(date(2026, 3, 28), date(2026, 3, 29)).bounds(PARIS)
    assert (since, until) == (
        datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)
    )  # fmt: skip
    months = Span(date(2026, 1, 31), date(2026, 3, 1)).months()
    assert [(one.first.day, one.last.isoformat()) for one in months] == [
        (1, "2026-01-31"), (1, "2026-02-28"), (1, "2026-03-31"),
    ]  # fmt: skip


def test_hours_are_those_of_the_clock_on_the_wall() -> None:
    summer, winter = datetime(2026, 7, 1, 10, tzinfo=UTC), datetime(2026, 12, 1, 10, tzinfo=UTC)
    hours = figures.by_local_hour([("pad", summer, 2), ("pad", winter, 3)], PARIS)["pad"]
    assert (hours[12], hours[11], sum(hours)) == (2, 3, 5)


@pytest.mark.parametrize(
    ("days", "median", "ninety"),
    [
        ({}, None, None),
        ({3: 1}, 3, 3),
        ({0: 5, 9: 5}, 0, 9),
        ({1: 1, 2: 1, 30: 1}, 2, 30),
        ({1: 9, 50: 1}, 1, 1),
    ],
)
def test_waits_are_told_by_nearest_rank(days, median, ninety) -> None:
    assert figures.nearest_rank(days, 0.5) == median
    assert figures.nearest_rank(days, 0.9) == ninety


@given(st.lists(st.integers(0, 60), min_size=1, max_size=50), st.floats(0.01, 1))
def test_the_share_that_is_told_did_wait_no_longer(waits, of) -> None:
    told = figures.nearest_rank({day: waits.count(day) for day in waits}, of)
    assert told is not None
    assert sum(day <= told for day in waits) >= of * len(waits)
    assert sum(day < told for day in waits) < of * len(waits)


def test_a_reader_is_as_old_as_they_become_in_the_year() -> None:
    born = {2012: 1, 2011: 2, 1962: 3, 1961: 4, None: 5, 1850: 6, 2027: 7}
    assert figures.borrowers(born, 2026) == {"0-14": 1, "15-64": 5, "65": 4, "unknown": 18}


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"a": 7, "b": 5, "c": 0}, [("a", 7), ("b", 5), ("c", 0)]),
        ({"a": 7, "b": 4, "c": 0}, [("ab", 11), ("c", 0)]),
        ({"a": 90, "b": 1, "c": 2, "d": 3}, [("a", 90), ("bcd", 6)]),
        ({"a": 3, "b": 0}, [("a", 3), ("b", 0)]),
    ],
)
def test_few_people_are_not_told_apart(cells, shown) -> None:
    assert [("".join(sorted(names)), number) for names, number in figures.merged(cells)] == shown


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 20)))
def test_merging_loses_nobody_and_leaves_no_small_count_among_others(cells) -> None:
    shown = figures.merged(cells)
    assert sum(number for _, number in shown) == sum(cells.values())
    assert sorted(name for names, _ in shown for name in names) == sorted(cells)
    some = [number for _, number in shown if number]
    assert len(some) <= 1 or min(some) >= figures.LEAST_PEOPLE


def test_borrowers_are_counted_as_long_as_the_loans_tell() -> None:
    assert figures.borrowers_known(2026, date(2026, 1, 1))
    assert figures.borrowers_known(2025, date(2026, 5, 31))
    assert not figures.borrowers_known(2025, date(2026, 6, 1))
    assert not figures.borrowers_known(2027, date(2026, 6, 1))


async def test_returns_count_by_hour_and_place(world, give_back) -> None:
    for barcode in ("1", "2", "3"):
        world.lend(barcode)
    await give_back(1, occurred_at=NOW - timedelta(hours=2))
    await give_back(2, "3", at="a/b c")
    await give_back(3, "4")  # it was not on loan
    librarian = world.desk()
    await librarian.call(DESK_RETURN, DeskReturn(return_id=UUID(int=9), barcode="2", site="cachan"))
    told = await librarian.call(COUNT_RETURNS, CountReturns(**NOVEMBER, minutes_each=1.5))
    assert (told.total, told.at_kiosks, told.staff_hours) == (3, 2, 0.05)
    assert told.share == pytest.approx(2 / 3)
    assert [(one.kiosk, one.hours[11], one.hours[13]) for one in told.places] == [
        ("a/b c", 0, 1), ("pad", 1, 0), ("", 0, 1),
    ]  # fmt: skip
    here = await librarian.call(COUNT_RETURNS, CountReturns(**NOVEMBER, site="arcueil"))
    assert (here.total, here.at_kiosks) == (1, 1)
    await librarian.call(UNDO_RETURN, Nothing(), key="b", return_id=str(UUID(int=1)))
    told = await librarian.call(COUNT_RETURNS, CountReturns(**NOVEMBER))
    assert told.at_kiosks == 1
    before = CountReturns(first=date(2026, 10, 1), last=date(2026, 10, 31))
    empty = await librarian.call(COUNT_RETURNS, before)
    assert (empty.total, empty.share, empty.places[-1].kiosk) == (0, None, "")


async def test_a_return_counts_on_the_day_it_was_laid(world, give_back) -> None:
    world.lend()
    midnight = datetime(2026, 11, 21, 23, tzinfo=UTC)
    await give_back(1, occurred_at=midnight - timedelta(minutes=1))
    librarian = world.desk()
    for day, number in ((21, 1), (22, 0)):
        asked = CountReturns(first=date(2026, 11, day), last=date(2026, 11, day))
        assert (await librarian.call(COUNT_RETURNS, asked)).total == number
    saturday = CountReturns(first=date(2026, 11, 21), last=date(2026, 11, 21))
    assert (await librarian.call(COUNT_RETURNS, saturday)).places[0].hours[23] == 1


async def test_loans_count_by_month_site_and_kind_without_their_readers(world) -> None:
    world.database.write_now(
        lambda db: db.connection().execute(text("UPDATE titles SET kind = 'comic' WHERE id = 2"))
    )
    ended = NOW - timedelta(days=1)
    for item, started, site in [
        (1, datetime(2026, 9, 30, 21, 59, tzinfo=UTC), "cachan"),
        (2, datetime(2026, 9, 30, 22, tzinfo=UTC), "cachan"),
        (3, NOW - timedelta(days=3), "arcueil"),
        (4, NOW - timedelta(days=3), "cachan"),
        (4, NOW - timedelta(days=9), "cachan"),
    ]:
        world.add(Loan(item_id=item, started_at=started, ended_at=ended, due_on=ended.date(),
                       site=site))  # fmt: skip
    asked = CountLoans(first=date(2026, 9, 15), last=date(2026, 11, 2))
    told = await world.desk().call(COUNT_LOANS, asked)
    assert [month.month for month in told.months] == [9, 10, 11]
    assert [(one.month.month, one.site, one.kind.value, one.loans) for one in told.loans] == [
        (9, "cachan", "book", 1), (10, "cachan", "book", 1),
        (11, "arcueil", "book", 1), (11, "cachan", "comic", 2),
    ]  # fmt: skip
    here = await world.desk().call(COUNT_LOANS, asked.model_copy(update={"site": "arcueil"}))
    assert [one.loans for one in here.loans] == [1]


async def test_waits_are_from_placing_to_ready(world) -> None:
    for patron, (days, site) in enumerate(
        [(0.99, "cachan"), (3, "cachan"), (3.5, "arcueil"), (40, "cachan")], 10
    ):
        world.add(Patron(id=patron, card=f"C{patron}", family_name="Une"))
        ready = NOW - timedelta(days=2)
        world.hold(1, patron, site, placed_at=ready - timedelta(days=days), ready_at=ready,
                   status="cancelled", ended_at=NOW)  # fmt: skip
    world.hold(2, 1)
    asked = CountWaits(**NOVEMBER, within=3)
    told = await world.desk().call(COUNT_WAITS, asked)
    assert (told.ready, told.median_days, told.p90_days, told.share_within) == (4, 3, 40, 0.75)
    assert (told.by_days[0], told.by_days[3], told.by_days[-1], len(told.by_days)) == (1, 2, 1, 32)
    here = await world.desk().call(COUNT_WAITS, asked.model_copy(update={"site": "arcueil"}))
    assert (here.ready, here.median_days) == (1, 3)
    none = CountWaits(first=date(2026, 1, 1), last=date(2026, 1, 31))
    assert (await world.desk().call(COUNT_WAITS, none)).median_days is None


async def test_a_year_counts_what_was_taken_in_withdrawn_lent_and_read(world) -> None:
    librarian = world.desk(Role.ADMINISTRATOR)
    taken = NewItem(barcode="NEW", home_site="cachan")
    await librarian.call(CREATE_ITEM, taken, key="a", title="2")
    for barcode in ("1", "2"):
        await librarian.call(MARK_ITEM, MarkItem(mark=Mark.WITHDRAWN), barcode=barcode)
    await librarian.call(MARK_ITEM, MarkItem(mark=Mark.AVAILABLE), barcode="2")
    world.lend("3")
    told = await librarian.call(COUNT_YEAR, CountYear(year=2026))
    book = next(one for one in told.kinds if one.kind is TitleKind.BOOK)
    # Of the seven, one was withdrawn at first and one now; one is new.
    assert (book.titles, book.copies, book.acquired, book.withdrawn, book.loans) == (2, 6, 1, 1, 1)
    assert len(told.kinds) == len(TitleKind)
    before = await librarian.call(COUNT_YEAR, CountYear(year=2025))
    assert before.borrowers is None
    assert next(one.copies for one in before.kinds if one.kind is TitleKind.BOOK) == 6


async def test_borrowers_are_counted_by_age_whatever_loans_have_forgotten(world) -> None:
    world.add(
        *(
            Patron(id=number, card=f"C{number}", family_name="Une", birth_year=born, **values)
            for number, (born, values) in enumerate(
                [(1980, {"last_loan_ended_on": date(2026, 2, 1)})] * 6
                + [(2016, {"last_loan_ended_on": date(2026, 1, 1)})] * 5
                + [(1950, {"last_loan_ended_on": date(2026, 12, 31)})] * 2
                + [(1950, {"last_loan_ended_on": date(2025, 12, 31)})] * 9
                + [(1951, {"expires_on": date(2025, 12, 31)})],
                50,
            )
        )
    )
    world.lend("1", patron=72)
    world.lend("2", patron=72)
    told = await world.desk().call(COUNT_YEAR, CountYear(year=2026))
    assert told.borrowers is not None
    assert [(one.bands, one.readers) for one in told.borrowers] == [
        ((AgeBand.CHILDREN, AgeBand.ELDERS), 8), ((AgeBand.ADULTS,), 6), ((AgeBand.UNKNOWN,), 0),
    ]  # fmt: skip
    assert told.registered == 2 + 22


async def test_a_site_that_is_not_there_is_refused(world) -> None:
    with pytest.raises(Refused):
        await world.desk().call(COUNT_RETURNS, CountReturns(**NOVEMBER, site="nowhere"))


@pytest.mark.parametrize("days", [-1, 731])
def test_a_span_ends_after_it_begins_and_is_not_endless(days) -> None:
    first = date(2025, 1, 1)
    with pytest.raises(ValueError, match="last"):
        CountReturns(first=first, last=first + timedelta(days=days))
