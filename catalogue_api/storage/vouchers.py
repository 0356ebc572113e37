"""Vouchers as they are listed, counted and moved on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from catalogue_api.domain.vouchers import VoucherStatus
from catalogue_api.storage.among import among
from catalogue_api.storage.tables import Event, EventSession, Voucher, VoucherPlace, VoucherScheme

SelectOfRows = Any
"""A statement of SQLModel for four columns; its own type is not worth its length."""

Row = tuple[Voucher, EventSession, Event, str]
"""A voucher, the session and the event of its seat, and the name of its scheme."""

_WHEN = {VoucherStatus.SENT: "sent_at", VoucherStatus.REIMBURSED: "reimbursed_at"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Vouchers of a scheme and in a place (None: of all), below a number."""

    scheme: int | None
    status: VoucherStatus | None
    below: int | None
    limit: int


def schemes(session: Session) -> Sequence[VoucherScheme]:
    """Return all schemes by name."""
    return session.exec(select_rows(VoucherScheme).order_by(col(VoucherScheme.name))).all()


def places(connection: Connection, scheme: int) -> list[str]:
    """Return the sites that are qualified for a scheme."""
    query = select(col(VoucherPlace.site)).where(col(VoucherPlace.scheme_id) == scheme)
    return sorted(connection.execute(query).scalars())


def numbers(connection: Connection, scheme: int) -> dict[str, int]:
    """Return how many vouchers of a scheme are where."""
    query = (
        select(col(Voucher.status), func.count())
        .where(col(Voucher.scheme_id) == scheme)
        .group_by(col(Voucher.status))
    )
    found: dict[str, int] = {}
    found.update((status, count) for status, count in connection.execute(query))
    return found


def found(session: Session, asked: Asked) -> Sequence[Row]:
    """Return vouchers, the newest first, one more than asked for if there are more."""
    query = _rows().order_by(col(Voucher.id).desc()).limit(asked.limit + 1)
    if asked.scheme is not None:
        query = query.where(col(Voucher.scheme_id) == asked.scheme)
    if asked.status is not None:
        query = query.where(col(Voucher.status) == asked.status.value)
    if asked.below is not None:
        query = query.where(col(Voucher.id) < asked.below)
    rows: Sequence[Row] = session.exec(query).all()
    return rows


def one(session: Session, voucher: int) -> Row:
    """Return a voucher that is there."""
    row: Row = session.exec(_rows().where(col(Voucher.id) == voucher)).one()
    return row


def move(
    connection: Connection, some: Sequence[int], to: VoucherStatus, at: datetime
) -> list[tuple[int, int, str]]:
    """Move vouchers on; return number, value and former place of each that is there."""
    query = (
        select(col(Voucher.id), col(Voucher.value_cents), col(Voucher.status))
        .where(among(col(Voucher.id), "ids"))
        .order_by(col(Voucher.id))
        .with_for_update()
    )
    there = [(number or 0, cents, status) for number, cents, status in
             connection.execute(query, {"ids": list(some)})]  # fmt: skip
    moving = [number for number, _, status in there if status != to.value]
    values = {"status": to.value, _WHEN[to]: at}
    stepped = update(Voucher).where(among(col(Voucher.id), "ids")).values(**values)
    connection.execute(stepped, {"ids": moving})
    return there


def _rows() -> SelectOfRows:
    return (
        select_rows(Voucher, EventSession, Event, VoucherScheme.name)
        .join(EventSession, col(EventSession.id) == col(Voucher.session_id))
        .join(Event, col(Event.id) == col(EventSession.event_id))
        .join(VoucherScheme, col(VoucherScheme.id) == col(Voucher.scheme_id))
    )
