"""`advance(session, event) -> (session, effects)`: the whole behaviour of a kiosk in one place."""

from dataclasses import replace
from typing import assert_never

from kiosk.session import accepting, questions, receipts, slot, staff
from kiosk.session import items as way
from kiosk.session.effects import Effects, LookAgain, ReadTag, StartTimer, StopTimer
from kiosk.session.events import (
    AidSwitched,
    BarcodeGiven,
    BinEmptied,
    BinEvent,
    BinsCounted,
    BinsFull,
    BinShown,
    CatalogueAway,
    CatalogueBack,
    Checked,
    Event,
    FaultAppeared,
    FaultCleared,
    LanguageChosen,
    MenuOver,
    NotPrinted,
    PaperEvent,
    PaperSeen,
    PartsChecked,
    PatronEvent,
    Pressed,
    Printed,
    QuestionOver,
    QuietOver,
    SortingChanged,
    SummaryOver,
    TagArrived,
    TagRead,
    TimeIsShort,
    Touched,
)
from kiosk.session.states import Fault, Idle, Session, Stopped, Summary, Visit
from kiosk.session.visit import Items, PhaseEvent, every, touch
from kiosk.tagging import StaffCard

Step = tuple[Session, Effects]


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
        case BinsFull() | SortingChanged():
            return _bins(session, event), ()
        case LanguageChosen() | AidSwitched() | Touched() | Pressed() | QuestionOver():
            return _at_the_screen(session, event)
        case Printed() | NotPrinted():
            return _at_the_end(session, event)
        case MenuOver() | BinsCounted() | BinShown() | BinEmptied() | PaperSeen() | Checked():
            return staff.happened(session, event)
        case TagRead(reading=StaffCard()):
            return _staff_card(session, event)
        case _:
            return _in_phase(session, event)


def _bins(session: Session, event: BinEvent) -> Session:
    """Know of the bins from now on; what is under way goes where it was told to."""
    if isinstance(event, BinsFull):
        return replace(session, full=event.bins)
    return replace(session, rules=replace(session.rules, sorting=event.sorting))


def _at_the_screen(session: Session, event: PatronEvent | QuestionOver) -> Step:
    match event:
        case LanguageChosen(language):
            return _at_ease(replace(session, language=language))
        case AidSwitched(aid):
            return _at_ease(replace(session, aids=session.aids ^ {aid}))
        case Touched():
            return _at_ease(session)
        case Pressed(button):
            return _pressed(session, event, button)
        case QuestionOver():
            step = questions.over(session, event)
            return _in_phase(session, step) if isinstance(step, PartsChecked) else step
        case _ as never:
            assert_never(never)


def _pressed(session: Session, event: Pressed, button: str) -> Step:
    """A button of the menu, of a question about an item, or of the end of a visit."""
    if (entry := staff.entry_of(session, button)) is not None:
        return _chosen(session, entry, event)
    if (answer := questions.answer_of(session, button)) is not None:
        return _in_phase(session, answer)
    return _at_the_end(session, event)


def _chosen(session: Session, entry: staff.Entry, event: Pressed) -> Step:
    """Staff have chosen an entry of their menu."""
    after, effects = staff.choose(session, entry)
    if entry.act is not staff.Act.ACCEPT or not isinstance(after.phase, Visit):
        return after, effects
    items, begun = every(after.phase.items, lambda laid: way.accept_incomplete(laid, after))
    let_go, let_in = slot.let_in(after, items, event)
    accepted, asked = questions.put_next(replace(after, phase=Visit(let_go)))
    return accepted, (*effects, *begun, *let_in, *asked)


def _staff_card(session: Session, event: TagRead) -> Step:
    """A staff card opens the menu; it is no item, and by itself it makes no visit."""
    opened, effects = staff.open_menu(session)
    if not isinstance(session.phase, Visit):
        return opened, effects
    items = tuple(laid for laid in session.phase.items if not laid.has(event.uid))
    if not items:
        return replace(opened, phase=Idle()), (StopTimer(), *effects)
    clock = _clock(session, session.phase.items, items, event)
    return replace(opened, phase=Visit(items)), (*effects, *clock)


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
        case TagArrived() | BarcodeGiven():
            return _visiting(session, (), event)
        case TimeIsShort() if isinstance(session.phase, Summary):
            return receipts.hurry(session, session.phase)
        case SummaryOver():
            return _summary_over(session)
        case _:
            return session, ()


