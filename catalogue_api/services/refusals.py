"""What a rule refused, as a problem: all reasons at once, and one line that a person can read."""

from collections.abc import Iterable
from datetime import date

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.loans import LoanRefusal
from catalogue_api.domain.patrons import Blocked

_WHY = {
    LoanRefusal.ON_LOAN: "it is on loan already: return it first",
    LoanRefusal.ON_LOAN_TO_READER: "this reader has it on loan already: renew it",
    LoanRefusal.CAUGHT_FOR_ANOTHER: "it is kept for another reader's reservation",
    LoanRefusal.WANTED_BY_ANOTHER: "another reader waits for it",
    LoanRefusal.NOT_FOR_LOAN: "it is not for loan",
    LoanRefusal.IN_REPAIR: "it is in repair: put it back into use first",
    LoanRefusal.DAMAGED: "it is damaged",
    LoanRefusal.WITHDRAWN: "it was withdrawn from the collection",
    LoanRefusal.NOT_LENT_TO_CATEGORY: "the rules do not lend this kind to this reader",
    LoanRefusal.CARD_EXPIRED: "the card has expired: renew it first",
    LoanRefusal.CARD_LOST: "the card was reported lost",
    LoanRefusal.SUSPENDED: "the reader is suspended",
    LoanRefusal.OWES_LOST_ITEM: "the reader has lost an item and not settled it",
    LoanRefusal.BLOCKED: "the reader is blocked",
    LoanRefusal.TOO_MANY: "the reader has as many loans as the rules allow",
    LoanRefusal.TOO_MANY_OF_KIND: "the reader has as many of this kind as the rules allow",
    LoanRefusal.TOO_MANY_LATE: "too many of the reader's loans are late",
    LoanRefusal.TOO_YOUNG: "the reader is younger than the age that PEGI gives to this game",
    LoanRefusal.DECLARED_LOST: "it was declared lost",
    LoanRefusal.CLAIMED_RETURNED: "the reader says that it was returned",
    LoanRefusal.TOO_MANY_RENEWALS: "it was renewed as often as the rules allow",
    LoanRefusal.TOO_LATE: "it is too late to renew it",
    LoanRefusal.TOO_SOON: "renewing it now would not give one day more",
}


def refuse_loan(
    what: str, reasons: Iterable[LoanRefusal], blocks: Iterable[Blocked] = ()
) -> Refused:
    """Return the problem that names everything that speaks against lending or renewing."""
    found = tuple(reasons)
    said = [_WHY[reason] for reason in found]
    if LoanRefusal.SUSPENDED in found:
        ends: list[date] = [block.until for block in blocks if block.until is not None]
        said += [f"until {max(ends)}"] if ends else []
    return Refused(
        ProblemType.REFUSED_BY_RULE,
        f"{what}: {'; '.join(said)}",
        tuple(reason.value for reason in found),
    )
