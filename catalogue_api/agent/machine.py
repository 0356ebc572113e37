"""What the program of a computer does with each event: pure, with a clock that only goes forward.

The catalogue’s word and its clock decide. What is left of a session is computed from its end, the
catalogue’s time as it was heard, and a clock that no one can set: a jump of the computer’s own
changes nothing. While the catalogue is away, whoever sits there may stay until the end that is
known, and nobody else sits down.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, assert_never

from pydantic import ValidationError

from catalogue_api.agent.states import (
    Ask,
    Deed,
    Effect,
    Event,
    Extend,
    Face,
    Heard,
    Keep,
    Kept,
    Lock,
    Refused,
    SignIn,
    SignOut,
    State,
    Tick,
    Unlock,
    Unreachable,
    View,
    Warn,
)
from catalogue_api.contract import computer_agents as agents
from catalogue_api.contract.computer_agents import (
    OfSession,
    Pulse,
    SeatNow,
    SeatRefusal,
    SeatSession,
)
from catalogue_api.contract.computers import SeatState
from catalogue_api.contract.endpoint import Endpoint, Message, ProblemType
from catalogue_api.contract.slots import BookingEnd, SlotRefusal

_SOONEST, _LATEST = 2.0, 60.0
"""Seconds after which a catalogue that is away is asked again: later each time."""

Step: TypeAlias = tuple[State, tuple[Effect, ...]]

_FACES: Final = {
    SeatState.OUT_OF_ORDER: Face.OUT_OF_ORDER,
    SeatState.BLOCKED: Face.BLOCKED,
    SeatState.EXPECTED: Face.EXPECTED,
    SeatState.FREE: Face.FREE,
    SeatState.IN_USE: Face.FREE,  # nobody is any more, by the clock
}


def now_of(state: State, clock: float) -> datetime | None:
    """Return the catalogue’s time, None before it was heard."""
    if state.seat is None:
        return None
    return state.seat.now + timedelta(seconds=clock - state.heard_at)


def session_of(state: State, clock: float) -> SeatSession | None:
    """Return who sits here now: nobody whose time is up, or who has signed out."""
    now, session = now_of(state, clock), state.seat.session if state.seat else None
    if now is None or session is None or now >= session.usable_until:
        return None
    gone = state.kept.leaving and state.kept.session == session.session
    return None if gone else session


def view(state: State, clock: float) -> View:
    """Return what the screen shows."""
    session, now = session_of(state, clock), now_of(state, clock)
    face = _face(state, clock)
    if state.seat is None or now is None:
        return View(face, said=state.said, online=state.online)
    if session is None:
        return View(
            face, state.seat.name, None, state.seat.until, False, state.said, state.ended,
            online=state.online,
        )  # fmt: skip
    left = session.usable_until - now
    return View(
        face,
        state.seat.name,
        -int(-left.total_seconds() // 60),
        session.usable_until,
        session.may_extend and state.online,
        state.said or tuple(f"slot_refusal.{one.value}.patron" for one in session.against),
        None,
        session.language,
        state.online,
    )


def _face(state: State, clock: float) -> Face:
    if (session := session_of(state, clock)) is not None:
        return Face.LOCKED if session.locked or state.locked else Face.IN_USE
    if state.revoked:
        return Face.REVOKED
    if state.seat is None and not state.failures:
        return Face.STARTING
    if state.seat is None or not state.online:
        return Face.AWAY
    now = now_of(state, clock)
    if state.seat.open_until is None or (now is not None and now >= state.seat.open_until):
        return Face.CLOSED
    return _FACES[state.seat.state]


def advance(state: State, event: Event, clock: float) -> Step:
    """Return what becomes of the state, and what is to be done, in this order."""
    match event:
        case Tick():
            return _tick(state, clock)
        case Heard():
            return _heard(state, event, clock)
        case Refused():
            return _refused(state, event, clock)
        case Unreachable():
            return _unreachable(state, clock)
        case SignIn() | Lock() | Unlock() | Extend() | SignOut():
            return _done(replace(state, said=(), ended=None), event, clock)
        case _ as never:
            assert_never(never)


def _tick(state: State, clock: float) -> Step:
    over = _over(state, clock)
    if over is not None:
        return _leave(replace(state, ended=BookingEnd.TIME_OVER), over)
    state, warnings = _warned(state, clock)
    if state.open or clock < state.next_at:
        return state, warnings
    state, asked = _ask(state, agents.PULSE, _pulse(state))
    return state, (*warnings, *asked)


def _over(state: State, clock: float) -> SeatSession | None:
    """Return a session whose time has come and that nobody has ended yet."""
    session, now = state.seat.session if state.seat else None, now_of(state, clock)
    if session is None or now is None or now < session.usable_until:
        return None
    return None if state.kept == Kept(session.session, leaving=True) else session


def _warned(state: State, clock: float) -> Step:
    """Warn once at each mark; after a while away, only at the last that was passed."""
    session, now = session_of(state, clock), now_of(state, clock)
    if session is None or now is None or state.seat is None:
        return state, ()
    left = (session.usable_until - now).total_seconds() / 60
    due = {minutes for minutes in state.seat.warn_minutes if left <= minutes} - state.warned
    if not due:
        return state, ()
    return replace(state, warned=state.warned | due), (Warn(min(due)),)


def _heard(state: State, event: Heard, clock: float) -> Step:
    before, seat = session_of(state, clock), event.seat
    here = seat.session
    fresh = here is not None and (before is None or before.session != here.session)
    longer = before is not None and here is not None and here.ends_at > before.ends_at
    opened = event.to in {agents.SIGN_IN_HERE, agents.UNLOCK_HERE}
    leaving = state.kept.leaving and here is not None and here.session == state.kept.session
    state = replace(
        state,
        seat=seat,
        heard_at=clock,
        online=True,
        revoked=False,
        failures=0,
        open=max(state.open - 1, 0),
        next_at=clock + seat.ask_again_in,
        locked=state.locked and here is not None and not opened,
        warned=frozenset() if fresh or longer else state.warned,
        ended=None if here and not leaving else state.ended or seat.ended,
        said=() if fresh else state.said,
    )
    state, effects = _keep(state, Kept(here.session if here else None, leaving))
    if here is not None and leaving:
        state, asked = _ask(state, agents.END_SESSION_HERE, OfSession(session=here.session))
    elif here is not None and state.locked and not here.locked:
        state, asked = _ask(state, agents.LOCK_HERE, OfSession(session=here.session))
    else:
        return state, effects
    return state, (*effects, *asked)


def _refused(state: State, event: Refused, clock: float) -> Step:
    state = replace(state, open=max(state.open - 1, 0), online=True, failures=0)
    if event.type is ProblemType.NOT_AUTHENTICATED:
        return replace(state, revoked=True, next_at=clock + _LATEST), ()
    said = tuple(_text_of(reason) for reason in event.reasons)
    if not said:
        too_many = event.type is ProblemType.TOO_MANY_REQUESTS
        said = ("agent.too_many" if too_many else "agent.refused",)
    # What was refused may have been overtaken: hear at once how things stand.
    return replace(state, said=said, next_at=clock), ()


def _text_of(reason: str) -> str:
    """Return the key of a reason’s text; a reason that only a later catalogue knows has none."""
    if reason in {one.value for one in SeatRefusal}:
        return f"seat_refusal.{reason}.patron"
    known = reason in {one.value for one in SlotRefusal}
    return f"slot_refusal.{reason}.patron" if known else "agent.refused"


def _unreachable(state: State, clock: float) -> Step:
    pause = min(_LATEST, _SOONEST * 2 ** min(state.failures, 10))
    return (
        replace(
            state,
            online=False,
            failures=state.failures + 1,
            open=max(state.open - 1, 0),
            next_at=clock + pause,
        ),
        (),
    )


def _done(state: State, deed: Deed, clock: float) -> Step:
    session = session_of(state, clock)
    match deed:
        case SignIn(card, secret):
            if session is not None or not secret:
                return state, ()
            return _ask_typed(state, agents.SIGN_IN_HERE, {"card": card, "secret": secret})
        case Unlock(secret):
            if session is None or not secret:
                return state, ()
            typed = {"session": session.session, "secret": secret}
            return _ask_typed(state, agents.UNLOCK_HERE, typed)
        case Lock():
            if session is None:
                return state, ()
            body_of = OfSession(session=session.session)
            return _ask(replace(state, locked=True), agents.LOCK_HERE, body_of)
        case Extend():
            if session is None or _face(state, clock) is not Face.IN_USE:
                return state, ()
            longer = agents.Extend(session=session.session, until=session.ends_at)
            return _ask(state, agents.EXTEND_HERE, longer)
        case SignOut():
            return _sign_out(state, session)
        case _ as never:
            assert_never(never)


def _sign_out(state: State, session: SeatSession | None) -> Step:
    if session is None:
        return state, ()
    return _leave(replace(state, ended=BookingEnd.SIGNED_OUT), session)


def _leave(state: State, session: SeatSession) -> Step:
    """Close the screen at once; the catalogue is told until it knows."""
    state = replace(state, locked=False)
    state, kept = _keep(state, Kept(session.session, leaving=True))
    state, asked = _ask(state, agents.END_SESSION_HERE, OfSession(session=session.session))
    return state, (*kept, *asked)


def _pulse(state: State) -> Pulse:
    return Pulse(program=state.program, boot=state.boot, session=state.kept.session)


def _ask(state: State, endpoint: Endpoint[Any, SeatNow], body: Message) -> Step:
    return replace(state, open=state.open + 1), (Ask(endpoint, body),)


def _ask_typed(state: State, endpoint: Endpoint[Any, SeatNow], typed: dict[str, object]) -> Step:
    """Ask with what somebody typed; what no card and no PIN can be is wrong without asking."""
    try:
        body = endpoint.request.model_validate(typed)
    except ValidationError:
        return replace(state, said=(_text_of(SeatRefusal.WRONG_CARD_OR_PIN.value),)), ()
    return _ask(state, endpoint, body)


def _keep(state: State, kept: Kept) -> Step:
    if kept == state.kept:
        return state, ()
    return replace(state, kept=kept), (Keep(kept),)
