"""What is kept of a copy's life: loans, returns, reservations that it served, acts of staff."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlmodel import col

from catalogue_api.storage.tables import AuditEntry, Hold, HoldEvent, Loan, Return


@dataclass(frozen=True, slots=True)
class PastLoan:
    """A loan; `patron_id` is None once it is anonymised. `by_return`: a return has ended it."""

    patron_id: int | None
    started_at: datetime
    due_on: date
    ended_at: datetime | None
    renewals: int
    site: str
    by_return: bool


@dataclass(frozen=True, slots=True)
class PastReturn:
    """A return of the copy; `staff` is "" once it is anonymised."""

    site: str
    kiosk: str | None
    staff: str
    outcome: str
    bin: str | None
    occurred_at: datetime
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True)
class PastAct:
    """What a member of staff did to the copy; `detail` is JSON."""

    at: datetime
    actor: str
    action: str
    detail: str


@dataclass(frozen=True, slots=True)
class PastReady:
    """The copy was put on the reservation shelf of a site."""

    at: datetime
    by: str
    site: str


def loans_of(connection: Connection, item: int, limit: int) -> list[PastLoan]:
    """Return the newest loans of a copy."""
    ended = (
        select(col(Return.return_id))
        .where(col(Return.loan_id) == col(Loan.id), col(Return.undone_at).is_(None))
        .exists()
    )
    query: Select[*tuple[Any, ...]] = (
        select(
            col(Loan.patron_id), col(Loan.started_at), col(Loan.due_on),
            col(Loan.ended_at), col(Loan.renewals), col(Loan.site), ended,
        )
        .where(col(Loan.item_id) == item)
        .order_by(col(Loan.started_at).desc(), col(Loan.id).desc())
        .limit(limit)
    )  # fmt: skip
    return [PastLoan(*row) for row in connection.execute(query)]


def returns_of(connection: Connection, item: int, limit: int) -> list[PastReturn]:
    """Return the newest returns of a copy."""
    query = (
        select(
            col(Return.site), col(Return.kiosk), col(Return.staff), col(Return.outcome),
            col(Return.bin), col(Return.occurred_at), col(Return.undone_at),
            col(Return.undone_by),
        )
        .where(col(Return.item_id) == item)
        .order_by(col(Return.received_at).desc(), col(Return.return_id).desc())
        .limit(limit)
    )  # fmt: skip
    return [PastReturn(*row) for row in connection.execute(query)]


def acts_on(connection: Connection, item: int, limit: int) -> list[PastAct]:
    """Return the newest acts of staff that name a copy."""
    query = (
        select(
            col(AuditEntry.at), col(AuditEntry.actor), col(AuditEntry.action),
            col(AuditEntry.detail),
        )
        .where(col(AuditEntry.subject) == f"item:{item}")
        .order_by(col(AuditEntry.id).desc())
        .limit(limit)
    )  # fmt: skip
    return [PastAct(*row) for row in connection.execute(query)]


def times_ready(connection: Connection, item: int, limit: int) -> list[PastReady]:
    """Return when a copy was put on a reservation shelf, for reservations that are still kept."""
    query = (
        select(col(HoldEvent.at), col(HoldEvent.by), col(Hold.pickup_site))
        .join(Hold, col(Hold.id) == col(HoldEvent.hold_id))
        .where(col(Hold.item_id) == item, col(HoldEvent.kind) == "ready")
        .order_by(col(HoldEvent.at).desc())
        .limit(limit)
    )
    return [PastReady(*row) for row in connection.execute(query)]
