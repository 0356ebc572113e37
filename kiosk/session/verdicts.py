"""How the way of an item ends for now: with a verdict, a sound and, if recorded, a placement."""

from dataclasses import replace

from catalogue_api.contract.returns import Outcome, Security
from kiosk.outcomes import KioskOutcome, Verdict, facts
from kiosk.session.effects import Effects, Play, Settle, Sound
from kiosk.session.states import NO_TAG, Laid, Stage

ItemStep = tuple[Laid, Effects]


def settled(laid: Laid, verdict: Verdict) -> Laid:
    """Say what the screen says; a thing without a tag is not watched any longer."""
    present = laid.present and laid.uid != NO_TAG
    return replace(laid, stage=Stage.SETTLED, verdict=verdict, present=present)


def settle(laid: Laid, bin_name: str | None = None) -> Effects:
    """Let the journal know where a recorded item lies and how its tag is."""
    if laid.return_id is None or not laid.recorded:
        return ()
    return (Settle(laid.return_id, laid.bin if bin_name is None else bin_name, laid.security),)


def give_back(laid: Laid, verdict: Verdict) -> ItemStep:
    """The patron must take it back."""
    back = replace(
        laid,
        outcome=verdict,
        security=Security.NOT_WANTED,
        bin="",
        # To lift a thing too early is no refusal.
        refusals=laid.refusals + (verdict is not KioskOutcome.LIFTED_EARLY),
    )
    return settled(back, verdict), (Play(Sound.BACK),)


def lay_again(laid: Laid) -> ItemStep:
    """It must be laid down again; what is no return and was not put in stays with its patron."""
    if laid.outcome is None or facts(laid.outcome).accepted:
        return settled(laid, KioskOutcome.LAY_AGAIN), (Play(Sound.AGAIN),)
    back, effects = give_back(laid, laid.outcome)
    return back, (*settle(back), *effects)


def is_kept(laid: Laid) -> bool:
    """Say whether the library keeps this thing, as far as is known."""
    return laid.outcome is not None and (facts(laid.outcome).accepted or laid.bin != "")


def kept(outcome: Verdict) -> Outcome:
    """What is said of a refused thing that stays: that parts are missing, or that staff look."""
    return Outcome.PARTS_MISSING if outcome is Outcome.PARTS_MISSING else Outcome.NEEDS_STAFF
