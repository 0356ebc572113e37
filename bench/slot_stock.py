"""A library of computers that are open day and night, and readers who are signed in, to measure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import insert
from sqlmodel import Session

from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import (
    Computer,
    Patron,
    PatronSession,
    Room,
    Rulebook,
    Site,
    SlotRule,
)

SITE = "CENTRALE"
COMPUTERS = 14
"""As many as the library has."""
READERS = 512
AHEAD_DAYS = 365


@dataclass(frozen=True, slots=True)
class Place:
    """A slot of an hour that nobody else is given: a computer, when, and for which reader."""

    computer: int
    starts: datetime
    reader: int

    @property
    def ends(self) -> datetime:
        """An hour later."""
        return self.starts + timedelta(hours=1)


def places(now: datetime) -> Iterator[Place]:
    """Yield every hour of every computer from tomorrow on; no reader twice at one time."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    number = 0
    for hour in range((AHEAD_DAYS - 1) * 24):
        for computer in range(1, COMPUTERS + 1):
            yield Place(computer, midnight + timedelta(hours=hour), number % READERS + 1)
            number += 1


def token_of(reader: int) -> str:
    """Return the token of a reader's session."""
    return f"reader{reader}"


def fill(database: Database, *, daily: int = 24 * 60) -> None:
    """Fill an empty database; `daily` is every reader's allowance in minutes."""

    def work(session: Session) -> None:
        now = datetime.now(UTC)
        session.add(Site(code=SITE, name="Centrale"))
        session.add_all([Rulebook(version=1), SlotRule(ahead_days=AHEAD_DAYS, daily=daily)])
        session.flush()
        session.add(Room(id=1, site=SITE, name="Espace multimédia"))
        session.flush()
        for number in range(1, COMPUTERS + 1):
            session.add(Computer(id=number, room_id=1, name=f"PC {number:02}"))
        connection = session.connection()
        patrons = [
            {"id": number, "card": f"C{number}", "family_name": "Exemple"}
            for number in range(1, READERS + 1)
        ]
        connection.execute(insert(Patron), patrons)
        opened = {"created_at": now, "last_seen_at": now, "expires_at": now + timedelta(days=1)}
        sessions = [
            opened
            | {
                "token_hash": sha256(token_of(number).encode()).hexdigest(),
                "csrf": "",
                "patron_id": number,
            }
            for number in range(1, READERS + 1)
        ]
        connection.execute(insert(PatronSession), sessions)

    database.write_now(work)
