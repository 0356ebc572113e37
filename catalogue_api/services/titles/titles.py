"""Titles as librarians describe them: made, corrected and deleted at the desk.

What they correct stays until the record that the title came from changes and is imported again;
until then it goes into the record that is exported.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, func, select

from catalogue_api.contract.collection import CollectionRefusal, Gone, TitleData, TitleInfo
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.collection import LOCAL_SOURCE, NumberKind
from catalogue_api.domain.isbn import Number, number_of
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.secrets.tokens import new_token
from catalogue_api.storage import deleting
from catalogue_api.storage.engine import locks
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.tables import Item, Title, TitleNumber

_LINES = ("contributors", "other_titles", "subjects", "series")


def create_title(session: Session, call: Call, body: TitleData) -> TitleInfo:
    """Describe a title that no record was imported for."""
    title = Title(
        source=LOCAL_SOURCE,
        control_number=f"desk-{new_token()[:20]}",
        title=body.title,
        created_at=call.now,
    )
    _describe(session, title, call, body)
    audit.record(session, call, "title_created", f"title:{title.id}")
    return _told(session, title)


def show_title(session: Session, call: Call, _body: Nothing) -> TitleInfo:
    """Show a title with its version, so that it can be edited."""
    return _told(session, _found(session, call))


def update_title(session: Session, call: Call, body: TitleData) -> TitleInfo:
    """Describe a title anew, as a whole."""
    title = _locked(session, call)
    call.require_version(title.version)
    title.version += 1
    before = _told(session, title)
    _describe(session, title, call, body)
    _note_corrected(title, before, _told(session, title))
    title_changed(session.connection(), title.id or 0)
    audit.record(session, call, "title_changed", f"title:{title.id}")
    return _told(session, title)


def delete_title(session: Session, call: Call, _body: Nothing) -> Gone:
    """Delete a title without copies, that nobody waits or waited for."""
    title = _locked(session, call)
    call.require_version(title.version)
    title_id = title.id or 0
    session.expunge(title)
    connection = session.connection()
    copies = session.exec(select(func.count()).where(col(Item.title_id) == title_id)).one()
    if why := deleting.delete_title(connection, title_id):
        reason = CollectionRefusal.HAS_COPIES if copies else CollectionRefusal.IN_USE
        raise Refused(ProblemType.REFUSED_BY_RULE, why, (reason.value,))
    audit.record(session, call, "title_deleted", f"title:{title_id}")
    return Gone(deleted=str(title_id))


def as_stored(body: TitleData) -> TitleData:
    """Return a description as it reads once it is stored: nothing twice, numbers in one spelling.

    What is no number of the trade stays as it is.
    """
    lines = {name: tuple(dict.fromkeys(getattr(body, name))) for name in _LINES}
    numbers = {found[1] if (found := number_of(said)) else said for said in body.numbers}
    return body.model_copy(update={**lines, "numbers": tuple(sorted(numbers))})


def _found(session: Session, call: Call) -> Title:
    title = session.get(Title, number(call, "title"))
    if title is None:
        raise no_such("title")
    return title


def _locked(session: Session, call: Call) -> Title:
    locks.title(session.connection(), number(call, "title"))
    return _found(session, call)


def _describe(session: Session, title: Title, call: Call, body: TitleData) -> None:
    numbers = [_number(said) for said in body.numbers]
    values = body.model_dump(exclude={"numbers", *_LINES}, mode="json")
    values |= {name: "\n".join(dict.fromkeys(getattr(body, name))) for name in _LINES}
    for name, value in values.items():
        setattr(title, name, value)
    title.isbn = next((said for kind, said in numbers if kind is NumberKind.ISBN), "")
    title.updated_at = call.now
    session.add(title)
    session.flush()
    session.exec(delete(TitleNumber).where(col(TitleNumber.title_id) == title.id))
    session.add_all(
        TitleNumber(title_id=title.id or 0, number=said, kind=kind.value)
        for kind, said in dict.fromkeys(numbers)
    )
    session.flush()


def _note_corrected(title: Title, before: TitleInfo, after: TitleInfo) -> None:
    """Note by name what is said otherwise than before: the record of the title will say it too."""
    names = TitleData.model_fields
    changed = {name for name in names if getattr(before, name) != getattr(after, name)}
    title.corrected = " ".join(sorted(changed | set(title.corrected.split())))


def _number(said: str) -> Number:
    """Return a number of the trade in its one spelling; refuse what is none."""
    found = number_of(said)
    if found is None:
        raise Refused(ProblemType.INVALID_REQUEST, f"numbers: {said!r} is no ISBN, ISSN or EAN")
    return found


def _told(session: Session, title: Title) -> TitleInfo:
    numbers: Sequence[str] = session.exec(
        select(TitleNumber.number)
        .where(col(TitleNumber.title_id) == title.id)
        .order_by(col(TitleNumber.number))
    ).all()
    items = session.exec(select(func.count()).where(col(Item.title_id) == title.id)).one()
    lines = {name: tuple(filter(None, getattr(title, name).split("\n"))) for name in _LINES}
    stored = title.model_dump(exclude={"id", "isbn", "corrected", *_LINES})
    counted = {"title_id": title.id, "numbers": numbers, "items": items}
    return TitleInfo.model_validate(stored | lines | counted)
