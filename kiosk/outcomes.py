"""The kiosk's own closed list: what it decides without the catalogue."""

from enum import StrEnum

from catalogue_api.contract.returns import FACTS, Outcome, OutcomeFacts, SortHint


class KioskOutcome(StrEnum):
    """What the kiosk itself says of a thing on its antenna."""

    NOT_OURS = "not_ours"
    PATRON_CARD = "patron_card"
    KEPT_FOR_LATER = "kept_for_later"
    LAY_AGAIN = "lay_again"
    LIFTED_EARLY = "lifted_early"
    UNREADABLE = "unreadable"
    SEEN_ALREADY = "seen_already"
    BIN_FULL = "bin_full"


Verdict = Outcome | KioskOutcome
"""What the screen says of one item."""

_KEPT = OutcomeFacts(closes_loan=False, accepted=True, secure=True, hint=SortHint.SHELVE)
_TAKEN_BACK = OutcomeFacts(closes_loan=False, accepted=False, secure=False, hint=SortHint.STAFF)

_OWN_FACTS: dict[KioskOutcome, OutcomeFacts] = {
    KioskOutcome.NOT_OURS: _TAKEN_BACK,
    KioskOutcome.PATRON_CARD: _TAKEN_BACK,
    KioskOutcome.KEPT_FOR_LATER: _KEPT,
    KioskOutcome.LAY_AGAIN: _KEPT,
    KioskOutcome.LIFTED_EARLY: _TAKEN_BACK,
    KioskOutcome.UNREADABLE: _TAKEN_BACK,
    KioskOutcome.SEEN_ALREADY: _KEPT,
    KioskOutcome.BIN_FULL: _TAKEN_BACK,
}


def facts(verdict: Verdict) -> OutcomeFacts:
    """Return what always holds for a verdict, the catalogue's or the kiosk's own."""
    if isinstance(verdict, Outcome):
        return FACTS[verdict]
    return _OWN_FACTS[verdict]
