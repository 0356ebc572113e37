"""What the agenda asks of the database: sessions with their events, and how full they are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, delete, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from catalogue_api.domain.vouchers import VoucherStatus
from catalogue_api.domain.workshops import OPEN, SEATED, Attendance, RegistrationStatus
from catalogue_api.storage.among import among
from catalogue_api.storage.tables import (
    Event,
    EventSession,
    Patron,
    Registration,
    Seat,
    Site,
    Voucher,
)

IS_OPEN = col(Registration.status).in_([status.value for status in OPEN])


@dataclass(frozen=True, slots=True)
class Sought:
    """Sessions that begin between two instants, the end not included; "" is any site or kind."""

    since: datetime
    until: datetime
    site: str = ""
    kind: str = ""
    published_only: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How full a session is.

    `held`: seats nobody else can have. `seated`: people who have a seat, or had one until they
    were late. `waiting`: people without one. `came`: who was there.
    """

    held: int = 0
    seated: int = 0
    came: int = 0
    waiting: int = 0


Found = tuple[EventSession, Event, str]
"""A session, its event, and the name of the site."""


def sessions_found(session: Session, sought: Sought) -> Sequence[Found]:
    """Return sessions by their start."""
    query = (
        select_rows(EventSession, Event, Site.name)
        .join(Event, col(Event.id) == col(EventSession.event_id))
        .join(Site, col(Site.code) == col(Event.site))
        .where(
            col(EventSession.starts_at) >= sought.since,
            col(EventSession.starts_at) < sought.until,
        )
        .order_by(col(EventSession.starts_at), col(EventSession.id))
    )
    if sought.site:
        query = query.where(col(Event.site) == sought.site)
    if sought.kind:
        query = query.where(col(Event.kind) == sought.kind)
    if sought.published_only:
        query = query.where(col(Event.published))
    return session.exec(query).all()


def sessions_of(session: Session, event: int) -> list[EventSession]:
    """Return all sessions of an event by their start."""
    query = select_rows(EventSession).where(col(EventSession.event_id) == event)
    return list(
        session.exec(query.order_by(col(EventSession.starts_at), col(EventSession.id))).all()
    )


def counts(connection: Connection, sessions: Iterable[EventSession]) -> dict[int, Counts]:
    """Return how full sessions are; whoever waits for a series waits for each of its sessions."""
    known = list(sessions)
    numbers = [one.id or 0 for one in known]
    events = list({one.event_id for one in known})
    came = case((col(Seat.attendance) == Attendance.CAME.value, 1), else_=0)
    seats = (
        select(col(Seat.session_id), func.count(col(Seat.number)), func.count(), func.sum(came))
        .where(among(col(Seat.session_id), "ids"))
        .group_by(col(Seat.session_id))
    )
    rows = connection.execute(seats, {"ids": numbers})
    held = {number: (held, seated, came) for number, held, seated, came in rows}
    queues = (
        select(col(Registration.event_id), col(Registration.session_id), func.count())
        .where(
            among(col(Registration.event_id), "ids"),
            col(Registration.status) == RegistrationStatus.WAITING.value,
        )
        .group_by(col(Registration.event_id), col(Registration.session_id))
    )
    waiting: dict[tuple[int, int | None], int] = {
        (event, one): count for event, one, count in connection.execute(queues, {"ids": events})
    }
    found = {}
    for one in known:
        queue = waiting.get((one.event_id, one.id), 0) + waiting.get((one.event_id, None), 0)
        seats_held, seated, was_there = held.get(one.id or 0, (0, 0, 0))
        found[one.id or 0] = Counts(seats_held, seated, was_there, queue)
    return found


def people(connection: Connection, event: int) -> tuple[int, int]:
    """Return how many people have a place in an event (offers included), and how many wait."""
    query = (
        select(col(Registration.status), func.count())
        .where(col(Registration.event_id) == event, IS_OPEN)
        .group_by(col(Registration.status))
    )
    found: dict[str, int] = defaultdict(int)
    found.update((status, count) for status, count in connection.execute(query))
    seated = sum(found[status.value] for status in SEATED)
    return seated, found[RegistrationStatus.WAITING.value]


def open_registrations(session: Session, event: int) -> list[Registration]:
    """Return the open registrations of an event, in the order of coming."""
    query = select_rows(Registration).where(col(Registration.event_id) == event, IS_OPEN)
    return list(session.exec(query.order_by(col(Registration.made_at), col(Registration.id))).all())


