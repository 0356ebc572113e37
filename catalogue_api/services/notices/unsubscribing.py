"""Declining a kind of notice by the address in a mail: no sign-in, and nothing else opens to it."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.notices import Unsubscribe, Unsubscribed
from catalogue_api.domain.notices import DECLINABLE, NoticeKind, NoticeWay
from catalogue_api.services.call import Call
from catalogue_api.services.secrets.signing import opened, signed
from catalogue_api.storage import notices as sql
from catalogue_api.storage.tables import Patron

_PURPOSE = "unsubscribe"


def token_of(session: Session, patron: int, kind: NoticeKind) -> str:
    """Return the token that declines a kind of notice for a reader; it holds for good."""
    return signed(session, _PURPOSE, f"{patron}.{kind.value}")


def show(session: Session, call: Call, _body: object) -> Unsubscribed:
    """Tell what the token of the path declines; nothing is changed."""
    patron, kind = _read(session, call.path["unsubscription"])
    declined = sql.way_of(session.connection(), patron, kind.value) is NoticeWay.NOT_AT_ALL
    return Unsubscribed(kind=kind, declined=declined)


def unsubscribe(session: Session, call: Call, _body: Unsubscribe) -> Unsubscribed:
    """Decline what the token of the path says; once more changes nothing.

    A reader who is here no more gets no notices anyway: that is no error.
    """
    patron, kind = _read(session, call.path["unsubscription"])
    if session.get(Patron, patron) is not None:
        sql.choose(session.connection(), patron, kind, NoticeWay.NOT_AT_ALL)
    return Unsubscribed(kind=kind, declined=True)


def _read(session: Session, token: str) -> tuple[int, NoticeKind]:
    words = opened(session, _PURPOSE, token)
    number, _, named = (words or "").partition(".")
    try:
        kind = NoticeKind(named)
    except ValueError:
        kind = None
    if kind not in DECLINABLE:
        raise Refused(ProblemType.NOT_FOUND, "this address is not one of ours")
    return int(number), kind
