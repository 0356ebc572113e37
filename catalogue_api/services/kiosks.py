"""Return kiosks: give one a token, take it away, know one by it.

A token is 256 random bits, so a plain SHA-256 of it is as hard to undo as it is; passwords, which
people choose, are kept otherwise (see `staff`).
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.kiosks import KioskInfo
from catalogue_api.contract.returns import OUTCOMES_VERSION
from catalogue_api.services.call import Call, KioskCaller
from catalogue_api.storage.circulation import kiosk_of_token
from catalogue_api.storage.tables import Kiosk, Site


@dataclass(frozen=True, slots=True)
class KioskLine:
    """A kiosk in a list."""

    name: str
    site: str
    created_at: datetime
    revoked_at: datetime | None


def hashed(token: str) -> str:
    """Return what is stored of a random token."""
    return sha256(token.encode()).hexdigest()


def greet(_session: Session, call: Call, _body: Nothing) -> KioskInfo:
    """Tell a kiosk who the catalogue sees."""
    kiosk = call.the_kiosk()
    return KioskInfo(
        kiosk=kiosk.name,
        site=kiosk.site,
        site_name=kiosk.site_name,
        outcomes_version=OUTCOMES_VERSION,
    )


def kiosk_of(session: Session, token: str) -> KioskCaller:
    """Return the kiosk that holds a token, or refuse."""
    row = kiosk_of_token(session.connection(), hashed(token))
    if row is None:
        raise Refused(ProblemType.NOT_AUTHENTICATED, "no kiosk has this token")
    return KioskCaller(row.name, row.site, row.site_name)


def add_kiosk(session: Session, name: str, site: str, token: str, now: datetime) -> None:
    """Register a kiosk under a fresh token; a revoked kiosk of that name gets the new token."""
    if session.get(Site, site) is None:
        known = ", ".join(session.exec(select(Site.code).order_by(Site.code)).all()) or "none yet"
        raise Refused(
            ProblemType.NOT_FOUND,
            f"there is no site {site!r} (known: {known}): `ritournelle-api sites add CODE NAME`",
        )
    kiosk = session.get(Kiosk, name)
    if kiosk is not None and kiosk.revoked_at is None:
        raise Refused(
            ProblemType.CONFLICT,
            f"there is a kiosk {name!r} already: for a new token, revoke it first",
        )
    if kiosk is None:
        kiosk = Kiosk(name=name, site=site, token_hash="", created_at=now)
    kiosk.site, kiosk.token_hash, kiosk.revoked_at = site, hashed(token), None
    session.add(kiosk)


def revoke_kiosk(session: Session, name: str, now: datetime) -> None:
    """Make a kiosk's token worthless at once; its returns stay."""
    kiosk = session.get(Kiosk, name)
    if kiosk is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no kiosk {name!r}")
    kiosk.revoked_at = kiosk.revoked_at or now
    session.add(kiosk)


def kiosks(session: Session) -> list[KioskLine]:
    """Return all kiosks by name."""
    return [
        KioskLine(kiosk.name, kiosk.site, kiosk.created_at, kiosk.revoked_at)
        for kiosk in session.exec(select(Kiosk).order_by(col(Kiosk.name)))
    ]
