"""The mouth of a drop slot: one item at a time, and nothing falls in unread."""

from dataclasses import replace

from kiosk.session import items as way
from kiosk.session.effects import CloseFlap, Effects, Sort
from kiosk.session.events import Event, TagArrived
from kiosk.session.states import Laid, Session, Shape, Stage

Items = tuple[Laid, ...]

_HANDS_OFF = {Stage.RECORDING, Stage.ASKING, Stage.SECURING}


def is_crowded(session: Session, items: Items) -> bool:
    """Say whether more than one thing is held before the flap."""
    return session.rules.shape is Shape.SLOT and sum(laid.present for laid in items) > 1


def let_in(session: Session, items: Items, event: Event) -> tuple[Items, Effects]:
    """Take the next step for an item that is there alone; shut out whatever comes beside it."""
    if session.rules.shape is not Shape.SLOT:
        return items, ()
    if any(laid.stage is Stage.SORTING for laid in items):
        return items, _shut_out(items, event)
    here = [laid for laid in items if laid.present]
    if len(here) != 1 or any(laid.stage in _HANDS_OFF for laid in items):
        return items, ()
    after, effects = _next_step(here[0])
    return tuple(after if laid is here[0] else laid for laid in items), effects


def _next_step(laid: Laid) -> tuple[Laid, Effects]:
    if laid.stage is Stage.WAITING:
        return way.record(laid)
    if laid.stage is Stage.AT_FLAP and laid.return_id is not None:
        return replace(laid, stage=Stage.SORTING), (Sort(laid.return_id, laid.bin),)
    return laid, ()


def _shut_out(items: Items, event: Event) -> Effects:
    """Close the flap before a tag that is not part of what is being let in."""
    if not isinstance(event, TagArrived):
        return ()
    mine = any(laid.stage is Stage.SORTING and laid.has(event.uid) for laid in items)
    return () if mine else (CloseFlap(),)
