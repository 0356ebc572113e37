"""`advance(session, event) -> (session, effects)`: the whole behaviour of a kiosk in one place."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never
from uuid import UUID

from drivers.interface import Uid
from kiosk.session import items as way
from kiosk.session.effects import Effects, ReadTag, StartTimer, StopTimer
from kiosk.session.events import (
    Answered,
    AnswerLate,
    CatalogueAway,
    CatalogueBack,
    ClockEvent,
    Event,
    FaultAppeared,
    FaultCleared,
    LanguageChosen,
    NotRecorded,
    NotSecured,
    QuietOver,
    Recorded,
    ReturnEvent,
    Secured,
    SummaryOver,
    TagArrived,
    TagEvent,
    TagLeft,
    TagRead,
)
from kiosk.session.states import Idle, Laid, Language, Session, Stage, Stopped, Summary, Visit
from kiosk.tagging import OurItem

Step = tuple[Session, Effects]
Items = tuple[Laid, ...]
PhaseEvent = TagEvent | ReturnEvent | ClockEvent


def advance(session: Session, event: Event) -> Step:
    """Take one event; return the session after it and what must now happen outside."""
    match event:
        case CatalogueAway():
            return _catalogue_away(session)
        case CatalogueBack():
            return replace(session, online=True), ()
        case FaultAppeared(fault):
            return _stop(replace(session, faults=session.faults | {fault}))
        case FaultCleared(fault):
            return _start(replace(session, faults=session.faults - {fault}))
        case LanguageChosen(language):
            return _language_chosen(replace(session, language=language))
        case _:
            return _in_phase(session, event)


def _in_phase(session: Session, event: PhaseEvent) -> Step:
    match session.phase:
        case Idle() | Summary():
            return _between_visits(session, event)
        case Visit(items):
            return _visiting(session, items, event)
        case Stopped(items):
            return _stopped(session, items, event)
        case _ as never:
            assert_never(never)


def _between_visits(session: Session, event: PhaseEvent) -> Step:
    """Nobody there, or the last visit still on view: an arrival begins a new visit.

    What comes late for an earlier visit is already in the journal and changes no screen.
    """
    match event:
        case TagArrived():
            return _visiting(session, (), event)
        case SummaryOver():
            return replace(session, phase=Idle(), language=Language.FRENCH), ()
        case _:
            return session, ()


def _language_chosen(session: Session) -> Step:
    """A language lasts for a visit; if nobody lays anything down, for as long as a summary."""
    if not isinstance(session.phase, Idle):
        return session, ()
    return session, (StartTimer(SummaryOver(), session.rules.summary),)


def _visiting(session: Session, items: Items, event: PhaseEvent) -> Step:
    if isinstance(event, QuietOver):
        shown = Summary(items)
        return replace(session, phase=shown), (StartTimer(SummaryOver(), session.rules.summary),)
    after, effects = _touch(session, items, event)
    return replace(session, phase=Visit(after)), (*effects, *_clock(session, items, after))


def _clock(session: Session, before: Items, after: Items) -> Effects:
    """The visit ends when the antenna has been empty for a while; anything laid stops that."""
    was_empty = not any(laid.present for laid in before)
    is_empty = not any(laid.present for laid in after)
    if is_empty and not was_empty:
        return (StartTimer(QuietOver(), session.rules.quiet),)
    if was_empty and not is_empty:
        return (StopTimer(),)
    return ()


def _stopped(session: Session, items: Items, event: PhaseEvent) -> Step:
    """Out of service: what was promised goes its way, nothing new is taken."""
    match event:
        case SummaryOver():
            return replace(session, phase=Stopped(), language=Language.FRENCH), ()
        case TagArrived() | TagRead() | QuietOver():
            return session, ()
        case _:
            after, effects = _touch(session, items, event)
            return replace(session, phase=Stopped(after)), effects


def _touch(session: Session, items: Items, event: PhaseEvent) -> tuple[Items, Effects]:
    """Hand the event to the items it is about; the others stay as they are."""
    match event:
        case TagArrived(uid):
            if any(laid.uid == uid for laid in items):
                return _each(items, uid, way.arrived)
            return (*items, Laid(uid)), (ReadTag(uid),)
        case TagLeft(uid):
            return _each(items, uid, way.left)
        case TagRead(uid):
            return _each(items, uid, lambda laid: _read(session, items, laid, event))
        case Secured(uid) | NotSecured(uid):
            return _each(items, uid, lambda laid: way.secured(laid, event))
        case Recorded(return_id) | NotRecorded(return_id) | Answered(return_id):
            return _each(items, return_id, lambda laid: _return_step(session, laid, event))
        case AnswerLate(return_id):
            return _each(items, return_id, lambda laid: _return_step(session, laid, event))
        case QuietOver() | SummaryOver():
            return items, ()
        case _ as never:
            assert_never(never)


def _read(session: Session, items: Items, laid: Laid, event: TagRead) -> way.ItemStep:
    if laid.stage is not Stage.READING:
        return laid, ()
    if isinstance(event.reading, OurItem) and _has_barcode(items, event.reading.barcode):
        return way.already_here(laid)
    return way.read(laid, event, session.rules)


def _has_barcode(items: Items, barcode: str) -> bool:
    return any(laid.item is not None and laid.item.barcode == barcode for laid in items)


def _return_step(session: Session, laid: Laid, event: ReturnEvent) -> way.ItemStep:
    match event:
        case Recorded():
            return way.recorded(laid, session.rules, online=session.online)
        case NotRecorded():
            return way.not_recorded(laid)
        case Answered(answer=answer):
            return way.answered(laid, answer, session.rules)
        case AnswerLate():
            return way.not_answered(laid, session.rules)
        case _ as never:
            assert_never(never)


def _each(
    items: Items, key: Uid | UUID, step: Callable[[Laid], way.ItemStep]
) -> tuple[Items, Effects]:
    steps = [step(laid) if key in {laid.uid, laid.return_id} else (laid, ()) for laid in items]
    return tuple(laid for laid, _ in steps), tuple(it for _, effects in steps for it in effects)


def _catalogue_away(session: Session) -> Step:
    """Keep at once all that waits for an answer."""
    session = replace(session, online=False)
    if not isinstance(session.phase, Visit | Stopped):
        return session, ()
    steps = [way.not_answered(laid, session.rules) for laid in session.phase.items]
    after = replace(session.phase, items=tuple(laid for laid, _ in steps))
    return replace(session, phase=after), tuple(it for _, effects in steps for it in effects)


def _stop(session: Session) -> Step:
    """Go out of service. What is not yet recorded is given back; the rest goes its way."""
    if isinstance(session.phase, Stopped):
        return session, ()
    items = session.phase.items if isinstance(session.phase, Visit) else ()
    steps = [
        way.not_recorded(laid) if laid.stage is Stage.READING else (laid, ()) for laid in items
    ]
    stopped = Stopped(tuple(laid for laid, _ in steps))
    effects = tuple(it for _, effects in steps for it in effects)
    timer = StartTimer(SummaryOver(), session.rules.summary) if items else StopTimer()
    return replace(session, phase=stopped), (timer, *effects)


def _start(session: Session) -> Step:
    """Open again once nothing is broken; what lies on the antenna then arrives anew."""
    if session.faults or not isinstance(session.phase, Stopped):
        return session, ()
    return replace(session, phase=Idle(), language=Language.FRENCH), ()
