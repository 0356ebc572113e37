"""The way of one item into the journal: what each event makes of it, whatever the others do."""

from dataclasses import replace

from catalogue_api.contract.returns import SECOND_TAG, Outcome, PartsCheck
from drivers.interface import Uid
from kiosk.outcomes import KioskOutcome
from kiosk.session import refusals, sets
from kiosk.session.accepting import answered, finish, go_on, not_answered
from kiosk.session.effects import Ask, Later, Play, ReadTag, Record, Secure, Sound
from kiosk.session.events import BarcodeGiven, PartsOverdue, TagRead
from kiosk.session.states import Incomplete, Laid, Past, Session, Shape, Stage
from kiosk.session.verdicts import ItemStep, give_back, is_kept, lay_again, settled
from kiosk.tagging import MISSING_PART, NotTaken, OurItem, StaffCard

_READ_ANEW = {KioskOutcome.LIFTED_EARLY, KioskOutcome.UNREADABLE, KioskOutcome.BIN_FULL}
_NOT_BEGUN = {Stage.READING, Stage.GATHERING, Stage.UNCHECKED, Stage.WAITING}


def arrived(laid: Laid, uid: Uid, session: Session) -> ItemStep:
    """Go on with an item, or a part of it, that was lifted and is laid down again."""
    was_away = not laid.present
    laid = sets.move(laid, uid, present=True)
    if laid.stage is Stage.GATHERING:
        return gather(laid, session)
    if laid.stage is not Stage.SETTLED:
        return laid, ()
    if laid.recorded and is_kept(laid):
        return go_on(laid, session)
    return _given_back_before(laid, uid, session) if was_away or laid.parts else (laid, ())


def _given_back_before(laid: Laid, uid: Uid, session: Session) -> ItemStep:
    if refusals.is_enough(laid, session):
        return refusals.take(laid, session)
    if laid.parts and not laid.recorded:
        return gather(laid, session)
    if laid.check is not PartsCheck.NONE and not laid.recorded:
        return _begin(laid, session)
    if laid.verdict in _READ_ANEW or laid.check is PartsCheck.INCOMPLETE:
        return Laid(uid, refusals=laid.refusals), (ReadTag(uid),)
    return refusals.refuse_again(laid, session)


def left(laid: Laid, uid: Uid) -> ItemStep:
    """Note that the item is gone; before it was recorded, that ends its return."""
    laid = sets.move(laid, uid, present=False)
    if laid.present:
        return laid, ()
    if laid.stage in _NOT_BEGUN:
        return give_back(laid, KioskOutcome.LIFTED_EARLY)
    if laid.stage is Stage.CHECKING:
        # They look into it: the question stands.
        return laid, (Play(Sound.AGAIN),)
    if laid.stage is Stage.AT_FLAP:
        return lay_again(laid)
    return laid, ()


def read(laid: Laid, event: TagRead | BarcodeGiven, session: Session) -> ItemStep:
    """Begin a return, go on with one the journal knows, or give the thing back."""
    laid = replace(laid, return_id=event.return_id, occurred_at=event.at)
    item = event.reading if isinstance(event, TagRead) else event.item
    if isinstance(item, NotTaken):
        return give_back(laid, item.verdict)
    if isinstance(item, StaffCard):
        return laid, ()
    laid = replace(laid, item=item, expected=event.expected)
    if sets.is_set(item, session.rules.sets):
        laid = sets.first_part(laid, item)
    if event.past is not None:
        return _again(laid, event.past, session)
    if not session.online and event.expected is not None and not event.expected.known:
        return give_back(laid, Outcome.UNKNOWN_ITEM)
    if isinstance(event, BarcodeGiven) and session.menu is not None:
        laid = replace(laid, check=PartsCheck.STAFF)
    if sets.lacking(laid):
        return _await_parts(laid, session)
    return _ask(laid, session) if sets.has_untagged_parts(laid) else _begin(laid, session)


def gather(laid: Laid, session: Session) -> ItemStep:
    """Begin the return of a set once all of it lies there."""
    if not sets.lacking(laid):
        return _begin(laid, session)
    if laid.verdict is KioskOutcome.LIFTED_EARLY:
        return _await_parts(replace(laid, verdict=None, outcome=None), session)
    return laid, ()


def _await_parts(laid: Laid, session: Session) -> ItemStep:
    if laid.return_id is None:
        return laid, ()
    overdue = Later(PartsOverdue(laid.return_id), session.rules.parts)
    return replace(laid, stage=Stage.GATHERING), (overdue,)


def _ask(laid: Laid, session: Session) -> ItemStep:
    """Have its reader asked whether all parts are there, unless that is known already."""
    room = session.rules.sorting.has_room(session.full)
    if not room or laid.check is not PartsCheck.NONE:
        return _begin(laid, session)
    return replace(laid, stage=Stage.UNCHECKED, verdict=None, outcome=None), ()


def checked(laid: Laid, check: PartsCheck, session: Session) -> ItemStep:
    """Go on with what was said of its parts, for which it must lie here.

    What is given back need not: it is no return, and only what was said of it is recorded.
    """
    if laid.stage is not Stage.CHECKING:
        return laid, ()
    laid = replace(laid, check=check)
    if sets.is_at_hand(laid):
        return _begin(laid, session)
    if check is PartsCheck.NO_ANSWER:
        return give_back(replace(laid, check=PartsCheck.NONE), KioskOutcome.LIFTED_EARLY)
    if check is PartsCheck.INCOMPLETE and session.rules.incomplete is Incomplete.GIVE_BACK:
        return record(laid)
    return give_back(laid, KioskOutcome.LIFTED_EARLY)


