"""What one event makes of all that lies there: each item goes its own way, sets go together."""

from collections.abc import Callable
from typing import assert_never
from uuid import UUID

from drivers.interface import Uid
from kiosk.outcomes import KioskOutcome
from kiosk.session import accepting, sets
from kiosk.session import items as way
from kiosk.session.effects import Effects, ReadTag
from kiosk.session.events import (
    Answered,
    AnswerLate,
    BarcodeGiven,
    ClockEvent,
    HandEvent,
    NotRecorded,
    NotSecured,
    NotSorted,
    PartsChecked,
    PartsOverdue,
    QuietOver,
    Recorded,
    ReturnEvent,
    Secured,
    Sorted,
    SummaryOver,
    TagArrived,
    TagEvent,
    TagLeft,
    TagRead,
    TimeIsShort,
)
from kiosk.session.states import NO_TAG, Laid, Session, Shape, Stage, TypedBarcodes
from kiosk.session.verdicts import ItemStep
from kiosk.tagging import OurItem

Items = tuple[Laid, ...]
PhaseEvent = TagEvent | ReturnEvent | HandEvent | ClockEvent


def touch(session: Session, items: Items, event: PhaseEvent) -> tuple[Items, Effects]:
    """Hand the event to the items it is about; the others stay as they are."""
    match event:
        case TagArrived(uid):
            if any(laid.has(uid) for laid in items):
                return _each(items, uid, lambda laid: way.arrived(laid, uid, session))
            return (*items, Laid(uid)), (ReadTag(uid),)
        case TagLeft(uid):
            return _each(items, uid, lambda laid: way.left(laid, uid))
        case TagRead(uid):
            return _read(session, items, event)
        case BarcodeGiven():
            return _barcode_given(session, items, event)
        case Secured(uid) | NotSecured(uid):
            return _each(items, uid, lambda laid: accepting.secured(laid, event, session))
        case (
            Recorded(return_id)
            | NotRecorded(return_id)
            | Answered(return_id)
            | AnswerLate(return_id)
            | Sorted(return_id)
            | NotSorted(return_id)
            | PartsOverdue(return_id)
            | PartsChecked(return_id)
        ):
            return _each(items, return_id, lambda laid: _return_step(session, laid, event))
        case QuietOver() | SummaryOver() | TimeIsShort():
            return items, ()
        case _ as never:
            assert_never(never)


def _read(session: Session, items: Items, event: TagRead) -> tuple[Items, Effects]:
    """A part joins its set; any other tag of a barcode that is here already is no second return."""
    laid = next((one for one in items if one.has(event.uid)), None)
    if laid is None or laid.stage is not Stage.READING:
        return items, ()
    item = event.reading
    if not isinstance(item, OurItem):
        return _each(items, event.uid, lambda laid: way.read(laid, event, session))
    for whole in items:
        if sets.joins(whole, item, session.rules.sets):
            return _join(session, items, laid, whole, event, item)
    if _has_barcode(items, item.barcode):
        return _each(items, event.uid, lambda laid: way.second_tag(laid, event, item))
    return _each(items, event.uid, lambda laid: way.read(laid, event, session))


def _join(
    session: Session, items: Items, part: Laid, whole: Laid, event: TagRead, item: OurItem
) -> tuple[Items, Effects]:
    if sets.is_lent_since(whole, item, event.past):
        after, effects = way.begun_anew(whole, part, event, session)
    else:
        after, effects = way.joined(sets.join(whole, part, item), session)
    rest = [laid for laid in items if laid is not part]
    return tuple(after if laid is whole else laid for laid in rest), effects


def _barcode_given(session: Session, items: Items, event: BarcodeGiven) -> tuple[Items, Effects]:
    """Take a barcode for the one thing here that cannot be read, or for one without any tag."""
    if not _may_type(session) or _has_barcode(items, event.item.barcode):
        return items, ()
    dead = [laid for laid in items if laid.present and laid.verdict is KioskOutcome.UNREADABLE]
    if len(dead) == 1:
        after, effects = way.read(dead[0], event, session)
        return tuple(after if laid is dead[0] else laid for laid in items), effects
    held = session.rules.shape is Shape.SLOT
    after, effects = way.read(Laid(NO_TAG, present=held), event, session)
    return (*items, after), effects


def _may_type(session: Session) -> bool:
    match session.rules.typed_barcodes:
        case TypedBarcodes.NEVER:
            return False
        case TypedBarcodes.STAFF:
            return session.menu is not None
        case TypedBarcodes.EVERYBODY:
            return True
        case _ as never:
            assert_never(never)


def _has_barcode(items: Items, barcode: str) -> bool:
    return any(laid.item is not None and laid.item.barcode == barcode for laid in items)


def _return_step(session: Session, laid: Laid, event: ReturnEvent) -> ItemStep:
    match event:
        case Recorded():
            return way.recorded(laid, session)
        case NotRecorded():
            return way.not_recorded(laid)
        case Answered(answer=answer):
            return accepting.answered(laid, answer, session)
        case AnswerLate():
            return accepting.not_answered(laid, session)
        case Sorted():
            return accepting.sorted_into(laid, event)
        case NotSorted():
            return accepting.not_sorted(laid, event)
        case PartsOverdue():
            return way.parts_overdue(laid)
        case PartsChecked(check=check):
            return way.checked(laid, check, session)
        case _ as never:
            assert_never(never)


def _each(items: Items, key: Uid | UUID, step: Callable[[Laid], ItemStep]) -> tuple[Items, Effects]:
    def is_about(laid: Laid) -> bool:
        return key == laid.return_id if isinstance(key, UUID) else laid.has(key)

    return every(items, lambda laid: step(laid) if is_about(laid) else (laid, ()))


def every(items: Items, step: Callable[[Laid], ItemStep]) -> tuple[Items, Effects]:
    """Take a step with each item; the effects in the order of the items."""
    steps = [step(laid) for laid in items]
    return tuple(laid for laid, _ in steps), tuple(it for _, effects in steps for it in effects)
