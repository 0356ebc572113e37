"""What is kept of readers beyond their open loans: read for themselves, and forgotten for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select, tuple_, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from catalogue_api.storage.tables import (
    AuditEntry,
    Event,
    EventSession,
    Hold,
    Item,
    Loan,
    PatronSession,
    Registration,
    Seat,
    Title,
    Voucher,
)


@dataclass(frozen=True, slots=True)
class EndedRow:
    """An ended loan with its item and title."""

    id: int
    barcode: str
    title: str
    volume: str
    author: str
    kind: str
    started_at: datetime
    due_on: date
    ended_at: datetime

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


def ended_loans(
    connection: Connection,
    patron: int,
    since: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int | None = None,
) -> list[EndedRow]:
    """Return the ended loans of a reader, newest first: behind an end and a number, if given."""
    order = (col(Loan.ended_at), col(Loan.id))
    query = (
        select(
            col(Loan.id),
            col(Item.barcode),
            col(Title.title),
            col(Title.volume),
            col(Title.author),
            col(Title.kind),
            col(Loan.started_at),
            col(Loan.due_on),
            col(Loan.ended_at),
        )
        .join(Item, col(Item.id) == col(Loan.item_id))
        .join(Title, col(Title.id) == col(Item.title_id))
        .where(col(Loan.patron_id) == patron, col(Loan.ended_at).is_not(None))
        .order_by(*(column.desc() for column in order))
        .limit(limit)
    )
    if since is not None:
        query = query.where(col(Loan.ended_at) >= since)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    return [EndedRow(*row) for row in connection.execute(query)]  # type: ignore[arg-type]


def holds(session: Session, patron: int) -> Sequence[tuple[Hold, Title]]:
    """Return all reservations that are still known to be a reader's, newest first."""
    query = (
        select_rows(Hold, Title)
        .join(Title, col(Title.id) == col(Hold.title_id))
        .where(col(Hold.patron_id) == patron)
        .order_by(col(Hold.id).desc())
    )
    return session.exec(query).all()


def registrations(
    session: Session, patron: int
) -> Sequence[tuple[Registration, Event, datetime | None]]:
    """Return all registrations that are still known to be a reader's, newest first.

    With each its event, and the start of the session; None for a whole series.
    """
    query = (
        select_rows(Registration, Event, EventSession.starts_at)
        .join(Event, col(Event.id) == col(Registration.event_id))
        .join(EventSession, col(EventSession.id) == col(Registration.session_id), isouter=True)
        .where(col(Registration.patron_id) == patron)
        .order_by(col(Registration.id).desc())
    )
    return session.exec(query).all()


def seats(session: Session, patron: int) -> Sequence[tuple[Seat, datetime, int | None]]:
    """Return the seats of these registrations, the first session first.

    With each the start of the session, and what the voucher taken for it is worth.
    """
    query = (
        select_rows(Seat, EventSession.starts_at, Voucher.value_cents)
        .join(Registration, col(Registration.id) == col(Seat.registration_id))
        .join(EventSession, col(EventSession.id) == col(Seat.session_id))
        .join(Voucher, col(Voucher.seat_id) == col(Seat.id), isouter=True)
        .where(col(Registration.patron_id) == patron)
        .order_by(col(EventSession.starts_at), col(Seat.id))
    )
    return session.exec(query).all()


def sessions(session: Session, patron: int) -> Sequence[PatronSession]:
    """Return the sessions of a reader that are still kept, newest first."""
    query = select_rows(PatronSession).where(col(PatronSession.patron_id) == patron)
    return session.exec(query.order_by(col(PatronSession.created_at).desc())).all()


def acts(session: Session, patron: int) -> Sequence[AuditEntry]:
    """Return what the audit holds about a reader, newest first."""
    query = select_rows(AuditEntry).where(col(AuditEntry.subject) == f"patron:{patron}")
    return session.exec(query.order_by(col(AuditEntry.id).desc())).all()


def last_end(connection: Connection, patron: int, before: datetime) -> datetime | None:
    """Return when the last of a reader's loans ended before an instant."""
    query = select(func.max(col(Loan.ended_at))).where(
        col(Loan.patron_id) == patron, col(Loan.ended_at) < before
    )
    return connection.execute(query).scalar()


def forget_ended(connection: Connection, patron: int, before: datetime) -> tuple[int, int, int]:
    """Take a reader from what ended before.

    Return from how many loans, reservations and registrations.
    """
    loans = update(Loan).where(col(Loan.patron_id) == patron, col(Loan.ended_at) < before)
    holds_ended = update(Hold).where(col(Hold.patron_id) == patron, col(Hold.ended_at) < before)
    registered = update(Registration).where(
        col(Registration.patron_id) == patron, col(Registration.ended_at) < before
    )
    return (
        connection.execute(loans.values(patron_id=None)).rowcount,
        connection.execute(holds_ended.values(patron_id=None)).rowcount,
        connection.execute(registered.values(patron_id=None)).rowcount,
    )
