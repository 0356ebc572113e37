"""A year in the life of a library, for pages that look back on it.

The same for the same seed and the same day: readers, loans that have ended and some that are open,
returns at two kiosks and at desks, reservations in every state, and a long day at one site. The
names are those of the tests' library (`cachan`, `pad`, reader 2, copy 12), so that the addresses of
`bench.desk_pages` lead somewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, text, update
from sqlmodel import Session, col

from bench.agenda_rows import lay_agenda
from bench.computer_rows import lay_computers
from bench.search import fill
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.patrons import sought
from catalogue_api.domain.retention import FOUR_MONTHS
from catalogue_api.domain.roles import Role
from catalogue_api.services.kiosks.kiosks import add_kiosk
from catalogue_api.services.staff.sessions import open_staff_session
from catalogue_api.services.staff.staff import add_staff
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import (
    Anomaly,
    CalendarException,
    Hold,
    Item,
    Loan,
    Patron,
    Return,
    Site,
    Table,
)

SITES = {"CENTRALE": "cachan", "PLAINE": "arcueil", "COTEAU": "gentilly"}
KIOSKS = {"pad": "cachan", "a/b c": "arcueil"}
STAFF, TOKEN, CSRF = "ana", "token-of-the-bench", "csrf-of-the-bench"
_CHUNK = 5_000
_COPY, _AWAITED = "12", 11
_DAY = {"arrivals": 40, "leaving": 40, "baskets": 150, "inbox": 20, "queue": 120}
_EAGER, _WISHES = 3, 40
"""A reader, and how many reservations they wait for."""
_AT_KIOSKS = 0.7
_HOURS = (9, 10, 10, 11, 11, 11, 12, 14, 15, 15, 16, 16, 16, 16, 17, 17, 17, 18, 18)
_KINDS = ((TitleKind.COMIC, 5), (TitleKind.FILM, 11), (TitleKind.MUSIC, 13))
"""Every so many titles are of another kind than books."""


@dataclass(frozen=True, slots=True)
class Town:
    """How much happens: titles in the catalogue, readers, loans that began within a year."""

    titles: int = 100_000
    readers: int = 12_000
    loans: int = 200_000


def furnish(database: Database, town: Town, now: datetime, seed: int = 1) -> None:
    """Fill an empty, migrated database; `TOKEN` is the session of an administrator."""
    fill(database, town.titles, seed, SITES)
    database.write_now(partial(_people, town=town, now=now))
    copies = database.read_now(
        lambda db: db.connection().execute(select(func.count()).select_from(Item)).scalar_one()
    )
    year = _Year(Random(seed), now, town, copies)
    for table, rows in ((Loan, year.loans()), (Return, year.returns()), (Hold, year.holds())):
        _fill(database, table, rows)
    database.write_now(partial(_a_long_day, now=now, readers=town.readers))


def _people(session: Session, town: Town, now: datetime) -> None:
    connection = session.connection()
    connection.execute(delete(Loan))
    connection.execute(delete(Patron))
    for code in SITES.values():
        if session.get(Site, code) is None:
            session.add(Site(code=code, name=code.title()))
    session.flush()
    for kind, every in _KINDS:
        connection.execute(text(f"UPDATE titles SET kind = '{kind.value}' WHERE id % {every} = 0"))
    readers = [
        {
            "id": number,
            "card": f"P{number}",
            "family_name": f"Lectrice {number}",
            "given_name": "Une",
            "sought": sought(f"Lectrice {number}", "Une", f"P{number}"),
            "birth_year": 1940 + number % 80,
            "created_at": now - timedelta(days=400),
        }
        for number in range(1, town.readers + 1)
    ]
    connection.execute(insert(Patron), readers)
    for name, site in KIOSKS.items():
        add_kiosk(session, name, site, f"token-of-{name}", now)
    add_staff(session, STAFF, "", "cachan", now, Role.ADMINISTRATOR)
    session.flush()
    open_staff_session(session, STAFF, TOKEN, CSRF, now)


class _Year:
    """The rows of a year; ended loans are drawn once and returned once."""

    def __init__(self, random: Random, now: datetime, town: Town, copies: int) -> None:
        self._random, self._now, self._town, self._copies = random, now, town, copies
        forgotten = FOUR_MONTHS.first_kept(now.date())
        self._ended = [self._loan(forgotten) for _ in range(town.loans)]

    def loans(self) -> Iterator[dict[str, Any]]:
        """Yield ended loans under the numbers from 1 on, then open ones."""
        for number, loan in enumerate(self._ended, 1):
            yield loan | {"id": number}
        for copy in range(8, self._copies + 1, 8):
            days = copy // 8 % 27
            yield {
                "id": len(self._ended) + copy,
                "item_id": copy,
                "patron_id": copy // 8 % self._town.readers + 1,
                "started_at": self._now - timedelta(days=days, hours=1),
                "due_on": (self._now + timedelta(days=28 - days)).date(),
                "ended_at": None,
                "site": "cachan",
            }

    def returns(self) -> Iterator[dict[str, Any]]:
        """Yield what ended the loans: most at a kiosk."""
        for number, loan in enumerate(self._ended, 1):
            at_kiosk = self._random.random() < _AT_KIOSKS
            kiosk = self._random.choice(("pad", "pad", "a/b c")) if at_kiosk else None
            yield {
                "return_id": str(UUID(int=number)),
                "kiosk": kiosk,
                "site": KIOSKS[kiosk] if kiosk else "cachan",
                "staff": "" if kiosk else STAFF,
                "barcode": f"R{loan['item_id']}",
                "item_id": loan["item_id"],
                "loan_id": number,
                "occurred_at": loan["ended_at"],
                "received_at": loan["ended_at"],
                "body_hash": "",
                "outcome": "returned",
                "answer": "{}",
                "bin": "1",
                "security": "secured",
            }

    def holds(self) -> Iterator[dict[str, Any]]:
        """Yield reservations: fetched, ready, on their way, and waiting."""
        waiting, on_shelf = self._town.readers // 40, self._town.readers // 14
        for number in range(waiting * 24):
            ready = self._moment()
            days = self._random.choice((0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7, 9, 14, 21, 35))
            state: dict[str, Any] = {"status": "fulfilled", "ended_at": ready}
            if number < on_shelf:
                state = {
                    "status": "ready",
                    "shelf_number": number + 1,
                    "expires_on": (self._now + timedelta(days=number % 10 - 1)).date(),
                }
            elif number < on_shelf + waiting:
                state = {"status": "waiting", "item_id": None, "ready_at": None}
            copy = self._random.randrange(self._copies // 8) * 8 + 1 + number % 7
            yield {
                "title_id": number + 1,
                "patron_id": number % self._town.readers + 1,
                "pickup_site": "cachan",
                "placed_at": ready - timedelta(days=days, hours=5),
                "item_id": number * 8 % self._copies + 1,
                "ready_at": ready,
                "captured_at": ready - timedelta(hours=4),
                "wanted_item_id": copy if number % 50 == 0 else None,
                "shelf_number": None,
                "expires_on": None,
                "ended_at": None,
            } | state

    def _loan(self, forgotten: date) -> dict[str, Any]:
        ended = self._moment()
        reader = self._random.randrange(self._town.readers) + 1
        return {
            "item_id": self._random.randrange(self._copies // 8) * 8 + 1,
            "patron_id": None if ended.date() < forgotten else reader,
            "started_at": ended - timedelta(days=self._random.randint(1, 27), minutes=9),
            "due_on": (ended + timedelta(days=3)).date(),
            "ended_at": ended,
            "site": self._random.choice(("cachan", "cachan", "arcueil", "gentilly")),
        }

    def _moment(self) -> datetime:
        """An instant of the year until yesterday, when the library was open."""
        day = self._now - timedelta(days=self._random.randint(1, 365))
        hour, minute = self._random.choice(_HOURS), self._random.randrange(60)
        return day.replace(hour=hour - 1, minute=minute)


def _fill(database: Database, table: type[Table], rows: Iterator[dict[str, Any]]) -> None:
    while chunk := list(islice(rows, _CHUNK)):
        database.write_now(partial(_insert, table=table, rows=chunk))


def _insert(session: Session, table: type[Table], rows: list[dict[str, Any]]) -> None:
    session.connection().execute(insert(table), rows)


def _a_long_day(session: Session, now: datetime, readers: int) -> None:
    """Give a site copies to receive, to send and to put back, things to look at, a long queue."""
    connection, site = session.connection(), col(Item.current_site)
    here, away = site == "cachan", site == "arcueil"
    _move(connection, here, 3, _DAY["leaving"], destination="arcueil")
    _move(connection, away, 5, _DAY["arrivals"], destination="cachan", sent_at=now)
    _move(connection, here, 7, _DAY["baskets"], to_shelve_since=now)
    odd = {"kind": "unknown_item", "at": now, "site": "cachan", "kiosk": "pad"}
    connection.execute(
        insert(Anomaly), [{"barcode": f"999{one}"} | odd for one in range(_DAY["inbox"])]
    )
    connection.execute(update(Item).where(col(Item.id) == int(_COPY)).values(barcode=_COPY))
    waits = {"title_id": _AWAITED, "pickup_site": "cachan", "placed_at": now}
    queue = range(_AWAITED + 10, min(_AWAITED + 10 + _DAY["queue"], readers))
    connection.execute(insert(Hold), [waits | {"patron_id": reader} for reader in queue])
    wishes = ({"title_id": _AWAITED + one, "patron_id": _EAGER} for one in range(1, _WISHES))
    connection.execute(insert(Hold), [waits | wish for wish in wishes])
    closed = (now + timedelta(days=30)).date()
    session.add(CalendarException(site="cachan", first_on=closed, last_on=closed))
    lay_agenda(session, now, "cachan")
    lay_computers(session, now, "cachan")
    session.flush()
    connection.execute(text("ANALYZE"))


def _move(
    connection: Connection, where: ColumnElement[bool], rest: int, number: int, **values: object
) -> None:
    """Change so many copies that are not on loan."""
    of = select(col(Item.id)).where(where, col(Item.id) % 8 == rest).limit(number)
    connection.execute(update(Item).where(col(Item.id).in_(of)).values(**values))
