"""Return kiosks: give one a token, take it away, tell it who the catalogue sees."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.kiosks import KioskInfo
from catalogue_api.contract.returns import OUTCOMES_VERSION
from catalogue_api.services.call import Call
from catalogue_api.services.libraries import require_site
from catalogue_api.services.tokens import hashed
from catalogue_api.storage.tables import Kiosk


@dataclass(frozen=True, slots=True)
class KioskLine:
    """A kiosk in a list."""

    name: str
    site: str
    created_at: datetime
    revoked_at: datetime | None


def greet(_session: Session, call: Call, _body: Nothing) -> KioskInfo:
    """Tell a kiosk who the catalogue sees."""
    kiosk = call.the_caller()
    return KioskInfo(
        kiosk=kiosk.name,
        site=kiosk.site,
        site_name=kiosk.site_name,
        outcomes_version=OUTCOMES_VERSION,
    )


def add_kiosk(session: Session, name: str, site: str, token: str, now: datetime) -> None:
    """Register a kiosk under a fresh token; a revoked kiosk of that name gets the new token."""
    require_site(session.connection(), site)
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
