"""Who has what: 80 readers, about 180 open loans, some late, closed ones, and waiting holds."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from simulator.library.numbers import card_number
from simulator.library.stock import SITES, Copy
from simulator.library.works import Kind, Reader, read_table

ZONE = ZoneInfo("Europe/Paris")
TEACHER_LOANS = 35
_OPEN_LOANS = 180
_LATE_LOANS = 22
_CLOSED_LOANS = 40
_LOAN_DAYS = {"school": 56}
_USUAL_LOAN_DAYS = 28
_MOST_LOANS = 8
_WANTED_TITLES = 16
_WANTED_TWICE = 4
_WANTED_FROM_SHELF = 5


@dataclass(frozen=True, slots=True)
class Patron:
    """A reader with a card; all are invented."""

    card: str
    family: str
    given: str
    birth_year: int
    category: str


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan, open while `ended_at` is None."""

    copy: Copy
    patron: Patron
    started_at: datetime
    due_on: date
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A waiting wish for the title of `copy` (any copy of it will do)."""

    copy: Copy
    patron: Patron
    pickup: str
    placed_at: datetime


def load_patrons() -> tuple[Patron, ...]:
    """Return the readers; the first is the teacher."""
    return tuple(
        Patron(
            card_number(serial),
            row["family"],
            row["given"],
            int(row["birth_year"]),
            row["category"],
        )
        for serial, row in enumerate(read_table("people"), 1)
    )


def make_loans(
    copies: Sequence[Copy], patrons: Sequence[Patron], today: date, rng: random.Random
) -> tuple[Loan, ...]:
    """Return open loans (the teacher's first), then closed ones; no copy is lent twice."""
    shuffled = rng.sample(list(copies), len(copies))
    teacher, readers = patrons[0], patrons[1:]
    loans = _class_loans(shuffled, teacher, today, rng)
    lent = {loan.copy.barcode for loan in loans}
    rest = [copy for copy in shuffled if copy.barcode not in lent]
    ages = [rng.randint(31, 75) for _ in range(_LATE_LOANS)]
    ages += [rng.randint(1, 25) for _ in range(_OPEN_LOANS - TEACHER_LOANS - _LATE_LOANS)]
    for age in ages:
        loans.append(_lend_next(rest, readers, loans, today - timedelta(age), rng))
    return (*loans, *_closed_loans(rest, readers, today, rng))


def make_holds(
    loans: Sequence[Loan],
    copies: Sequence[Copy],
    patrons: Sequence[Patron],
    today: date,
    rng: random.Random,
) -> tuple[Hold, ...]:
    """Return waiting holds: most on titles that are out, each third for another site."""
    open_loans = [loan for loan in loans if loan.ended_at is None]
    wanted = _one_a_title([loan.copy for loan in open_loans[TEACHER_LOANS:]], _WANTED_TITLES)
    out = {loan.copy.work for loan in open_loans}
    shelved = _one_a_title(
        [copy for copy in copies if copy.work not in out and copy.work.audience is Reader.ADULT],
        _WANTED_FROM_SHELF,
    )
    having = {(loan.copy.work, loan.patron) for loan in open_loans}
    holds: list[Hold] = []
    for number, copy in enumerate([*wanted, *wanted[:_WANTED_TWICE], *shelved]):
        suited = [p for p in patrons[1:] if (copy.work, p) not in having and _may_read(p, copy)]
        patron = rng.choice(suited)
        having.add((copy.work, patron))
        elsewhere = [site for site in SITES if site != copy.home]
        pickup = rng.choice(elsewhere) if number % 3 == 2 else copy.home
        placed_at = _moment(today - timedelta(rng.randint(1, 20)), rng)
        holds.append(Hold(copy, patron, pickup, placed_at))
    return tuple(holds)


def _class_loans(
    copies: Sequence[Copy], teacher: Patron, today: date, rng: random.Random
) -> list[Loan]:
    """Thirty-five books for a class, fetched on three visits."""
    books = [
        copy
        for copy in copies
        if copy.work.kind in {Kind.BOOK, Kind.COMIC} and copy.work.audience is Reader.CHILD
    ]
    visits = [_moment(today - timedelta(days), rng) for days in (31, 17, 6)]
    return [
        _loan(copy, teacher, visits[number % len(visits)])
        for number, copy in enumerate(_one_a_title(books, TEACHER_LOANS))
    ]


def _lend_next(
    rest: list[Copy],
    readers: Sequence[Patron],
    loans: Sequence[Loan],
    day: date,
    rng: random.Random,
) -> Loan:
    """Lend the first copy of `rest` (and take it out) to a reader whom it suits."""
    copy = rest.pop(0)
    having = [loan.patron for loan in loans if loan.copy.work == copy.work]
    suited = [
        reader
        for reader in readers
        if reader not in having
        and _may_read(reader, copy)
        and sum(loan.patron == reader for loan in loans) < _MOST_LOANS
    ]
    return _loan(copy, rng.choice(suited), _moment(day, rng))


def _closed_loans(
    copies: Sequence[Copy], readers: Sequence[Patron], today: date, rng: random.Random
) -> list[Loan]:
    closed: list[Loan] = []
    for copy in copies[:_CLOSED_LOANS]:
        day = today - timedelta(rng.randint(60, 120))
        patron = rng.choice([reader for reader in readers if _may_read(reader, copy)])
        loan = _loan(copy, patron, _moment(day, rng))
        ended_at = _moment(day + timedelta(rng.randint(5, 25)), rng)
        closed.append(Loan(loan.copy, loan.patron, loan.started_at, loan.due_on, ended_at))
    return closed


def _loan(copy: Copy, patron: Patron, started_at: datetime) -> Loan:
    days = _LOAN_DAYS.get(patron.category, _USUAL_LOAN_DAYS)
    return Loan(copy, patron, started_at, _open_from(started_at.date() + timedelta(days)))


def _may_read(patron: Patron, copy: Copy) -> bool:
    return patron.category != "child" or copy.work.audience is Reader.CHILD


def _one_a_title(copies: Sequence[Copy], count: int) -> list[Copy]:
    first: dict[str, Copy] = {}
    for copy in copies:
        first.setdefault(copy.work.control_number, copy)
    return list(first.values())[:count]


def _moment(day: date, rng: random.Random) -> datetime:
    """Return a minute of the opening hours (10:00 to 18:59) of `day`, or of the open day before."""
    minute = time(rng.randint(10, 18), rng.randint(0, 59))
    return datetime.combine(_open_until(day), minute, ZONE)


def _open_until(day: date) -> date:
    """Return the last open day up to `day`: Sundays and Mondays are closed."""
    return day - timedelta({6: 1, 0: 2}.get(day.weekday(), 0))


def _open_from(day: date) -> date:
    """Return the first open day from `day` on."""
    return day + timedelta({6: 2, 0: 1}.get(day.weekday(), 0))
