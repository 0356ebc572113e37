"""Librarians: their passwords (argon2id) and their signed-in browsers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, delete

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.services.tokens import hashed
from catalogue_api.storage.callers import IDLE_ENDS_AFTER
from catalogue_api.storage.tables import Site, Staff, StaffSession

SHORTEST_PASSWORD = 12
SESSION_LASTS = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A librarian's browser. `stale`: it was seen some time ago, and that should be noted."""

    staff: str
    csrf: str
    site: str | None
    stale: bool


def add_staff(
    session: Session, name: str, password_hash: str, site: str | None, now: datetime
) -> None:
    """Add a librarian, or give one a new password; that signs them out everywhere."""
    if site is not None and session.get(Site, site) is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no site {site!r}")
    staff = session.get(Staff, name) or Staff(name=name, password_hash="", created_at=now)
    staff.password_hash = password_hash
    staff.site = site or staff.site
    session.add(staff)
    session.exec(delete(StaffSession).where(col(StaffSession.staff) == name))


def password_hash_of(session: Session, name: str) -> str | None:
    """Return the stored hash of a librarian's password."""
    staff = session.get(Staff, name)
    return staff.password_hash if staff else None


class Passwords:
    """Argon2id with the library's defaults; slow on purpose, so it runs outside transactions."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        # An unknown name costs as much time as a known one, so that names cannot be found out.
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return what is stored; a short password is refused."""
        if len(password) < SHORTEST_PASSWORD:
            raise Refused(
                ProblemType.INVALID_REQUEST,
                f"a password needs {SHORTEST_PASSWORD} characters or more",
            )
        return self._hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Tell whether the password is the stored one; never for a name that is unknown."""
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None


def open_session(session: Session, name: str, token: str, csrf: str, now: datetime) -> None:
    """Sign a browser in under a fresh token; expired sessions of anybody are swept out."""
    session.exec(delete(StaffSession).where(col(StaffSession.expires_at) < now))
    session.add(
        StaffSession(
            token_hash=hashed(token),
            staff=name,
            csrf=csrf,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )


def session_of(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Return who is signed in with a token, None if nobody is any more."""
    found = session.get(StaffSession, hashed(token))
    if found is None or now >= found.expires_at or now - found.last_seen_at >= IDLE_ENDS_AFTER:
        return None
    staff = session.get_one(Staff, found.staff)
    return SignedIn(staff.name, found.csrf, staff.site, now - found.last_seen_at >= SEEN_EVERY)


def seen(session: Session, token: str, now: datetime) -> None:
    """Note that a signed-in browser was just there."""
    found = session.get(StaffSession, hashed(token))
    if found is not None:
        found.last_seen_at = now
        session.add(found)


def close_session(session: Session, token: str) -> None:
    """Sign a browser out."""
    session.exec(delete(StaffSession).where(col(StaffSession.token_hash) == hashed(token)))