def _begin(laid: Laid, session: Session) -> ItemStep:
    """Record the return, unless there is no room or a slot must first be free of others."""
    if not session.rules.sorting.has_room(session.full):
        return give_back(laid, KioskOutcome.BIN_FULL)
    if session.rules.shape is Shape.SLOT:
        return replace(laid, stage=Stage.WAITING, verdict=None, outcome=None), ()
    return record(laid)


def record(laid: Laid) -> ItemStep:
    """Have the journal take the return: nothing is promised before it has."""
    if laid.item is None or laid.return_id is None or laid.occurred_at is None:
        return laid, ()
    check = sets.check_of(laid)
    begun = replace(laid, stage=Stage.RECORDING, verdict=None, outcome=None)
    return begun, (Record(laid.return_id, laid.uid, laid.item, laid.occurred_at, check),)


def accept_incomplete(laid: Laid, session: Session) -> ItemStep:
    """Staff have said that a set may go without the parts that are missing, or as it is."""
    if laid.item is None or not sets.may_be_accepted_incomplete(laid):
        return laid, ()
    if not laid.parts:
        return _begin(replace(laid, check=PartsCheck.STAFF), session)
    missing = sets.lacking(laid)
    warnings = tuple(f"{MISSING_PART}{ordinal}" for ordinal in missing)
    item = replace(laid.item, warnings=(*laid.item.warnings, *warnings))
    return _begin(replace(laid, item=item, missing=missing), session)


def parts_overdue(laid: Laid) -> ItemStep:
    """Say which parts are missing; if they come after all, the set is taken."""
    if laid.stage is not Stage.GATHERING:
        return laid, ()
    return give_back(laid, Outcome.PARTS_MISSING)


def _again(laid: Laid, past: Past, session: Session) -> ItemStep:
    """Go on with a return that the journal already holds: never a second one."""
    laid = replace(
        laid,
        return_id=past.return_id,
        occurred_at=past.occurred_at,
        recorded=True,
        answer=past.answer,
        outcome=past.answer.outcome if past.answer else KioskOutcome.KEPT_FOR_LATER,
        bin=past.bin,
        security=past.security,
        missing=past.missing,
        check=past.check,
    )
    if past.bin:
        return go_on(settled(laid, KioskOutcome.SEEN_ALREADY), session)
    asking = replace(laid, stage=Stage.ASKING)
    if past.answer is not None:
        return answered(asking, past.answer, session)
    return asking, (Ask(past.return_id, session.rules.answer),)


def joined(whole: Laid, session: Session) -> ItemStep:
    """Go on with a set to which a part has just come."""
    if not whole.recorded:
        waits = whole.stage in {Stage.GATHERING, Stage.SETTLED}
        return gather(whole, session) if waits else (whole, ())
    if whole.stage is Stage.SECURING:
        return whole, (Secure(whole.parts[-1].uid),)
    return go_on(whole, session)


def begun_anew(whole: Laid, part: Laid, event: TagRead, session: Session) -> ItemStep:
    """Begin another return of a set: a part has shown that it was lent since the one before."""
    fresh, effects = read(part, event, session)
    others = tuple(replace(one, secured=False, failed=False) for one in whole.parts)
    after, more = gather(replace(fresh, parts=(*fresh.parts, *others)), session)
    return after, (*effects, *more)


def second_tag(laid: Laid, event: TagRead, item: OurItem) -> ItemStep:
    """A second tag with the barcode of an item of this visit: no second return.

    The catalogue is told once, so that librarians look which of the two is wrong.
    """
    here = settled(laid, KioskOutcome.SEEN_ALREADY)
    if event.past is not None:
        return here, ()
    told = replace(item, warnings=(*item.warnings, SECOND_TAG))
    report = Record(event.return_id, laid.uid, told, event.at)
    return replace(here, return_id=event.return_id), (report,)


def _is_second_tag(laid: Laid) -> bool:
    return laid.verdict is KioskOutcome.SEEN_ALREADY and not laid.recorded


def recorded(laid: Laid, session: Session) -> ItemStep:
    """Ask the catalogue; while it is away, keep the item for later at once."""
    return_id = laid.return_id
    if return_id is not None and _is_second_tag(laid):
        return laid, (Ask(return_id, session.rules.answer),)
    if laid.stage is not Stage.RECORDING or return_id is None:
        return laid, ()
    laid = replace(laid, recorded=True)
    if laid.outcome is not None:
        # Taken after many refusals: there is nothing to ask.
        return finish(laid, laid.outcome, session)
    asking = replace(laid, stage=Stage.ASKING)
    if session.online:
        return asking, (Ask(return_id, session.rules.answer),)
    return not_answered(asking, session)


def not_recorded(laid: Laid) -> ItemStep:
    """Without the journal there is no promise: the item is given back."""
    return give_back(laid, Outcome.NEEDS_STAFF)


def stopped(laid: Laid) -> ItemStep:
    """Out of service: what is not yet recorded is given back; nothing more is let in."""
    if laid.stage in _NOT_BEGUN or laid.stage is Stage.CHECKING:
        return not_recorded(laid)
    if laid.stage is Stage.AT_FLAP:
        after, effects = lay_again(laid)
        return after, tuple(effect for effect in effects if not isinstance(effect, Play))
    return laid, ()
