"""Looking returns up, and taking one back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_, update
from sqlmodel import col

from catalogue_api.domain.holds import WITH_ITEM, HoldStatus
from catalogue_api.storage.tables import Hold, Item, Loan, Return, Title


@dataclass(frozen=True, slots=True)
class PastReturnRow:
    """A return as it is kept; `title` is "" for an item that nobody knew."""

    return_id: str
    site: str
    kiosk: str | None
    staff: str
    barcode: str
    outcome: str
    title: str | None
    volume: str | None
    occurred_at: datetime
    received_at: datetime
    bin: str | None
    receipt: str | None
    security: str
    parts_check: str
    undone_at: datetime | None
    undone_by: str


LATEST_DELIVERY = timedelta(days=31)
"""Behind what was laid earlier nobody looks for longer than this: the index is by delivery."""
AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None and "" for anything.

    `since` and `until`: when it was delivered; `laid_since` and `laid_until`: when it was laid.
    """

    kiosk: str = ""
    site: str = ""
    barcode: str = ""
    receipt: str = ""
    since: datetime | None = None
    until: datetime | None = None
    laid_since: datetime | None = None
    laid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undoing:
    """A return on its way back, and what it changed."""

    return_id: str
    item_id: int | None
    barcode: str
    loan_id: int | None
    hold_id: int | None
    received_at: datetime
    before: str
    undone_at: datetime | None


def find_returns(
    connection: Connection, wanted: Wanted, behind: tuple[datetime, str] | None, limit: int
) -> list[PastReturnRow]:
    """Return the newest returns that fit, from behind a place on."""
    query: Select[*tuple[Any, ...]] = (
        select(
            col(Return.return_id), col(Return.site), col(Return.kiosk), col(Return.staff),
            col(Return.barcode), col(Return.outcome), col(Title.title), col(Title.volume),
            col(Return.occurred_at), col(Return.received_at), col(Return.bin),
            col(Return.receipt), col(Return.security), col(Return.parts_check),
            col(Return.undone_at), col(Return.undone_by),
        )
        .outerjoin(Item, col(Item.id) == col(Return.item_id))
        .outerjoin(Title, col(Title.id) == col(Item.title_id))
        .order_by(col(Return.received_at).desc(), col(Return.return_id).desc())
        .limit(limit)
    )  # fmt: skip
    for column, value in (
        (col(Return.kiosk), wanted.kiosk),
        (col(Return.site), wanted.site),
        (col(Return.barcode), wanted.barcode),
        (col(Return.receipt), wanted.receipt),
    ):
        if value:
            query = query.where(column == value)
    query = _in_time(query, wanted)
    if behind is not None:
        query = query.where(tuple_(col(Return.received_at), col(Return.return_id)) < behind)
    return [PastReturnRow(*row) for row in connection.execute(query)]


def _in_time(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    laid, received = col(Return.occurred_at), col(Return.received_at)
    if wanted.since is not None:
        query = query.where(received >= wanted.since)
    if wanted.until is not None:
        query = query.where(received < wanted.until)
    if wanted.laid_since is not None:
        query = query.where(laid >= wanted.laid_since, received >= wanted.laid_since - AHEAD)
    if wanted.laid_until is not None:
        latest = wanted.laid_until + LATEST_DELIVERY
        query = query.where(laid < wanted.laid_until, received < latest)
    return query


def return_to_undo(connection: Connection, return_id: str) -> Undoing | None:
    """Return what is needed to take a return back; it is locked."""
    query: Select[*tuple[Any, ...]] = (
        select(
            col(Return.return_id), col(Return.item_id), col(Return.barcode), col(Return.loan_id),
            col(Return.hold_id), col(Return.received_at), col(Return.before),
            col(Return.undone_at),
        )
        .where(col(Return.return_id) == return_id)
        .with_for_update()
    )  # fmt: skip
    row = connection.execute(query).first()
    return Undoing(*row) if row else None


def newest_return_of_item(connection: Connection, item: int) -> str | None:
    """Return the identifier of the last return of an item that was not taken back."""
    return connection.execute(
        select(col(Return.return_id))
        .where(col(Return.item_id) == item, col(Return.undone_at).is_(None))
        .order_by(col(Return.received_at).desc(), col(Return.return_id).desc())
        .limit(1)
    ).scalar()


def reopen_loan(connection: Connection, loan: int) -> None:
    """Let a loan go on as if it had not ended."""
    connection.execute(update(Loan).where(col(Loan.id) == loan).values(ended_at=None))


def release_hold(connection: Connection, hold: int) -> bool:
    """Let a hold that a copy was caught for wait again, at its old place in the queue."""
    changed = connection.execute(
        update(Hold)
        .where(col(Hold.id) == hold, col(Hold.status).in_([status.value for status in WITH_ITEM]))
        .values(
            status=HoldStatus.WAITING.value,
            item_id=None,
            captured_at=None,
            ready_at=None,
            expires_on=None,
            shelf_number=None,
            version=col(Hold.version) + 1,
        )
    )
    return changed.rowcount > 0


def mark_undone(connection: Connection, return_id: str, by: str, now: datetime) -> None:
    """Note who took a return back."""
    connection.execute(
        update(Return).where(col(Return.return_id) == return_id).values(undone_at=now, undone_by=by)
    )