def _summary_over(session: Session) -> Step:
    if isinstance(session.phase, Summary):
        goodbye = receipts.run_out(session, session.phase)
        if goodbye is not None:
            return goodbye
    return _for_the_next(replace(session, phase=Idle())), ()


def _at_the_end(session: Session, event: Pressed | PaperEvent) -> Step:
    if not isinstance(session.phase, Summary):
        return session, ()
    return receipts.happened(session, session.phase, event)


def _at_ease(session: Session) -> Step:
    """Somebody is at the screen: what they chose, read and are asked lasts for another while."""
    if isinstance(session.phase, Summary):
        return receipts.stay(session, session.phase)
    if isinstance(session.phase, Visit):
        return questions.stay(session)
    return session, (StartTimer(SummaryOver(), session.rules.summary),)


def _for_the_next(session: Session) -> Session:
    """Nothing that one patron chose is left for the next."""
    return replace(session, language=session.rules.language, aids=frozenset())


def _visiting(session: Session, items: Items, event: PhaseEvent) -> Step:
    if isinstance(event, QuietOver):
        # Whoever is asked something may have the item in their hands.
        return (session, ()) if questions.is_open(items) else receipts.end(session, items)
    touched, effects = touch(session, items, event)
    after, let_in = slot.let_in(session, touched, event)
    clock = _clock(session, items, after, event)
    visiting, asked = questions.put_next(replace(session, phase=Visit(after)))
    return visiting, (*effects, *let_in, *clock, *asked)


def _clock(session: Session, before: Items, after: Items, event: PhaseEvent) -> Effects:
    """The visit ends when the antenna has been empty for a while; anything laid stops that."""
    was_empty = not any(laid.present for laid in before)
    is_empty = not any(laid.present for laid in after)
    if is_empty and (not was_empty or isinstance(event, BarcodeGiven | PartsChecked)):
        return (StartTimer(QuietOver(), session.rules.quiet),)
    if was_empty and not is_empty:
        return (StopTimer(),)
    return ()


def _stopped(session: Session, items: Items, event: PhaseEvent) -> Step:
    """Out of service: what was promised goes its way, nothing new is taken."""
    match event:
        case SummaryOver():
            return _for_the_next(replace(session, phase=Stopped())), ()
        case TagArrived(uid) if Fault.READER not in session.faults:
            # It may be the card of somebody who can open the kiosk again.
            return session, (ReadTag(uid),)
        case TagArrived() | TagRead() | BarcodeGiven() | QuietOver() | TimeIsShort():
            return session, ()
        case _:
            touched, effects = touch(session, items, event)
            after, more = every(touched, way.stopped)
            return replace(session, phase=Stopped(after)), (*effects, *more)


def _catalogue_away(session: Session) -> Step:
    """Keep at once all that waits for an answer."""
    session = replace(session, online=False)
    if not isinstance(session.phase, Visit | Stopped):
        return session, ()
    after, effects = every(session.phase.items, lambda laid: accepting.not_answered(laid, session))
    return replace(session, phase=replace(session.phase, items=after)), effects


def _stop(session: Session) -> Step:
    """Go out of service. What is not yet recorded is given back; the rest goes its way."""
    if isinstance(session.phase, Stopped):
        return session, ()
    items = session.phase.items if isinstance(session.phase, Visit) else ()
    after, effects = every(items, way.stopped)
    timer = StartTimer(SummaryOver(), session.rules.summary) if items else StopTimer()
    return replace(session, phase=Stopped(after), question=None), (timer, *effects)


def _start(session: Session) -> Step:
    """Open again once nothing is broken; what lies on the antenna then arrives anew."""
    if session.faults or not isinstance(session.phase, Stopped):
        return session, ()
    return _for_the_next(replace(session, phase=Idle())), (LookAgain(),)
