"""The end of a visit: its summary, and the receipt that may go with it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from catalogue_api.contract.receipts import receipt_number
from kiosk.session.effects import Effects, PrintReceipt, StartTimer
from kiosk.session.events import NotPrinted, Pressed, Printed, SummaryOver, TimeIsShort
from kiosk.session.states import Closing, Laid, Receipt, ReceiptMode, ReceiptState, Session, Summary
from kiosk.session.verdicts import is_kept

YES, NO = "receipt.yes", "receipt.no"
"""The buttons under the question whether a receipt is wanted."""

Step = tuple[Session, Effects]


def named(items: Iterable[Laid]) -> tuple[Laid, ...]:
    """Return the returns that a receipt names: in the journal, and kept."""
    return tuple(laid for laid in items if laid.recorded and is_kept(laid))


def end(session: Session, items: tuple[Laid, ...]) -> Step:
    """Sum the visit up; where nothing was returned there is no receipt to speak of."""
    returned, mode = named(items), session.rules.receipts
    if not returned or returned[0].return_id is None or mode is ReceiptMode.NEVER:
        return _shown(session, Summary(items))
    receipt = Receipt(receipt_number(returned[0].return_id))
    if mode is ReceiptMode.ALWAYS:
        return _print(session, Summary(items, receipt))
    return _shown(session, Summary(items, receipt))


def happened(session: Session, summary: Summary, event: Pressed | Printed | NotPrinted) -> Step:
    """Go on with the receipt of the visit that is on view; of another one nothing is shown."""
    receipt = summary.receipt
    if receipt is None:
        return session, ()
    match event:
        case Pressed(button):
            return _answered(session, summary, receipt, button)
        case Printed(code):
            return _told(session, summary, receipt, code, ReceiptState.PRINTED)
        case NotPrinted(code, no_paper):
            state = ReceiptState.NO_PAPER if no_paper else ReceiptState.NOT_PRINTED
            return _told(session, summary, receipt, code, state)
        case _ as never:
            assert_never(never)


def patience(session: Session, summary: Summary) -> float:
    """Return for how long a summary stays: longer while something is asked or to be noted."""
    short = {None, ReceiptState.PRINTED}
    state = summary.receipt.state if summary.receipt else None
    return session.rules.summary if state in short else session.rules.question


def stay(session: Session, summary: Summary) -> Step:
    """Somebody is there: what is shown and asked stays for another while."""
    return _shown(session, replace(summary, closing=Closing.NOT_YET))


def hurry(session: Session, summary: Summary) -> Step:
    """Warn that a question will not stand for ever."""
    warned = replace(summary, closing=Closing.WARNED)
    return replace(session, phase=warned), (StartTimer(SummaryOver(), session.rules.warning),)


def run_out(session: Session, summary: Summary) -> Step | None:
    """Say goodbye where a question went unanswered; None where there is nothing more to say."""
    if summary.closing is not Closing.WARNED:
        return None
    over = Summary(summary.items, closing=Closing.OVER)
    return replace(session, phase=over), (StartTimer(SummaryOver(), session.rules.summary),)


def _answered(session: Session, summary: Summary, receipt: Receipt, button: str) -> Step:
    if receipt.state is not ReceiptState.ASKED:
        return session, ()
    if button == YES:
        return _print(session, summary)
    if button == NO:
        return _shown(session, Summary(summary.items))
    return session, ()


def _print(session: Session, summary: Summary) -> Step:
    receipt = summary.receipt
    if receipt is None:
        return session, ()
    printing = Summary(summary.items, replace(receipt, state=ReceiptState.PRINTING))
    after, effects = _shown(session, printing)
    return after, (PrintReceipt(receipt.code, summary.items, session.language), *effects)


def _told(
    session: Session, summary: Summary, receipt: Receipt, code: str, state: ReceiptState
) -> Step:
    """Say what became of the paper; a number that must be written down stays longer."""
    if code != receipt.code or receipt.state is not ReceiptState.PRINTING:
        return session, ()
    return _shown(session, replace(summary, receipt=replace(receipt, state=state)))


def _shown(session: Session, summary: Summary) -> Step:
    asked = summary.receipt is not None and summary.receipt.state is ReceiptState.ASKED
    ends = TimeIsShort() if asked else SummaryOver()
    timer = StartTimer(ends, patience(session, summary))
    return replace(session, phase=summary), (timer,)
