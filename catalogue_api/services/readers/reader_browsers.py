"""Readers' signed-in browsers: whose a session is, and one that stands in the place of another."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.services.staff import sessions
from catalogue_api.storage.callers import IDLE_ENDS_AFTER
from catalogue_api.storage.tables import Patron, PatronSession


@dataclass(frozen=True, slots=True)
class ReaderHere:
    """Somebody's browser at the portal. `stale`: it was seen some time ago, to be noted.

    `called` is their given name, or their family name where there is none; `home_site` the library
    they chose, "" for none. `without_pin`: they came in by a one-time code and have no PIN yet.
    """

    number: int
    called: str
    csrf: str
    home_site: str
    stale: bool
    without_pin: bool

    @property
    def locked(self) -> bool:
        """A reader's page is never locked: the session ends instead."""
        return False


def reader_of(session: Session, token: str, now: datetime) -> ReaderHere | None:
    """Return who is signed in with a token, None if nobody is any more."""
    found = session.get(PatronSession, hashed(token))
    if found is None or now >= found.expires_at or now - found.last_seen_at >= IDLE_ENDS_AFTER:
        return None
    patron = session.get_one(Patron, found.patron_id)
    return ReaderHere(
        number=found.patron_id,
        called=patron.given_name or patron.family_name,
        csrf=found.csrf,
        home_site=patron.home_site or "",
        stale=sessions.is_stale(found.last_seen_at, now),
        without_pin=not patron.pin_hash,
    )


def seen(session: Session, token: str, now: datetime) -> None:
    """Note that a signed-in browser was just there."""
    found = session.get(PatronSession, hashed(token))
    if found is not None:
        found.last_seen_at = now
        session.add(found)


def take_over(session: Session, before: str, fresh: str) -> None:
    """Let a fresh session stand in the place of the one that a browser had before.

    For the same reader the forms that are open in that browser stay good.
    """
    ended = session.get(PatronSession, hashed(before))
    opened = session.get(PatronSession, hashed(fresh))
    if ended is None or opened is None or before == fresh:
        return
    if ended.patron_id == opened.patron_id:
        opened.csrf = ended.csrf
        session.add(opened)
    session.delete(ended)
