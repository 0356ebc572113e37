"""Questions as they are asked: by readers, and by anybody whose address is confirmed first."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.questions import (
    AskAsAnybody,
    AskedByAnybody,
    AskQuestion,
    MyQuestion,
    MyQuestions,
    QuestionConfirmed,
    QuestionRefusal,
    QuestionStatus,
)
from catalogue_api.domain.mailing import lines, mailbox
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.questions import (
    CONFIRM_WITHIN,
    MOST_OPEN_QUESTIONS,
    MOST_UNCONFIRMED,
    MOST_UNCONFIRMED_OF_ADDRESS,
)
from catalogue_api.domain.throttling import FREE_TRIES_OF_AN_ADDRESS
from catalogue_api.services.call import Call
from catalogue_api.services.noticing import notify_address
from catalogue_api.services.secrets import throttle
from catalogue_api.services.secrets.signing import opened, signed
from catalogue_api.storage import questions as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Patron, Question, Title

_PURPOSE = "question"
_WHY = {
    QuestionRefusal.TOO_MANY_OPEN: "too many of yours wait: these are answered first",
    QuestionRefusal.NOT_OPEN: "it was answered or closed already",
    QuestionRefusal.NO_SUCH_COLLEAGUE: "there is no such member of staff",
    QuestionRefusal.NO_ADDRESS: "this is not an address of e-mail",
    QuestionRefusal.SUGGESTED_ALREADY: "you suggested this already",
}


def refused(reason: QuestionRefusal) -> Refused:
    """Return the problem of a refusal."""
    return Refused(ProblemType.REFUSED_BY_RULE, _WHY[reason], (reason.value,))


def ask(session: Session, call: Call, body: AskQuestion) -> MyQuestion:
    """Take a question of the reader who asks, unless too many of theirs wait already."""
    patron = call.the_caller().patron_id
    locks.patron(session.connection(), patron)
    if sql.count_open(session, patron) >= MOST_OPEN_QUESTIONS:
        raise refused(QuestionRefusal.TOO_MANY_OPEN)
    title = _title(session, body.title)
    question = Question(
        asked_as=f"patron:{patron}:{call.new_token()[:32]}",
        patron_id=patron,
        language=session.get_one(Patron, patron).language,
        title_id=title.id if title else None,
        text=lines(body.text),
        asked_at=call.now,
        status=QuestionStatus.OPEN.value,
    )
    session.add(question)
    session.flush()
    return MyQuestion(**told(question, title))


def list_own(session: Session, call: Call, _body: Nothing) -> MyQuestions:
    """List the questions of the reader who asks."""
    return MyQuestions(questions=of_patron(session, call.the_caller().patron_id))


def of_patron(session: Session, patron: int) -> tuple[MyQuestion, ...]:
    """Return the questions of a reader, newest first."""
    rows = sql.of_patron(session, patron)
    return tuple(MyQuestion(**told(row, title)) for row, _, title in rows)


def ask_as_anybody(session: Session, call: Call, body: AskAsAnybody) -> AskedByAnybody:
    """Keep a question until its address is confirmed, and write to that address.

    A flood stops at the caller's address, and at the address given: it gets a few mails a day,
    whoever types it; what comes beyond that is dropped without a word.
    """
    address = mailbox(body.email)
    if not address:
        raise refused(QuestionRefusal.NO_ADDRESS)
    asked = AskedByAnybody(hours=int(CONFIRM_WITHIN / timedelta(hours=1)))
    asked_as = f"anybody:{body.request}"
    if session.exec(select(Question.id).where(Question.asked_as == asked_as)).first() is not None:
        return asked
    _stop_a_flood(session, call)
    since = call.now - CONFIRM_WITHIN
    if sql.count_unconfirmed(session, since, address) >= MOST_UNCONFIRMED_OF_ADDRESS:
        return asked
    title = _title(session, body.title)
    question = Question(
        asked_as=asked_as,
        address=address,
        language=body.language,
        title_id=title.id if title else None,
        text=lines(body.text),
        asked_at=call.now,
        status=QuestionStatus.UNCONFIRMED.value,
    )
    session.add(question)
    session.flush()
    _ask_to_confirm(session, question, call.now)
    return asked


def _stop_a_flood(session: Session, call: Call) -> None:
    """Refuse if the caller's address, or all the world, has asked too much of late."""
    throttle.count_try(
        session, {f"questions-from:{call.address}": FREE_TRIES_OF_AN_ADDRESS}, call.now
    )
    if sql.count_unconfirmed(session, call.now - CONFIRM_WITHIN) >= MOST_UNCONFIRMED:
        detail = "too many questions wait to be confirmed: try again tomorrow"
        raise Refused(ProblemType.TOO_MANY_REQUESTS, detail, retry_after=3600)


def _ask_to_confirm(session: Session, question: Question, now: datetime) -> None:
    """Write to the address of a question."""
    notify_address(
        session,
        NoticeKind.QUESTION_CONFIRM,
        question.address,
        question.language,
        {"token": signed(session, _PURPOSE, str(question.id))},
        now,
        key=f"question:{question.id}:confirm",
    )


def show_unconfirmed(session: Session, call: Call, _body: Nothing) -> QuestionConfirmed:
    """Show the question that the address in the path confirms."""
    question = _of_token(session, call)
    return QuestionConfirmed(text=question.text, confirmed=_is_confirmed(question))


def confirm(session: Session, call: Call, _body: Nothing) -> QuestionConfirmed:
    """Let librarians see it; once more changes nothing."""
    question = _of_token(session, call, lock=True)
    if not _is_confirmed(question):
        question.status = QuestionStatus.OPEN.value
        question.version += 1
        session.add(question)
    return QuestionConfirmed(text=question.text, confirmed=True)


def told(question: Question, title: Title | None) -> dict[str, Any]:
    """Return the fields of a question as whoever asked may see them."""
    full_title = ""
    if title is not None:
        full_title = f"{title.title}, {title.volume}" if title.volume else title.title
    return {
        "question": question.id or 0,
        "title": question.title_id,
        "full_title": full_title,
        "text": question.text,
        "asked_at": question.asked_at,
        "status": QuestionStatus(question.status),
        "answer": question.answer,
        "ended_at": question.ended_at,
    }


def _of_token(session: Session, call: Call, *, lock: bool = False) -> Question:
    number = opened(session, _PURPOSE, call.path["confirmation"])
    question = None
    if number is not None:
        question = session.get(Question, int(number), with_for_update=lock)
    over = call.now - CONFIRM_WITHIN
    if question is None or (not _is_confirmed(question) and question.asked_at < over):
        raise Refused(ProblemType.NOT_FOUND, "this question is not there any more: ask again")
    return question


def _is_confirmed(question: Question) -> bool:
    return question.status != QuestionStatus.UNCONFIRMED.value


def _title(session: Session, number: int | None) -> Title | None:
    if number is None:
        return None
    title = session.get(Title, number)
    if title is None:
        raise Refused(ProblemType.INVALID_REQUEST, "title: there is no such title")
    return title
