"""The notice that a copy is ready: one for each time that it is put on the reservation shelf."""

from sqlmodel import Session

from catalogue_api.domain.notices import NoticeKind
from catalogue_api.services.noticing import notify
from catalogue_api.storage.hold_notices import ready_key
from catalogue_api.storage.tables import Hold


def tell_ready(session: Session, hold: Hold) -> None:
    """Have the reader of a hold that is ready told so."""
    if hold.id is None or hold.ready_at is None or hold.patron_id is None:
        raise ValueError("only the hold of a reader can be ready")
    about = {"hold": str(hold.id), "ready_at": hold.ready_at.isoformat()}
    key = ready_key(hold.id, hold.ready_at)
    notify(session, NoticeKind.HOLD_READY, hold.patron_id, about, hold.ready_at, key=key)
