"""How readers want to be told things: by themselves, or at the desk for them."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.notices import ChooseNotices, KindChoice, NoticeChoices
from catalogue_api.domain.notices import CHOSEN, NoticeWay, ways_of
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.readers.patrons import found, locked
from catalogue_api.storage import notices as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Patron


def show_own(session: Session, call: Call, _body: Nothing) -> NoticeChoices:
    """Show how the reader who asks is told things."""
    return _told(session, session.get_one(Patron, call.the_caller().patron_id))


def show(session: Session, call: Call, _body: Nothing) -> NoticeChoices:
    """Show how the reader of the path is told things."""
    return _told(session, found(session, call))


def choose_own(session: Session, call: Call, body: ChooseNotices) -> NoticeChoices:
    """Take the choice of the reader who asks."""
    number = call.the_caller().patron_id
    locks.patron(session.connection(), number)
    return _choose(session, session.get_one(Patron, number, populate_existing=True), body)


def choose(session: Session, call: Call, body: ChooseNotices) -> NoticeChoices:
    """Take a choice for the reader of the path, who has told it to a librarian."""
    patron = locked(session, call)
    chosen = _choose(session, patron, body)
    audit.record(session, call, "notices_chosen", f"patron:{patron.id}")
    return chosen


def _choose(session: Session, patron: Patron, body: ChooseNotices) -> NoticeChoices:
    for said in body.ways:
        if said.way not in ways_of(said.kind):
            detail = f"ways: {said.kind.value} cannot be told {said.way.value}"
            raise Refused(ProblemType.INVALID_REQUEST, detail)
    ways = {said.kind: said.way for said in body.ways}
    for kind in CHOSEN:
        way = ways.get(kind, NoticeWay.EMAIL)
        sql.choose(session.connection(), patron.id or 0, kind, way)
    if patron.language != body.language:
        patron.language, patron.version = body.language, patron.version + 1
        session.add(patron)
        session.flush()
    return _told(session, patron)


def _told(session: Session, patron: Patron) -> NoticeChoices:
    chosen = sql.choices(session.connection(), patron.id or 0)
    return NoticeChoices(
        language=patron.language,
        email=patron.email,
        email_fails=bool(patron.email) and patron.failing_email == patron.email,
        kinds=tuple(
            KindChoice(kind=kind, way=chosen.get(kind, NoticeWay.EMAIL), ways=ways_of(kind))
            for kind in CHOSEN
        ),
    )
