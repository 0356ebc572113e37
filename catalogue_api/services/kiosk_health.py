"""How the kiosks are: keep what each tells of itself, and tell it what its screen is to say."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.kiosks import KioskHealth, KioskMessage, KioskNews
from catalogue_api.services.call import Call
from catalogue_api.storage.tables import Kiosk


def heartbeat(session: Session, call: Call, body: KioskHealth) -> KioskNews:
    """Keep the last report of a kiosk in place of the one before; answer with the news."""
    kiosk = _kiosk(session, call.the_caller().name)
    kiosk.health, kiosk.seen_at = body.model_dump_json(), call.now
    session.add(kiosk)
    calendar = call.rules.calendar(kiosk.site)
    # Without weekly hours a site counts as open at all times: nothing to tell anybody.
    opening = calendar.next_opening(call.now) if calendar.week is not None else None
    return KioskNews(
        now=call.now,
        message_fr=kiosk.message_fr,
        message_en=kiosk.message_en,
        open_now=opening.open_now if opening else None,
        opens_at=opening.opens_at if opening else None,
    )


def put_message(session: Session, call: Call, body: KioskMessage) -> KioskMessage:
    """Keep what a kiosk's screen is to say; the kiosk hears it with its next heartbeat."""
    kiosk = _kiosk(session, call.path["kiosk"])
    kiosk.message_fr, kiosk.message_en = body.message_fr, body.message_en
    session.add(kiosk)
    return body


def _kiosk(session: Session, name: str) -> Kiosk:
    kiosk = session.get(Kiosk, name)
    if kiosk is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no kiosk {name!r}")
    return kiosk
