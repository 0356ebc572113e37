"""Questions at the desk: seen, answered, handed on and closed; who asked is told."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.questions import (
    AnswerQuestion,
    FindQuestions,
    HandOn,
    QuestionRefusal,
    Questions,
    QuestionStatus,
)
from catalogue_api.contract.questions import Question as QuestionTold
from catalogue_api.domain.mailing import lines
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.noticing import notify, notify_address
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.portal.asking import refused, told
from catalogue_api.storage import questions as sql
from catalogue_api.storage.questions import Seen
from catalogue_api.storage.tables import Question, Staff


def find(session: Session, call: Call, body: FindQuestions) -> Questions:
    """List questions in a state; those that nobody confirmed are nobody's to see."""
    key = key_of(body.cursor, (0,))
    mine = call.the_caller().name if body.mine else None
    if body.status is QuestionStatus.UNCONFIRMED:
        return Questions(questions=(), open=sql.count_open(session))
    after = int(key[0]) if key else None
    rows = sql.in_state(session, body.status, mine, after, body.limit + 1)
    shown, following = page(rows, body.limit, lambda row: (row[0].id or 0,))
    return Questions(
        questions=tuple(_told(row) for row in shown),
        open=sql.count_open(session),
        next=following,
    )


def show(session: Session, call: Call, _body: Nothing) -> QuestionTold:
    """Show the question of the path."""
    seen = sql.one(session, number(call, "question"))
    if seen is None:
        raise no_such("question")
    return _told(seen)


def answer(session: Session, call: Call, body: AnswerQuestion) -> QuestionTold:
    """Answer an open question, and have whoever asked told."""
    question = _open(session, call)
    question.status, question.ended_at = QuestionStatus.ANSWERED.value, call.now
    question.answer, question.answered_by = lines(body.answer), call.the_caller().name
    _stored(session, call, question, "question_answered")
    about, key = {"question": str(question.id)}, f"question:{question.id}:answered"
    kind = NoticeKind.QUESTION_ANSWERED
    if question.patron_id is not None:
        notify(session, kind, question.patron_id, about, call.now, key=key)
    else:
        notify_address(session, kind, question.address, question.language, about, call.now, key=key)
    return show(session, call, Nothing())


def hand_on(session: Session, call: Call, body: HandOn) -> QuestionTold:
    """Hand an open question to a colleague, or back to whoever comes first."""
    question = _open(session, call)
    if body.to:
        colleague = session.get(Staff, body.to)
        if colleague is None or colleague.disabled_at is not None:
            raise refused(QuestionRefusal.NO_SUCH_COLLEAGUE)
    question.handed_to = body.to
    _stored(session, call, question, "question_handed_on")
    return show(session, call, Nothing())


def close(session: Session, call: Call, _body: Nothing) -> QuestionTold:
    """Close an open question; nobody is told."""
    question = _open(session, call)
    question.status, question.ended_at = QuestionStatus.CLOSED.value, call.now
    _stored(session, call, question, "question_closed")
    return show(session, call, Nothing())


def reopen(session: Session, call: Call, _body: Nothing) -> QuestionTold:
    """Take the closing back."""
    question = _locked(session, call)
    if question.status != QuestionStatus.CLOSED.value:
        raise refused(QuestionRefusal.NOT_OPEN)
    question.status, question.ended_at = QuestionStatus.OPEN.value, None
    _stored(session, call, question, "question_reopened")
    return show(session, call, Nothing())


def _open(session: Session, call: Call) -> Question:
    question = _locked(session, call)
    if question.status != QuestionStatus.OPEN.value:
        raise refused(QuestionRefusal.NOT_OPEN)
    return question


def _locked(session: Session, call: Call) -> Question:
    wanted = number(call, "question")
    question = session.get(Question, wanted, populate_existing=True, with_for_update=True)
    if question is None or question.status == QuestionStatus.UNCONFIRMED.value:
        raise no_such("question")
    call.require_version(question.version)
    return question


def _stored(session: Session, call: Call, question: Question, action: str) -> None:
    question.version += 1
    session.add(question)
    session.flush()
    audit.record(session, call, action, f"question:{question.id}")


def _told(seen: Seen) -> QuestionTold:
    question, patron, title = seen
    return QuestionTold(
        **told(question, title),
        patron=question.patron_id,
        reader=f"{patron.given_name} {patron.family_name}".strip() if patron else "",
        address=question.address,
        language=question.language,
        handed_to=question.handed_to,
        answered_by=question.answered_by,
        version=question.version,
    )
