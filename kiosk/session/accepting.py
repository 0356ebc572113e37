"""From the catalogue's word to the bin: choose one, secure the tag, let the item in, tell."""

from dataclasses import replace

from catalogue_api.contract.returns import Outcome, PartsCheck, Returned, Security
from kiosk.outcomes import KioskOutcome, Verdict, facts
from kiosk.session import sets
from kiosk.session.effects import Effects, Play, Secure, Sound
from kiosk.session.events import NotSecured, NotSorted, Secured, Sorted
from kiosk.session.sorting import IN_THE_FLAP, UNKNOWN_BIN
from kiosk.session.states import Incomplete, Laid, Session, Shape, Stage
from kiosk.session.verdicts import ItemStep, give_back, kept, lay_again, settle, settled
from kiosk.tagging import TYPED


def answered(laid: Laid, answer: Returned, session: Session) -> ItemStep:
    """Take the catalogue's word: secure and sort the item, or give it back."""
    if laid.stage is not Stage.ASKING:
        return _answered_late(laid, answer, session)
    laid = replace(laid, answer=answer)
    if facts(answer.outcome).accepted:
        return _accept(laid, answer.outcome, session)
    if answer.outcome is Outcome.PARTS_MISSING:
        return _incomplete(laid, session)
    return _give_back(laid, answer.outcome)


def _give_back(laid: Laid, outcome: Outcome) -> ItemStep:
    given_back, effects = give_back(laid, outcome)
    return given_back, (*settle(given_back), *effects)


def _incomplete(laid: Laid, session: Session) -> ItemStep:
    """What its reader says to be incomplete is no return: it is given back, or kept for staff."""
    if session.rules.incomplete is Incomplete.KEEP:
        return _accept(laid, Outcome.PARTS_MISSING, session)
    return _give_back(laid, Outcome.PARTS_MISSING)


def _answered_late(laid: Laid, answer: Returned, session: Session) -> ItemStep:
    """Use an answer that came after the patron was told "received": that is never taken back."""
    if laid.outcome is not KioskOutcome.KEPT_FOR_LATER:
        return laid, ()
    if not facts(answer.outcome).accepted:
        return _refused_late(laid, answer), ()
    known = replace(laid, answer=answer, outcome=answer.outcome)
    if laid.verdict is KioskOutcome.KEPT_FOR_LATER:
        known = replace(known, verdict=answer.outcome)
    return go_on(known, session)


def _refused_late(laid: Laid, answer: Returned) -> Laid:
    """What a slot has swallowed cannot be given back: a librarian will see to it."""
    if not laid.inside or laid.verdict is not KioskOutcome.KEPT_FOR_LATER:
        return laid
    verdict = kept(answer.outcome)
    return replace(laid, answer=answer, outcome=verdict, verdict=verdict)


def not_answered(laid: Laid, session: Session) -> ItemStep:
    """Keep an item whose answer will come later: the journal has it."""
    if laid.stage is not Stage.ASKING:
        return laid, ()
    if laid.check is PartsCheck.INCOMPLETE:
        return _incomplete(laid, session)
    return _accept(laid, KioskOutcome.KEPT_FOR_LATER, session)


def _accept(laid: Laid, outcome: Verdict, session: Session) -> ItemStep:
    # What the snapshot expects of an item is said of one that is returned.
    word = laid.answer or (laid.expected if facts(outcome).accepted else None)
    chosen = session.rules.sorting.bin_with_room(outcome, word, session.full)
    laid = replace(laid, outcome=outcome, bin=chosen, security=_wanted(laid, outcome))
    told = settle(laid, chosen if session.rules.shape is Shape.PAD else UNKNOWN_BIN)
    if laid.security is not Security.PENDING or not _may_write(laid):
        return finish(laid, outcome, session, told)
    if tags := sets.to_secure(laid):
        return replace(laid, stage=Stage.SECURING), (*told, *map(Secure, tags))
    return settled(laid, KioskOutcome.LAY_AGAIN), (*told, Play(Sound.AGAIN))


def _wanted(laid: Laid, outcome: Verdict) -> Security:
    """Say what is to become of the tag; one that is dead is for staff to replace."""
    if not facts(outcome).secure:
        return Security.NOT_WANTED
    is_dead = laid.item is not None and TYPED in laid.item.warnings
    return Security.FAILED if is_dead else Security.PENDING


def _may_write(laid: Laid) -> bool:
    """Only a tag that is ours for certain is written to: by its own word or the catalogue's."""
    return laid.answer is not None or (laid.item is not None and laid.item.sure)


def go_on(laid: Laid, session: Session) -> ItemStep:
    """Do what is still to be done for an item that lies there again, or of which more is known."""
    if laid.stage is not Stage.SETTLED or not laid.recorded:
        return laid, ()
    if laid.security is Security.PENDING and _may_write(laid):
        if tags := sets.to_secure(laid):
            return replace(laid, stage=Stage.SECURING), tuple(map(Secure, tags))
        return laid, ()
    if is_to_be_let_in(laid, session) and laid.present:
        # Wherever it was last, it lies before the flap now.
        return replace(laid, stage=Stage.AT_FLAP), settle(laid, UNKNOWN_BIN)
    return laid, ()


def is_to_be_let_in(laid: Laid, session: Session) -> bool:
    """Say whether a slot has still to swallow this."""
    return session.rules.shape is Shape.SLOT and laid.bin != "" and not laid.inside


def secured(laid: Laid, event: Secured | NotSecured, session: Session) -> ItemStep:
    """Note how the tag was left, and only now tell the patron."""
    if laid.stage is not Stage.SECURING or laid.outcome is None:
        return laid, ()
    if isinstance(event, NotSecured) and not event.for_good:
        return settled(laid, KioskOutcome.LAY_AGAIN), (Play(Sound.AGAIN),)
    laid = sets.dealt_with(laid, event.uid, well=isinstance(event, Secured))
    if laid.parts and sets.to_secure(laid):
        return laid, ()
    if not sets.is_dealt_with(laid):
        return settled(laid, KioskOutcome.LAY_AGAIN), (Play(Sound.AGAIN),)
    # The patron can do nothing about a locked tag: for them that return is finished too.
    well = isinstance(event, Secured) and not any(part.failed for part in laid.parts)
    done = replace(laid, security=Security.SECURED if well else Security.FAILED)
    return finish(done, laid.outcome or KioskOutcome.KEPT_FOR_LATER, session)


def finish(laid: Laid, verdict: Verdict, session: Session, told: Effects | None = None) -> ItemStep:
    """Tell the patron; at a slot, let the item in before that. `told`: what the journal hears."""
    if is_to_be_let_in(laid, session):
        waiting = replace(laid, stage=Stage.AT_FLAP)
        return waiting, settle(laid, UNKNOWN_BIN) if told is None else told
    return settled(laid, verdict), (*(settle(laid) if told is None else told), Play(Sound.DONE))


def sorted_into(laid: Laid, event: Sorted) -> ItemStep:
    """The item has reached a bin: the journal says so, and the patron may go."""
    if laid.stage is not Stage.SORTING or laid.outcome is None:
        return laid, ()
    done = settled(replace(laid, bin=event.bin, inside=True), laid.outcome)
    return done, (*settle(done), Play(Sound.DONE))


def not_sorted(laid: Laid, event: NotSorted) -> ItemStep:
    """The item is still with the patron, or lies behind the flap: never is that unknown."""
    if laid.stage is not Stage.SORTING:
        return laid, ()
    if event.inside:
        return sorted_into(laid, Sorted(event.return_id, IN_THE_FLAP))
    return lay_again(laid)
