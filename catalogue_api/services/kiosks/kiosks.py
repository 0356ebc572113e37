"""Return kiosks: give one a token, take it away, tell it who the catalogue sees."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.kiosks import (
    KioskHealth,
    KioskInfo,
    Tally,
    TallyAsked,
)
from catalogue_api.contract.machinery import (
    FindMachinery,
    KioskPage,
    KioskPlace,
    KioskRow,
    TokenGiven,
    TokenRevoked,
)
from catalogue_api.contract.returns import OUTCOMES_VERSION
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.kiosks.kiosk_health import message_of
from catalogue_api.services.names import require_name
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.returns import tally_returns
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
        now=call.now,
    )


def tally(session: Session, call: Call, body: TallyAsked) -> Tally:
    """Count what is known of a kiosk's returns."""
    kiosk = call.the_caller().name
    returns, placements = tally_returns(session.connection(), kiosk, body.since)
    return Tally(returns=returns, placements=placements)


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


def kiosks_of(session: Session, site: str, now: datetime) -> list[KioskRow]:
    """Return the kiosks of a site that hold a token, by name."""
    query = select(Kiosk).where(Kiosk.site == site, col(Kiosk.revoked_at).is_(None))
    return [row_of(kiosk, now) for kiosk in session.exec(query.order_by(col(Kiosk.name)))]


def find(session: Session, call: Call, body: FindMachinery) -> KioskPage:
    """List kiosks by name."""
    query = select(Kiosk).order_by(col(Kiosk.name)).limit(body.limit + 1)
    key = key_of(body.cursor, ("",))
    if key is not None:
        query = query.where(col(Kiosk.name) > key[0])
    rows, following = page(session.exec(query).all(), body.limit, lambda row: (row.name,))
    return KioskPage(kiosks=tuple(row_of(row, call.now) for row in rows), next=following)


def row_of(kiosk: Kiosk, now: datetime) -> KioskRow:
    """Return a kiosk as it is told, with its last report."""
    return KioskRow(
        name=kiosk.name,
        site=kiosk.site,
        created_at=kiosk.created_at,
        revoked_at=kiosk.revoked_at,
        seen_at=kiosk.seen_at,
        health=None if kiosk.health is None else KioskHealth.model_validate_json(kiosk.health),
        message=message_of(kiosk, now),
    )


def give_token(session: Session, call: Call, body: KioskPlace) -> TokenGiven:
    """Register a kiosk, or give it a new token; the one before is worthless at once."""
    name, token = require_name(call.path["kiosk"]), call.new_token()
    known = session.get(Kiosk, name, with_for_update=True)
    if known is not None:
        known.revoked_at = known.revoked_at or call.now
        session.flush()
    add_kiosk(session, name, body.site, token, call.now)
    audit.record(session, call, "kiosk_token_given", f"kiosk:{name}", {"site": body.site})
    return TokenGiven(name=name, token=token)


def revoke_token(session: Session, call: Call, _body: Nothing) -> TokenRevoked:
    """Make a kiosk's token worthless at once; its returns stay."""
    name = call.path["kiosk"]
    revoke_kiosk(session, name, call.now)
    audit.record(session, call, "kiosk_token_revoked", f"kiosk:{name}")
    return TokenRevoked(name=name, revoked_at=session.get_one(Kiosk, name).revoked_at or call.now)
