"""Members of staff: their accounts, and their signed-in browsers."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.roles import Role
from catalogue_api.services import sessions
from catalogue_api.services.tokens import hashed
from catalogue_api.storage.callers import IDLE_ENDS_AFTER
from catalogue_api.storage.tables import Site, Staff, StaffSession


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody's browser at the desk. `stale`: it was seen some time ago: that should be noted."""

    staff: str
    role: Role
    csrf: str
    site: str | None
    stale: bool


def add_staff(
    session: Session,
    name: str,
    password_hash: str,
    site: str | None,
    now: datetime,
    role: Role | None = None,
) -> None:
    """Add a member of staff, or give one a new password; that signs them out everywhere.

    Without a role a new one is a librarian, and a known one keeps theirs.
    """
    if site is not None and session.get(Site, site) is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no site {site!r}")
    staff = session.get(Staff, name) or Staff(name=name, password_hash="", created_at=now)
    staff.password_hash = password_hash
    staff.site = site or staff.site
    staff.role = role.value if role else staff.role
    staff.disabled_at = None
    session.add(staff)
    sessions.end_all_of_staff(session, name)


def session_of(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Return who is signed in with a token, None if nobody is any more."""
    found = session.get(StaffSession, hashed(token))
    if found is None or now >= found.expires_at or now - found.last_seen_at >= IDLE_ENDS_AFTER:
        return None
    staff = session.get_one(Staff, found.staff)
    if staff.disabled_at is not None:
        return None
    stale = sessions.is_stale(found.last_seen_at, now)
    return SignedIn(staff.name, Role(staff.role), found.csrf, staff.site, stale)


def seen(session: Session, token: str, now: datetime) -> None:
    """Note that a signed-in browser was just there."""
    found = session.get(StaffSession, hashed(token))
    if found is not None:
        found.last_seen_at = now
        session.add(found)


def close_session(session: Session, token: str) -> None:
    """Sign a browser out."""
    session.exec(delete(StaffSession).where(col(StaffSession.token_hash) == hashed(token)))
