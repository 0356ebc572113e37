"""Events and their sessions, who has a place in them, and the vouchers that were taken for it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false, text, true
from sqlmodel import Field

from catalogue_api.domain.events import FEWEST_PLACES, MOST_PLACES, EventKind
from catalogue_api.domain.vouchers import MOST_MINUTES, VoucherStatus
from catalogue_api.domain.workshops import OPEN, Attendance, RegistrationEnd, RegistrationStatus
from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, one_of, server_default, sql_list

_IS_OPEN = f"patron_id IS NOT NULL AND status IN {sql_list(OPEN)}"


def _once(name: str, *columns: str, one_session: bool) -> Index:
    sort = "IS NOT NULL" if one_session else "IS NULL"
    where = text(f"{_IS_OPEN} AND session_id {sort}")
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Event(Table, table=True):
    """A talk, a workshop or the like, with one date or several.

    `places` is how many seats each session has, None if one comes without registering. `series`:
    one registration is for all sessions. `least_age` and `most_age` go by the year of birth.
    `computers` is how many computers of the room each session takes. `scheme_id` names the
    vouchers that are taken for a seat.
    """

    __tablename__ = "events"
    __table_args__ = (
        one_of("kind", EventKind),
        CheckConstraint("places IS NULL OR places BETWEEN 1 AND 500", name="places"),
        CheckConstraint(
            "kind <> 'workshop' OR (places IS NOT NULL"
            f" AND places BETWEEN {FEWEST_PLACES} AND {MOST_PLACES})",
            name="workshop",
        ),
        CheckConstraint("kind <> 'drop_in' OR places IS NULL", name="drop_in"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=16)
    title: str
    about: str = Field(default="", sa_column_kwargs=server_default(""))
    site: str = Field(foreign_key="sites.code", max_length=32)
    room: str = Field(default="", sa_column_kwargs=server_default(""))
    places: int | None = None
    series: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    least_age: int | None = None
    most_age: int | None = None
    must_confirm: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    published: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    opens_on: date | None = None
    computers: int = Field(default=0, sa_column_kwargs=server_default("0"))
    scheme_id: int | None = Field(default=None, foreign_key="voucher_schemes.id")
    created_at: datetime
    changed_at: datetime
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class EventSession(Table, table=True):
    """One date of an event. `version` grows when it is moved or cancelled.

    `meant_so_at`: when somebody said that it is meant to lie outside the opening hours, at the time
    that it has.
    """

    __tablename__ = "event_sessions"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_first"),
        Index(
            "uq_event_sessions_start",
            "event_id",
            "starts_at",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        Index("ix_event_sessions_starts_at", "starts_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="events.id")
    starts_at: datetime
    ends_at: datetime
    cancelled_at: datetime | None = None
    cancelled_for: str = Field(default="", sa_column_kwargs=server_default(""))
    changed_at: datetime
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))
    meant_so_at: datetime | None = None


class Registration(Table, table=True):
    """Somebody who has a place, waits for one, or did: for a session, or (None) a whole series.

    A person without an account has a `name`, and a `phone` at which they may be told something.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        one_of("status", RegistrationStatus),
        CheckConstraint(f"ended_for = '' OR ended_for IN {sql_list(RegistrationEnd)}", name="end"),
        CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(status = 'offered') = (offer_until IS NOT NULL)", name="offered"),
        _once("uq_registrations_session", "session_id", "patron_id", one_session=True),
        _once("uq_registrations_series", "event_id", "patron_id", one_session=False),
        Index("ix_registrations_event_id", "event_id", "status"),
        Index("ix_registrations_patron_id", "patron_id"),
        Index("ix_registrations_session_id", "session_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="events.id")
    session_id: int | None = Field(default=None, foreign_key="event_sessions.id")
    patron_id: int | None = Field(default=None, foreign_key="patrons.id")
    name: str = Field(default="", sa_column_kwargs=server_default(""))
    phone: str = Field(default="", sa_column_kwargs=server_default(""))
    birth_year: int | None = None
    status: str = Field(max_length=16)
    made_at: datetime
    offer_until: datetime | None = None
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_at: datetime | None = None
    ended_for: str = Field(default="", max_length=24, sa_column_kwargs=server_default(""))
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class Seat(Table, table=True):
    """A seat of a session that is somebody's: each number once, and one for each person.

    `number` is None once it was given up because its owner was late: whether they came after all
    is still noted.
    """

    __tablename__ = "seats"
    __table_args__ = (
        one_of("attendance", Attendance),
        UniqueConstraint("session_id", "number"),
        UniqueConstraint("session_id", "registration_id"),
        Index("ix_seats_registration_id", "registration_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="event_sessions.id")
    registration_id: int = Field(foreign_key="registrations.id")
    number: int | None = None
    attendance: str = Field(default=Attendance.UNKNOWN.value, max_length=8)


class VoucherScheme(Table, table=True):
    """Whoever pays for seats with vouchers; `salt` goes into the hashes of its serial numbers."""

    __tablename__ = "voucher_schemes"
    __table_args__ = (
        CheckConstraint("value_cents > 0", name="value"),
        CheckConstraint("most_minutes > 0", name="minutes"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=100)
    value_cents: int
    most_minutes: int = Field(default=MOST_MINUTES)
    salt: str = Field(max_length=64)
    closed_at: datetime | None = None
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class VoucherPlace(Table, table=True):
    """A site at which the vouchers of a scheme may be taken: it is qualified."""

    __tablename__ = "voucher_places"

    scheme_id: int = Field(foreign_key="voucher_schemes.id", primary_key=True)
    site: str = Field(foreign_key="sites.code", primary_key=True, max_length=32)


class Voucher(Table, table=True):
    """A voucher that was taken for a seat; of its serial number only a hash is kept."""

    __tablename__ = "vouchers"
    __table_args__ = (
        one_of("status", VoucherStatus),
        UniqueConstraint("scheme_id", "serial_hash"),
        UniqueConstraint("seat_id"),
        Index("ix_vouchers_status", "status", "id"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    scheme_id: int = Field(foreign_key="voucher_schemes.id")
    serial_hash: str = Field(max_length=64)
    value_cents: int
    seat_id: int | None = Field(default=None, foreign_key="seats.id")
    session_id: int = Field(foreign_key="event_sessions.id", index=True)
    status: str = Field(default=VoucherStatus.RECEIVED.value, max_length=16)
    received_at: datetime
    spent_at: datetime | None = None
    sent_at: datetime | None = None
    reimbursed_at: datetime | None = None
