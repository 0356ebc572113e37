"""Things that are refused again and again: where a site wants that, they are taken at last."""

from dataclasses import replace

from catalogue_api.contract.returns import Outcome
from kiosk.outcomes import KioskOutcome
from kiosk.session.accepting import finish
from kiosk.session.effects import KeepUnread, Play, Sound
from kiosk.session.sorting import UNKNOWN_BIN
from kiosk.session.states import Laid, Session, Shape, Stage
from kiosk.session.verdicts import ItemStep, kept

TAKEN_AT_LAST = frozenset(
    {
        KioskOutcome.NOT_OURS,
        KioskOutcome.UNREADABLE,
        Outcome.UNKNOWN_ITEM,
        Outcome.NEEDS_STAFF,
        Outcome.PARTS_MISSING,
    }
)
"""What may be taken all the same. A card is not among them: nobody gives theirs away."""


def is_enough(laid: Laid, session: Session) -> bool:
    """Say whether this was refused so often that it is taken the next time."""
    enough = session.rules.take_after
    return 0 < enough <= laid.refusals and laid.verdict in TAKEN_AT_LAST


def refuse_again(laid: Laid, session: Session) -> ItemStep:
    """Refuse what was refused before, aloud where that leads somewhere."""
    if not session.rules.take_after:
        return laid, ()
    return replace(laid, refusals=laid.refusals + 1), (Play(Sound.BACK),)


def take(laid: Laid, session: Session) -> ItemStep:
    """Take it for staff to look at. That is no return: where none is recorded, none is made."""
    return_id, at = laid.return_id, laid.occurred_at
    if laid.verdict is None or return_id is None or at is None:
        return laid, ()
    chosen = session.rules.sorting.bin_with_room(Outcome.NEEDS_STAFF, None, session.full)
    why, verdict = laid.verdict.value, kept(laid.verdict)
    laid = replace(laid, bin=chosen, outcome=verdict)
    if laid.recorded:
        return finish(laid, verdict, session)
    first = chosen if session.rules.shape is Shape.PAD else UNKNOWN_BIN
    keep = KeepUnread(return_id, laid.uid, why, at, first)
    return replace(laid, stage=Stage.RECORDING), (keep,)
