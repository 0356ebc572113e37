"""The way of one item through a visit: what each event makes of it, whatever the others do."""

from dataclasses import replace

from catalogue_api.contract.returns import Outcome, Returned, Security, SortHint
from kiosk.outcomes import KioskOutcome, Verdict, facts
from kiosk.session.effects import Ask, Effects, Play, ReadTag, Record, Secure, Settle, Sound
from kiosk.session.events import NotSecured, Secured, TagRead
from kiosk.session.states import Laid, Past, Rules, Stage
from kiosk.tagging import NotTaken

ItemStep = tuple[Laid, Effects]


def arrived(laid: Laid) -> ItemStep:
    """Go on with an item that was lifted and is laid down again."""
    laid = replace(laid, present=True)
    if laid.verdict in {KioskOutcome.LIFTED_EARLY, KioskOutcome.UNREADABLE}:
        return Laid(laid.uid), (ReadTag(laid.uid),)
    return _secure_if_due(laid)


def left(laid: Laid) -> ItemStep:
    """Note that the item is gone; before it was read, that ends its return."""
    laid = replace(laid, present=False)
    if laid.stage is Stage.READING:
        return _give_back(laid, KioskOutcome.LIFTED_EARLY)
    return laid, ()


def read(laid: Laid, event: TagRead, rules: Rules) -> ItemStep:
    """Begin a return, go on with one the journal knows, or give the thing back."""
    if isinstance(event.reading, NotTaken):
        return _give_back(laid, event.reading.verdict)
    item = event.reading
    laid = replace(laid, item=item)
    if event.past is not None:
        return _again(laid, event.past, rules)
    begun = replace(laid, stage=Stage.RECORDING, return_id=event.return_id, occurred_at=event.at)
    return begun, (Record(event.return_id, laid.uid, item, event.at),)


def _again(laid: Laid, past: Past, rules: Rules) -> ItemStep:
    """Go on with a return that the journal already holds: never a second one."""
    laid = replace(
        laid,
        return_id=past.return_id,
        occurred_at=past.occurred_at,
        answer=past.answer,
        outcome=past.answer.outcome if past.answer else KioskOutcome.KEPT_FOR_LATER,
        bin=past.bin,
        security=past.security,
    )
    if past.bin:
        return _secure_if_due(_settled(laid, KioskOutcome.SEEN_ALREADY))
    asking = replace(laid, stage=Stage.ASKING)
    if past.answer is not None:
        return answered(asking, past.answer, rules)
    return asking, (Ask(past.return_id, rules.answer),)


def already_here(laid: Laid) -> ItemStep:
    """A second tag with the barcode of an item of this visit: no second return."""
    return _settled(laid, KioskOutcome.SEEN_ALREADY), ()


def recorded(laid: Laid, rules: Rules, *, online: bool) -> ItemStep:
    """Ask the catalogue; while it is away, keep the item for later at once."""
    if laid.stage is not Stage.RECORDING or laid.return_id is None:
        return laid, ()
    asking = replace(laid, stage=Stage.ASKING)
    if online:
        return asking, (Ask(laid.return_id, rules.answer),)
    return not_answered(asking, rules)


def not_recorded(laid: Laid) -> ItemStep:
    """Without the journal there is no promise: the item is given back."""
    return _give_back(laid, Outcome.NEEDS_STAFF)


def answered(laid: Laid, answer: Returned, rules: Rules) -> ItemStep:
    """Take the catalogue's word: secure and sort the item, or give it back."""
    if laid.stage is not Stage.ASKING:
        return _answered_late(laid, answer)
    laid = replace(laid, answer=answer)
    if facts(answer.outcome).accepted:
        return _accept(laid, answer.outcome, rules.bin(answer.sort_hint))
    given_back, effects = _give_back(laid, answer.outcome)
    return given_back, (*_settle(given_back), *effects)


def _answered_late(laid: Laid, answer: Returned) -> ItemStep:
    """Use an answer that came after the patron was told "received": that is never taken back."""
    if laid.outcome is not KioskOutcome.KEPT_FOR_LATER or not facts(answer.outcome).accepted:
        return laid, ()
    known = replace(laid, answer=answer, outcome=answer.outcome)
    if laid.verdict is KioskOutcome.KEPT_FOR_LATER:
        known = replace(known, verdict=answer.outcome)
    return _secure_if_due(known)


def not_answered(laid: Laid, rules: Rules) -> ItemStep:
    """Keep an item whose answer will come later: the journal has it."""
    if laid.stage is not Stage.ASKING:
        return laid, ()
    return _accept(laid, KioskOutcome.KEPT_FOR_LATER, rules.bin(SortHint.SHELVE))


def _accept(laid: Laid, outcome: Verdict, bin_name: str) -> ItemStep:
    wanted = Security.PENDING if facts(outcome).secure else Security.NOT_WANTED
    laid = replace(laid, outcome=outcome, bin=bin_name, security=wanted)
    if wanted is Security.NOT_WANTED or not _may_write(laid):
        return _settled(laid, outcome), (*_settle(laid), Play(Sound.DONE))
    if laid.present:
        return replace(laid, stage=Stage.SECURING), (*_settle(laid), Secure(laid.uid))
    return _settled(laid, KioskOutcome.LAY_AGAIN), (*_settle(laid), Play(Sound.AGAIN))


def _may_write(laid: Laid) -> bool:
    """Only a tag that is ours for certain is written to: by its own word or the catalogue's."""
    return laid.answer is not None or (laid.item is not None and laid.item.sure)


def _secure_if_due(laid: Laid) -> ItemStep:
    due = laid.stage is Stage.SETTLED and laid.security is Security.PENDING
    if due and laid.present and _may_write(laid):
        return replace(laid, stage=Stage.SECURING), (Secure(laid.uid),)
    return laid, ()


def secured(laid: Laid, event: Secured | NotSecured) -> ItemStep:
    """Note how the tag was left, and only now tell the patron."""
    if laid.stage is not Stage.SECURING or laid.outcome is None:
        return laid, ()
    if isinstance(event, NotSecured) and not event.for_good:
        return _settled(laid, KioskOutcome.LAY_AGAIN), (Play(Sound.AGAIN),)
    # The patron can do nothing about a locked tag: for them that return is finished too.
    state = Security.SECURED if isinstance(event, Secured) else Security.FAILED
    done = _settled(replace(laid, security=state), laid.outcome)
    return done, (*_settle(done), Play(Sound.DONE))


def _give_back(laid: Laid, verdict: Verdict) -> ItemStep:
    back = replace(laid, outcome=verdict, security=Security.NOT_WANTED, bin="")
    return _settled(back, verdict), (Play(Sound.BACK),)


def _settled(laid: Laid, verdict: Verdict) -> Laid:
    return replace(laid, stage=Stage.SETTLED, verdict=verdict)


def _settle(laid: Laid) -> Effects:
    return () if laid.return_id is None else (Settle(laid.return_id, laid.bin, laid.security),)
