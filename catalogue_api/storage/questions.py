"""Questions and suggestions with whom they are from and what they are about."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from catalogue_api.domain.collection import NumberKind
from catalogue_api.domain.questions import QuestionStatus
from catalogue_api.storage.tables import Patron, Question, Suggestion, Title, TitleNumber

Seen = tuple[Question, Patron | None, Title | None]
"""A question, its reader if it has one, and the title that it is about, if any."""
SuggestionSeen = tuple[Suggestion, Patron | None]


def of_patron(session: Session, patron: int) -> Sequence[Seen]:
    """Return the questions of a reader, newest first."""
    query = _seen().where(Question.patron_id == patron).order_by(col(Question.id).desc())
    return session.exec(query).all()


def one(session: Session, number: int) -> Seen | None:
    """Return a question that librarians may see."""
    unconfirmed = QuestionStatus.UNCONFIRMED.value
    return session.exec(
        _seen().where(Question.id == number, Question.status != unconfirmed)
    ).first()


def in_state(
    session: Session, status: QuestionStatus, handed_to: str | None, after: int | None, limit: int
) -> Sequence[Seen]:
    """Return questions in a state behind a number: open ones oldest first, others newest first."""
    query = _seen().where(Question.status == status.value)
    if handed_to is not None:
        query = query.where(Question.handed_to == handed_to)
    number, is_open = col(Question.id), status is QuestionStatus.OPEN
    if after is not None:
        query = query.where(number > after if is_open else number < after)
    return session.exec(query.order_by(number if is_open else number.desc()).limit(limit)).all()


def count_open(session: Session, patron: int | None = None) -> int:
    """Count the open questions, of a reader or of all."""
    query = select(func.count()).where(Question.status == QuestionStatus.OPEN.value)
    if patron is not None:
        query = query.where(Question.patron_id == patron)
    return session.exec(query).one()


def count_unconfirmed(session: Session, since: datetime, address: str = "") -> int:
    """Count the questions whose address was given since an instant and may not be confirmed yet.

    Of one address also those that were confirmed: it got a mail for each.
    """
    query = select(func.count()).where(col(Question.asked_at) >= since, col(Question.address) != "")
    if address:
        query = query.where(func.lower(col(Question.address)) == address.lower())
    else:
        query = query.where(Question.status == QuestionStatus.UNCONFIRMED.value)
    return session.exec(query).one()


def suggestions_of(session: Session, patron: int) -> Sequence[Suggestion]:
    """Return the suggestions of a reader, newest first."""
    query = select(Suggestion).where(Suggestion.patron_id == patron)
    return session.exec(query.order_by(col(Suggestion.id).desc())).all()


def suggestions(
    session: Session, *, decided: bool, after: int | None, limit: int
) -> Sequence[SuggestionSeen]:
    """Return suggestions behind a number: undecided ones oldest first, others newest first."""
    number, decision = col(Suggestion.id), col(Suggestion.decision)
    query = (
        select(Suggestion, Patron)
        .outerjoin(Patron, col(Patron.id) == col(Suggestion.patron_id))
        .where(decision != "" if decided else decision == "")
    )
    if after is not None:
        query = query.where(number < after if decided else number > after)
    return session.exec(query.order_by(number.desc() if decided else number).limit(limit)).all()


def count_undecided(session: Session, patron: int | None = None) -> int:
    """Count the suggestions that are to be decided, of a reader or of all."""
    query = select(func.count()).where(Suggestion.decision == "")
    if patron is not None:
        query = query.where(Suggestion.patron_id == patron)
    return session.exec(query).one()


def count_alike(session: Session, isbn: str, but: int) -> int:
    """Count the other suggestions of the same ISBN."""
    query = select(func.count()).where(Suggestion.isbn == isbn, Suggestion.id != but)
    return session.exec(query).one() if isbn else 0


def title_of_isbn(session: Session, isbn: str) -> int | None:
    """Return the number of a title that has an ISBN."""
    if not isbn:
        return None
    query = select(TitleNumber.title_id).where(
        TitleNumber.kind == NumberKind.ISBN.value, TitleNumber.number == isbn
    )
    return session.exec(query).first()


def _seen() -> Select[Question, Patron, Title]:
    return (
        select(Question, Patron, Title)
        .outerjoin(Patron, col(Patron.id) == col(Question.patron_id))
        .outerjoin(Title, col(Title.id) == col(Question.title_id))
    )