def with_email(session: Session, event: int) -> frozenset[int]:
    """Return the readers with an open registration for an event who can be written to."""
    query = (
        select_rows(Patron.id)
        .join(Registration, col(Registration.patron_id) == col(Patron.id))
        .where(col(Registration.event_id) == event, IS_OPEN, col(Patron.email) != "")
    )
    return frozenset(number for number in session.exec(query).all() if number is not None)


def seats_of(session: Session, event: int) -> list[Seat]:
    """Return the seats of all sessions of an event, by their number."""
    query = (
        select_rows(Seat)
        .join(EventSession, col(EventSession.id) == col(Seat.session_id))
        .where(col(EventSession.event_id) == event)
        .order_by(col(Seat.number), col(Seat.id))
    )
    return list(session.exec(query).all())


def give_back_vouchers(connection: Connection, seats: Sequence[int]) -> None:
    """Forget the vouchers of some seats that were not spent: their bearers get them back."""
    unspent = delete(Voucher).where(
        among(col(Voucher.seat_id), "ids"), col(Voucher.status) == VoucherStatus.RECEIVED.value
    )
    connection.execute(unspent, {"ids": list(seats)})


def events_at_work(connection: Connection, since: datetime) -> list[int]:
    """Return the events in which something may be due: with open registrations or late seats.

    A late seat is looked for only in sessions that began after `since`.
    """
    begun = (
        select(col(EventSession.event_id))
        .join(Seat, col(Seat.session_id) == col(EventSession.id))
        .where(col(EventSession.starts_at) >= since, col(Seat.number).is_not(None))
    )
    query = select(col(Registration.event_id)).where(IS_OPEN).union(begun)
    return sorted(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session that is not called off, and what it is of.

    `meant_so`: it may lie outside the opening hours.
    """

    session: int
    title: str
    site: str
    starts_at: datetime
    ends_at: datetime
    meant_so: bool


def planned(
    connection: Connection, since: datetime, until: datetime | None = None
) -> list[PlannedSession]:
    """Return what begins from an instant on, before another, by its start; nothing called off."""
    begins, number = col(EventSession.starts_at), col(EventSession.id)
    query: Select[*tuple[Any, ...]] = (
        select(
            number,
            col(Event.title),
            col(Event.site),
            begins,
            col(EventSession.ends_at),
            col(EventSession.meant_so_at).is_not(None),
        )
        .join(Event, col(Event.id) == col(EventSession.event_id))
        .where(begins >= since, col(EventSession.cancelled_at).is_(None))
        .order_by(begins, number)
    )
    if until is not None:
        query = query.where(begins < until)
    return [PlannedSession(*row) for row in connection.execute(query)]


def overlapping(
    connection: Connection, site: str, room: str, since: datetime, until: datetime
) -> list[tuple[int, datetime, datetime]]:
    """Return the sessions in a room that are on at some time between two instants."""
    query = (
        select(col(EventSession.id), col(EventSession.starts_at), col(EventSession.ends_at))
        .join(Event, col(Event.id) == col(EventSession.event_id))
        .where(
            col(Event.site) == site,
            func.lower(col(Event.room)) == room.lower(),
            col(EventSession.cancelled_at).is_(None),
            col(EventSession.starts_at) < until,
            col(EventSession.ends_at) > since,
        )
    )
    return [(number or 0, starts, ends) for number, starts, ends in connection.execute(query)]


def is_elsewhere(
    connection: Connection, patron: int, event: int, times: Sequence[tuple[datetime, datetime]]
) -> bool:
    """Tell whether a reader has a seat in another event at one of some times."""
    query = (
        select(col(EventSession.starts_at), col(EventSession.ends_at))
        .join(Seat, col(Seat.session_id) == col(EventSession.id))
        .join(Registration, col(Registration.id) == col(Seat.registration_id))
        .where(
            col(Registration.patron_id) == patron,
            col(Registration.event_id) != event,
            IS_OPEN,
            col(EventSession.cancelled_at).is_(None),
            col(Seat.number).is_not(None),
        )
    )
    return any(
        starts < ends and begins < stops
        for starts, stops in connection.execute(query)
        for begins, ends in times
    )
