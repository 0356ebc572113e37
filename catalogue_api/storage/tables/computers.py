"""The library's computers, who has one when, and who waits for one."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false, text, true
from sqlmodel import Field

from catalogue_api.domain.slot_waiting import OPEN_WISHES, WishStatus
from catalogue_api.domain.slots import LIVE, BookingKind, BookingStatus
from catalogue_api.domain.walk_ins import WalkInStatus
from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, one_of, server_default, sql_list

_HAS_READER = text("patron_id IS NOT NULL")
_IS_LIVE = text(f"status IN {sql_list(LIVE)}")


class Room(Table, table=True):
    """A room with computers; `online`: readers book them themselves, else only the desk does."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("site", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    site: str = Field(foreign_key="sites.code", max_length=32)
    name: str = Field(max_length=64)
    online: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    version: int = Field(default=1)


class Computer(Table, table=True):
    """A computer of a room. `abilities` are the words of `domain.slots.Ability`, with blanks.

    Ages are those reached in the year. `remark` tells librarians what is wrong with it. One that
    is withdrawn stays, because bookings name it.
    """

    __tablename__ = "computers"
    __table_args__ = (UniqueConstraint("room_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="rooms.id")
    name: str = Field(max_length=64)
    abilities: str = Field(default="", max_length=64)
    least_age: int | None = None
    most_age: int | None = None
    out_of_order: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    remark: str = Field(default="", max_length=200)
    withdrawn_at: datetime | None = None
    version: int = Field(default=1)


class SlotRule(Table, table=True):
    """The one row of what `domain.slots.SlotRules` says; it is part of the rulebook's version."""

    __tablename__ = "slot_rules"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    grid: int = 15
    session: int = 60
    least: int = 15
    daily: int = 120
    weekly: int | None = None
    ahead_days: int = 7
    claim: int = 15
    gap: int = 5
    closing: int = 15
    extension: int = 15
    extend_within: int = 5
    offer: int = 30
    call: int = 5


class SlotBlock(Table, table=True):
    """Several computers taken at once, for a class or a workshop; one booking for each of them.

    `session_id` is the workshop's session that it is for.
    """

    __tablename__ = "slot_blocks"
    __table_args__ = (one_of("kind", BookingKind), Index("ix_slot_blocks_starts_at", "starts_at"))

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=16)
    label: str = Field(max_length=100)
    starts_at: datetime
    ends_at: datetime
    session_id: int | None = Field(default=None, index=True)
    ended_at: datetime | None = None
    version: int = Field(default=1)


class Booking(Table, table=True):
    """A computer kept for a reader, a guest or a block, from `starts_at` to `ends_at`.

    What was used, or lost because nobody came, ends when it ended: so the interval is always how
    long the computer was kept. A live booking never overlaps another of its computer, nor another
    of its reader: on PostgreSQL by exclusion constraints, on SQLite by `booking_quarters`. One
    that has ended may lose its reader.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        one_of("kind", BookingKind),
        one_of("status", BookingStatus),
        CheckConstraint("starts_at <= ends_at", name="in_order"),
        CheckConstraint(
            f"kind <> 'reader' OR patron_id IS NOT NULL OR status NOT IN {sql_list(LIVE)}",
            name="live_has_reader",
        ),
        CheckConstraint("status <> 'offered' OR offered_until IS NOT NULL", name="offer_ends"),
        Index(
            "ix_bookings_live_computer",
            "computer_id",
            "starts_at",
            sqlite_where=_IS_LIVE,
            postgresql_where=_IS_LIVE,
        ),
        Index(
            "ix_bookings_patron",
            "patron_id",
            "starts_at",
            sqlite_where=_HAS_READER,
            postgresql_where=_HAS_READER,
        ),
        Index("ix_bookings_starts_at", "starts_at"),
        Index("ix_bookings_block_id", "block_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    computer_id: int = Field(foreign_key="computers.id")
    kind: str = Field(max_length=16)
    status: str = Field(default=BookingStatus.BOOKED.value, max_length=16)
    patron_id: int | None = Field(default=None, foreign_key="patrons.id")
    block_id: int | None = Field(default=None, foreign_key="slot_blocks.id")
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime
    offered_until: datetime | None = None
    claimed_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = Field(default="", max_length=16, sa_column_kwargs=server_default(""))
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class BookingQuarter(Table, table=True):
    """A quarter of an hour that a live booking keeps: at its computer, and of its reader.

    Only SQLite, which knows no exclusion of intervals, has rows here. `quarter` is counted from
    1970 (`domain.slots.quarter`).
    """

    __tablename__ = "booking_quarters"
    __table_args__ = (
        Index(
            "uq_booking_quarters_patron",
            "patron_id",
            "quarter",
            unique=True,
            sqlite_where=_HAS_READER,
            postgresql_where=_HAS_READER,
        ),
        {"sqlite_with_rowid": False},
    )

    computer_id: int = Field(foreign_key="computers.id", primary_key=True)
    quarter: int = Field(primary_key=True)
    patron_id: int | None = Field(default=None, foreign_key="patrons.id")


class SlotWish(Table, table=True):
    """A reader who waits for any slot of so many minutes at a site, between two instants.

    `booking_id` is what was offered to them last.
    """

    __tablename__ = "slot_wishes"
    __table_args__ = (
        one_of("status", WishStatus),
        CheckConstraint("from_at < until_at", name="in_order"),
        Index(
            "ix_slot_wishes_open",
            "site",
            "placed_at",
            sqlite_where=text(f"status IN {sql_list(OPEN_WISHES)}"),
            postgresql_where=text(f"status IN {sql_list(OPEN_WISHES)}"),
        ),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    patron_id: int = Field(foreign_key="patrons.id", index=True)
    site: str = Field(foreign_key="sites.code", max_length=32)
    from_at: datetime
    until_at: datetime
    minutes: int
    abilities: str = Field(default="", max_length=64)
    placed_at: datetime
    status: str = Field(default=WishStatus.WAITING.value, max_length=16)
    booking_id: int | None = Field(default=None, foreign_key="bookings.id")
    ended_at: datetime | None = None
    version: int = Field(default=1)


class WalkIn(Table, table=True):
    """Somebody who waits in a room for a computer, under a number of the day.

    `booking_id` is the computer to which the number was called.
    """

    __tablename__ = "walk_ins"
    __table_args__ = (
        one_of("status", WalkInStatus),
        UniqueConstraint("room_id", "day", "number"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="rooms.id")
    day: date
    number: int
    patron_id: int | None = Field(default=None, foreign_key="patrons.id", index=True)
    abilities: str = Field(default="", max_length=64)
    joined_at: datetime
    status: str = Field(default=WalkInStatus.WAITING.value, max_length=16)
    booking_id: int | None = Field(default=None, foreign_key="bookings.id")
    called_at: datetime | None = None
    ended_at: datetime | None = None
