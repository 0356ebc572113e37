"""Whose a token is: one indexed look in each table of callers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import (
    Computer,
    ComputerAgent,
    Kiosk,
    Machine,
    PatronSession,
    Room,
    Site,
    Staff,
    StaffSession,
)

IDLE_ENDS_AFTER = timedelta(hours=1)
"""A session that was not used for so long has ended, whatever its own end."""


@dataclass(frozen=True, slots=True)
class KioskRow:
    """A kiosk that holds a token."""

    name: str
    site: str
    site_name: str


@dataclass(frozen=True, slots=True)
class ComputerRow:
    """A library computer whose program holds a token."""

    number: int
    site: str
    site_name: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A member of staff who is signed in; `site` is "" for one who has none."""

    name: str
    role: str
    site: str
    seen_at: datetime
    password_given: bool


_KIOSK = Prepared(
    select(col(Kiosk.name), col(Kiosk.site), col(Site.name))
    .join(Site, col(Site.code) == col(Kiosk.site))
    .where(col(Kiosk.token_hash) == bindparam("token_hash"), col(Kiosk.revoked_at).is_(None))
)
_STAFF = Prepared(
    select(
        col(Staff.name),
        col(Staff.role),
        col(Staff.site),
        col(StaffSession.last_seen_at),
        col(Staff.password_given),
    )
    .join(StaffSession, col(StaffSession.staff) == col(Staff.name))
    .where(
        col(StaffSession.token_hash) == bindparam("token_hash"),
        col(StaffSession.expires_at) > bindparam("now"),
        col(StaffSession.last_seen_at) > bindparam("idle_since"),
        col(Staff.disabled_at).is_(None),
    )
)
_PATRON = Prepared(
    select(col(PatronSession.patron_id), col(PatronSession.last_seen_at)).where(
        col(PatronSession.token_hash) == bindparam("token_hash"),
        col(PatronSession.expires_at) > bindparam("now"),
        col(PatronSession.last_seen_at) > bindparam("idle_since"),
    )
)
_MACHINE = Prepared(
    select(col(Machine.name)).where(
        col(Machine.token_hash) == bindparam("token_hash"), col(Machine.revoked_at).is_(None)
    )
)

_COMPUTER = Prepared(
    select(col(ComputerAgent.computer_id), col(Room.site), col(Site.name))
    .join(Computer, col(Computer.id) == col(ComputerAgent.computer_id))
    .join(Room, col(Room.id) == col(Computer.room_id))
    .join(Site, col(Site.code) == col(Room.site))
    .where(
        col(ComputerAgent.token_hash) == bindparam("token_hash"),
        col(ComputerAgent.revoked_at).is_(None),
    )
)


def kiosk_of_token(connection: Connection, token_hash: str) -> KioskRow | None:
    """Return the kiosk whose token this is, unless it was revoked."""
    row = _KIOSK.first(connection, {"token_hash": token_hash})
    return KioskRow(*row) if row else None


def staff_of_token(connection: Connection, token_hash: str, now: datetime) -> StaffRow | None:
    """Return who is signed in with a token, unless the session or the account has ended."""
    row = _STAFF.first(connection, _at(token_hash, now))
    return StaffRow(row[0], row[1], row[2] or "", row[3], bool(row[4])) if row else None


def patron_of_token(
    connection: Connection, token_hash: str, now: datetime
) -> tuple[int, datetime] | None:
    """Return the patron who is signed in with a token, and when they were last seen."""
    row = _PATRON.first(connection, _at(token_hash, now))
    return (row[0], row[1]) if row else None


def machine_of_token(connection: Connection, token_hash: str) -> str | None:
    """Return the name of the machine whose token this is, unless it was revoked."""
    row = _MACHINE.first(connection, {"token_hash": token_hash})
    return row[0] if row else None


def computer_of_token(connection: Connection, token_hash: str) -> ComputerRow | None:
    """Return the computer whose token this is, unless it was revoked."""
    row = _COMPUTER.first(connection, {"token_hash": token_hash})
    return ComputerRow(*row) if row else None


def _at(token_hash: str, now: datetime) -> dict[str, object]:
    return {"token_hash": token_hash, "now": now, "idle_since": now - IDLE_ENDS_AFTER}
