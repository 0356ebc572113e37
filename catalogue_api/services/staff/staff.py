"""Members of staff: their accounts, and their signed-in browsers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.roles import Role
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.services.staff import sessions
from catalogue_api.storage.callers import IDLE_ENDS_AFTER
from catalogue_api.storage.tables import Site, Staff, StaffSession


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody's browser at the desk.

    `stale`: it was seen some time ago, which should be noted. `locked`: nobody used it for so long
    that whoever sits there now has to give the password again. `password_given`: first of all they
    choose a password of their own.
    """

    staff: str
    role: Role
    csrf: str
    site: str | None
    stale: bool
    locked: bool
    password_given: bool = False

    @property
    def called(self) -> str:
        """The name under which they sign in."""
        return self.staff


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
    staff.disabled_at, staff.password_given = None, False
    session.add(staff)
    sessions.end_all_of_staff(session, name)


def session_of(
    session: Session, token: str, now: datetime, lock_after: timedelta = IDLE_ENDS_AFTER
) -> SignedIn | None:
    """Return who is signed in with a token, None if nobody is any more."""
    found = session.get(StaffSession, hashed(token))
    if found is None or now >= found.expires_at or now - found.last_seen_at >= IDLE_ENDS_AFTER:
        return None
    staff = session.get_one(Staff, found.staff)
    if staff.disabled_at is not None:
        return None
    stale = sessions.is_stale(found.last_seen_at, now)
    locked = now - found.last_seen_at >= lock_after
    given = staff.password_given
    return SignedIn(staff.name, Role(staff.role), found.csrf, staff.site, stale, locked, given)


def seen(session: Session, token: str, now: datetime) -> None:
    """Note that a signed-in browser was just there."""
    found = session.get(StaffSession, hashed(token))
    if found is not None:
        found.last_seen_at = now
        session.add(found)


def take_over(session: Session, before: str, fresh: str) -> None:
    """Let a fresh session stand in the place of the one that a browser had before.

    For the same person the forms that are open in that browser stay good.
    """
    ended, opened = (
        session.get(StaffSession, hashed(before)),
        session.get_one(StaffSession, hashed(fresh)),
    )
    if ended is None or before == fresh:
        return
    if ended.staff == opened.staff:
        opened.csrf = ended.csrf
        session.add(opened)
    session.delete(ended)


def close_session(session: Session, token: str) -> None:
    """Sign a browser out."""
    session.exec(delete(StaffSession).where(col(StaffSession.token_hash) == hashed(token)))
