"""The end of a visit, with a receipt or without."""

from dataclasses import replace

import pytest
from visits import BOOK, OTHER, OURS, R1, R2, answer, of, play, read

from catalogue_api.contract.receipts import receipt_number
from catalogue_api.contract.returns import Outcome
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.receipts import NO, YES
from kiosk.session.states import (
    Closing,
    Idle,
    ReceiptMode,
    ReceiptState,
    Rules,
    Session,
    Summary,
    Visit,
)

ASK = Session(Rules(receipts=ReceiptMode.ASK))
ALWAYS = Session(Rules(receipts=ReceiptMode.ALWAYS))
ONE_RETURN = (
    ev.TagArrived(BOOK),
    read(),
    ev.Recorded(R1),
    ev.Answered(R1, answer()),
    ev.Secured(BOOK),
    ev.TagLeft(BOOK),
)
THE_END = (*ONE_RETURN, ev.QuietOver())
CODE = receipt_number(R1)


def state(session: Session) -> ReceiptState | None:
    assert isinstance(session.phase, Summary)
    return session.phase.receipt.state if session.phase.receipt else None


def test_without_receipts_nobody_is_asked():
    session, effects = play(Session(), *THE_END)
    assert state(session) is None
    assert not of(fx.PrintReceipt, effects)


def test_a_receipt_is_printed_only_for_a_yes():
    session, effects = play(ASK, *THE_END)
    assert state(session) is ReceiptState.ASKED
    assert effects[-1] == fx.StartTimer(ev.TimeIsShort(), 20.0)
    session, effects = play(session, ev.Pressed(YES))
    assert state(session) is ReceiptState.PRINTING
    (order,) = of(fx.PrintReceipt, effects)
    assert (order.code, len(order.items)) == (CODE, 1)
    session, _ = play(session, ev.Printed(CODE))
    assert state(session) is ReceiptState.PRINTED


@pytest.mark.parametrize("answered", [(), (ev.Pressed(NO),), (ev.Pressed("something else"),)])
def test_no_and_no_answer_print_nothing(answered):
    running_out = (ev.TimeIsShort(), ev.SummaryOver(), ev.SummaryOver())
    session, effects = play(ASK, *THE_END, *answered, *running_out)
    assert session.phase == Idle()
    assert not of(fx.PrintReceipt, effects)


def test_a_question_is_warned_of_20_s_before_its_end_and_a_touch_prolongs_it():
    session, effects = play(ASK, *THE_END, ev.TimeIsShort())
    assert session.phase.closing is Closing.WARNED
    assert state(session) is ReceiptState.ASKED
    assert effects[-1] == fx.StartTimer(ev.SummaryOver(), 20.0)
    session, effects = play(session, ev.Touched())
    assert session.phase.closing is Closing.NOT_YET
    assert effects == [fx.StartTimer(ev.TimeIsShort(), 20.0)]
    session, effects = play(session, ev.TimeIsShort(), ev.SummaryOver())
    assert session.phase.closing is Closing.OVER
    assert effects[-1] == fx.StartTimer(ev.SummaryOver(), 10.0)
    session, _ = play(session, ev.SummaryOver())
    assert session.phase == Idle()


@pytest.mark.parametrize(("button", "then"), [(YES, ReceiptState.PRINTING), (NO, None)])
def test_a_warned_question_can_still_be_answered(button, then):
    session, _ = play(ASK, *THE_END, ev.TimeIsShort(), ev.Pressed(button))
    assert (state(session), session.phase.closing) == (then, Closing.NOT_YET)


def test_without_a_question_nobody_is_warned():
    for session in (Session(), ALWAYS):
        _, effects = play(session, *THE_END)
        assert not [it for it in effects if it == fx.StartTimer(ev.TimeIsShort(), 20.0)]


def test_always_prints_unasked_and_once():
    session, effects = play(ALWAYS, *THE_END, ev.Pressed(YES))
    assert len(of(fx.PrintReceipt, effects)) == 1
    assert state(session) is ReceiptState.PRINTING


@pytest.mark.parametrize(
    ("no_paper", "shown"), [(True, ReceiptState.NO_PAPER), (False, ReceiptState.NOT_PRINTED)]
)
def test_without_paper_the_number_stays_long_enough_to_be_written_down(no_paper, shown):
    session, _ = play(ALWAYS, *THE_END)
    session, effects = play(session, ev.NotPrinted(CODE, no_paper=no_paper))
    assert state(session) is shown
    assert session.phase.receipt.code == CODE
    assert effects == [fx.StartTimer(ev.SummaryOver(), 20.0)]


def test_where_nothing_was_returned_there_is_no_receipt():
    refused = (*ONE_RETURN[:3], ev.Answered(R1, answer(Outcome.UNKNOWN_ITEM)), ev.TagLeft(BOOK))
    session, effects = play(ALWAYS, *refused, ev.QuietOver())
    assert state(session) is None
    assert not of(fx.PrintReceipt, effects)


def test_the_next_patron_does_not_wait_for_the_receipt_of_the_last():
    session, _ = play(ALWAYS, *THE_END, ev.TagArrived(OTHER))
    assert isinstance(session.phase, Visit)
    after, effects = play(session, ev.Printed(CODE))
    assert (after, effects) == (session, [])


def test_a_receipt_of_another_visit_changes_nothing():
    session, _ = play(ALWAYS, *THE_END)
    after, _ = play(session, ev.Printed(receipt_number(R2)), ev.NotPrinted(receipt_number(R2)))
    assert after == session


def test_a_second_visit_has_another_number():
    second = replace(OURS, barcode="30002")
    _, effects = play(
        ALWAYS,
        *THE_END,
        ev.SummaryOver(),
        ev.TagArrived(OTHER),
        read(OTHER, second, return_id=R2),
        ev.Recorded(R2),
        ev.Answered(R2, answer(return_id=R2)),
        ev.Secured(OTHER),
        ev.TagLeft(OTHER),
        ev.QuietOver(),
    )
    assert [order.code for order in of(fx.PrintReceipt, effects)] == [CODE, receipt_number(R2)]
