"""Asking patrons whether all parts of an item are there: one question at a time, never for ever.

A question holds up its own item alone. It stands for `Rules.question`, is then warned of for
`Rules.warning`, and any touch prolongs it. The item may be lifted meanwhile: whoever is to look
into a case takes it into their hands.
"""

from collections.abc import Iterable
from dataclasses import replace

from catalogue_api.contract.returns import PartsCheck
from kiosk.session.effects import Effects, Later, Play, Sound
from kiosk.session.events import PartsChecked, QuestionOver
from kiosk.session.sets import is_at_hand
from kiosk.session.states import Laid, Question, Session, Stage, Visit

YES, NO = "parts.yes", "parts.no"
"""The answers; the key of a button names its return too: no answer is taken for another item."""

Step = tuple[Session, Effects]

_TO_BE_ASKED = {Stage.UNCHECKED, Stage.CHECKING}


def key(answer: str, laid: Laid) -> str:
    """Return what the session hears when an answer about an item is pressed.

    It names the return also after a restart of the program, and not in full.
    """
    return f"{answer}:{laid.return_id.hex[-8:] if laid.return_id else ''}"


def asked(session: Session) -> Laid | None:
    """Return the item that is being asked about."""
    phase = session.phase
    items = phase.items if isinstance(phase, Visit) else ()
    return next((laid for laid in items if laid.stage is Stage.CHECKING), None)


def is_open(items: Iterable[Laid]) -> bool:
    """Say whether anything is asked, or will be: until then no visit ends."""
    return any(laid.stage in _TO_BE_ASKED for laid in items)


def put_next(session: Session) -> Step:
    """Put the next question once there is no other; forget one that asks no more."""
    if asked(session) is not None:
        return session, ()
    session, phase = replace(session, question=None), session.phase
    items = phase.items if isinstance(phase, Visit) else ()
    waiting = (laid for laid in items if laid.stage is Stage.UNCHECKED and is_at_hand(laid))
    following = next(waiting, None)
    if following is None:
        return session, ()
    being_asked = replace(following, stage=Stage.CHECKING)
    after = tuple(being_asked if laid is following else laid for laid in items)
    session, effects = _stand(replace(session, phase=Visit(after)), session.rules.question)
    return session, (Play(Sound.ASK), *effects)


def stay(session: Session) -> Step:
    """Somebody is there: the question stands for another while."""
    return _stand(session, session.rules.question) if session.question else (session, ())


def answer_of(session: Session, button: str) -> PartsChecked | None:
    """Return what was answered, if a button of the question was pressed."""
    laid = asked(session)
    if laid is None or laid.return_id is None:
        return None
    answers = {key(YES, laid): PartsCheck.COMPLETE, key(NO, laid): PartsCheck.INCOMPLETE}
    return PartsChecked(laid.return_id, answers[button]) if button in answers else None


def over(session: Session, event: QuestionOver) -> Step | PartsChecked:
    """Warn that the question will not stand for ever; after that, nobody has answered."""
    question, laid = session.question, asked(session)
    if question is None or event.turn != question.turn or laid is None or laid.return_id is None:
        return session, ()
    if question.warned:
        return PartsChecked(laid.return_id, PartsCheck.NO_ANSWER)
    return _stand(session, session.rules.warning, warned=True)


def _stand(session: Session, seconds: float, *, warned: bool = False) -> Step:
    turn = session.question_turn + 1
    standing = replace(session, question=Question(turn, warned), question_turn=turn)
    return standing, (Later(QuestionOver(turn), seconds),)
