"""How the kiosks are: keep what each tells of itself, and tell it what its screen is to say."""

from datetime import datetime, time, timedelta

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.kiosks import KioskHealth, KioskMessage, KioskNews, KioskWords
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.kiosks.kiosk_sorting import order_for
from catalogue_api.storage.tables import Kiosk


def heartbeat(session: Session, call: Call, body: KioskHealth) -> KioskNews:
    """Keep the last report of a kiosk in place of the one before; answer with the news."""
    kiosk = _kiosk(session, call.the_caller().name)
    kiosk.health, kiosk.seen_at = body.model_dump_json(), call.now
    session.add(kiosk)
    calendar = call.rules.calendar(kiosk.site)
    # Without weekly hours a site counts as open at all times: nothing to tell anybody.
    opening = calendar.next_opening(call.now) if calendar.week is not None else None
    said = message_of(kiosk, call.now)
    return KioskNews(
        now=call.now,
        message_fr=said.message_fr,
        message_en=said.message_en,
        message_until=said.until,
        open_now=opening.open_now if opening else None,
        opens_at=opening.opens_at if opening else None,
        sorting=order_for(kiosk, body.sorting),
    )


def put_message(session: Session, call: Call, body: KioskWords) -> KioskMessage:
    """Keep what a kiosk's screen is to say; the kiosk hears it with its next heartbeat."""
    kiosk = _kiosk(session, call.path["kiosk"])
    call.require_version(kiosk.message_version)
    says = bool(body.message_fr or body.message_en)
    until = None if body.stays or not says else body.until or _end_of_day(call)
    if until is not None and until <= call.now:
        raise Refused(ProblemType.INVALID_REQUEST, "until: this is over already", ("over",))
    kiosk.message_fr, kiosk.message_en, kiosk.message_until = (
        body.message_fr,
        body.message_en,
        until,
    )
    kiosk.message_version += 1
    session.add(kiosk)
    detail = {"fr": body.message_fr, "en": body.message_en, "until": until}
    audit.record(session, call, "kiosk_message_put", f"kiosk:{kiosk.name}", detail)
    return message_of(kiosk, call.now)


def message_of(kiosk: Kiosk, now: datetime) -> KioskMessage:
    """Return what a kiosk's screen says; what is over says nothing any more."""
    over = kiosk.message_until is not None and kiosk.message_until <= now
    return KioskMessage(
        message_fr="" if over else kiosk.message_fr,
        message_en="" if over else kiosk.message_en,
        until=None if over else kiosk.message_until,
        version=kiosk.message_version,
    )


def _end_of_day(call: Call) -> datetime:
    """Return the midnight that ends the library's day."""
    zone = call.rules.zone
    return datetime.combine(call.rules.day(call.now) + timedelta(days=1), time.min, zone)


def _kiosk(session: Session, name: str) -> Kiosk:
    kiosk = session.get(Kiosk, name)
    if kiosk is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no kiosk {name!r}")
    return kiosk
