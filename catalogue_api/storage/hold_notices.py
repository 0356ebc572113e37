"""What is ready for readers whom no e-mail tells so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, update
from sqlmodel import col

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.domain.notices import NoticeKind, NoticeStatus
from catalogue_api.storage.notices import MAIL_IS_LATE
from catalogue_api.storage.tables import Hold, Notice, Patron, Title


@dataclass(frozen=True, slots=True)
class Untold:
    """A hold that is ready for a reader without e-mail whom nobody has told yet."""

    id: int
    version: int
    title: str
    volume: str
    shelf_number: int
    expires_on: date
    patron: int
    given_name: str
    family_name: str
    phone: str
    language: str

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title

    @property
    def reader(self) -> str:
        """The reader by name."""
        return f"{self.given_name} {self.family_name}".strip()


_LEAST_TIME_FIRST = (col(Hold.expires_on), col(Hold.shelf_number))


def ready_key(hold: int, ready_at: datetime) -> str:
    """Return the key of the notice that a hold is ready since then."""
    return f"hold:{hold}:ready:{ready_at.timestamp():.6f}"


def _untold(now: datetime) -> Select[*tuple[Any, ...]]:
    """Select the ready holds of which no mail has told, or will tell, their readers.

    Those are of readers without e-mail or with one that fails, those whose notice was given to
    the librarians, and those whose notice has not left since yesterday.
    """
    waits_long = and_(
        col(Notice.status) == NoticeStatus.WAITING.value, col(Notice.at) < now - MAIL_IS_LATE
    )
    unreached = exists().where(
        col(Notice.patron_id) == col(Hold.patron_id),
        col(Notice.kind) == NoticeKind.HOLD_READY.value,
        col(Notice.at) == col(Hold.ready_at),
        or_(
            col(Notice.status).in_([NoticeStatus.TO_TELL.value, NoticeStatus.TOLD.value]),
            waits_long,
        ),
    )
    return (
        select(col(Hold.id))
        .join(Patron, col(Patron.id) == col(Hold.patron_id))
        .where(
            col(Hold.status) == HoldStatus.READY.value,
            or_(
                func.trim(col(Patron.email)) == "",
                col(Patron.failing_email) == col(Patron.email),
                unreached,
            ),
            or_(col(Hold.told_at).is_(None), col(Hold.told_at) < col(Hold.ready_at)),
        )
    )


@dataclass(frozen=True, slots=True)
class Waits:
    """A reader whom nobody has told yet, with the hold of theirs that has the least time left."""

    patron: int
    expires_on: date
    shelf_number: int
    has_phone: bool


def readers_to_tell(connection: Connection, site: str, now: datetime) -> list[Waits]:
    """Return the readers with untold holds on the shelf of a site, in the order of that hold."""
    query: Select[*tuple[Any, ...]] = (
        _untold(now)
        .with_only_columns(
            col(Patron.id),
            col(Hold.expires_on),
            col(Hold.shelf_number),
            func.trim(col(Patron.phone)) != "",
        )
        .where(col(Hold.pickup_site) == site)
        .order_by(*_LEAST_TIME_FIRST)
    )
    found: dict[int, Waits] = {}
    for row in connection.execute(query):
        found.setdefault(row[0] or 0, Waits(*row))
    return list(found.values())


def untold(
    connection: Connection, site: str, patrons: Sequence[int], now: datetime
) -> list[Untold]:
    """Return the untold holds of some readers on the shelf of a site, the most urgent first."""
    query: Select[*tuple[Any, ...]] = (
        _untold(now)
        .with_only_columns(
            col(Hold.id),
            col(Hold.version),
            col(Title.title),
            col(Title.volume),
            col(Hold.shelf_number),
            col(Hold.expires_on),
            col(Patron.id),
            col(Patron.given_name),
            col(Patron.family_name),
            col(Patron.phone),
            col(Patron.language),
        )
        .join(Title, col(Title.id) == col(Hold.title_id))
        .where(col(Hold.pickup_site) == site, col(Patron.id).in_(patrons))
        .order_by(*_LEAST_TIME_FIRST)
    )
    return [Untold(*row) for row in connection.execute(query)]


def note_told(
    connection: Connection, hold: int, ready_at: datetime, by: str, how: str, now: datetime
) -> None:
    """Note on the notice of a hold that a librarian has told what it says; none is sent then."""
    is_open = col(Notice.status).in_([NoticeStatus.WAITING.value, NoticeStatus.TO_TELL.value])
    connection.execute(
        update(Notice)
        .where(col(Notice.key) == ready_key(hold, ready_at), is_open)
        .values(
            status=NoticeStatus.TOLD.value,
            ended_at=now,
            told_by=by,
            told_how=how,
            claimed_by="",
            claimed_until=None,
        )
    )
