"""Receipts on a whole kiosk: a number that a librarian can look up, paper or not."""

from dataclasses import replace

import pytest

from catalogue_api.services.returns.receipts import find
from kiosk.session import events as ev
from kiosk.session.receipts import YES
from kiosk.session.states import Fault, Idle, ReceiptMode, ReceiptState, Session, Summary
from simulator.devices.printer import Mood


@pytest.fixture
def roll(bench):
    roll = bench.put_a_printer_beside_it()
    bench.rules = replace(bench.rules, receipts=ReceiptMode.ALWAYS, summary=5.0, question=5.0)
    return roll


async def ended(bench, *states: ReceiptState) -> Session:
    return await bench.screen.until(
        lambda session: (
            isinstance(session.phase, Summary)
            and session.phase.receipt is not None
            and session.phase.receipt.state in states
        )
    )


async def visit(bench, *names: str) -> None:
    bench.lay(*names)
    for name in names:
        await bench.told(name)
    bench.lift(*names)


def found(bench, code: str) -> list[str]:
    rows = bench.library.database.read_now(lambda session: find(session, code))
    return sorted(row.barcode for row in rows)


@pytest.mark.server
async def test_a_receipt_is_printed_and_its_number_leads_to_the_returns(bench, roll):
    async with bench.running():
        await visit(bench, "1", "3", "foreign")
        session = await ended(bench, ReceiptState.PRINTED)
        await bench.delivered()
    code = session.phase.receipt.code
    assert found(bench, code) == ["1", "3"]
    (receipt,) = roll.receipts
    assert code in receipt
    assert receipt.count("L’Été") == 2


@pytest.mark.server
async def test_without_paper_the_number_is_shown_and_leads_to_the_returns_too(bench, roll):
    roll.meddle(Mood.PAPER_OUT)
    async with bench.running():
        await visit(bench, "1")
        session = await ended(bench, ReceiptState.NO_PAPER)
        await bench.delivered()
    assert found(bench, session.phase.receipt.code) == ["1"]
    assert roll.receipts == []


@pytest.mark.server
async def test_who_does_not_want_one_leaves_no_number_behind(bench, roll):
    short = {"summary": 0.05, "question": 0.05, "warning": 0.05}
    bench.rules = replace(bench.rules, receipts=ReceiptMode.ASK, **short)
    async with bench.running():
        await visit(bench, "1")
        await ended(bench, ReceiptState.ASKED)
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))
        await bench.delivered()
    assert bench.library.rows("SELECT receipt FROM returns") == [(None,)]
    assert roll.receipts == []


@pytest.mark.server
async def test_a_yes_prints(bench, roll):
    bench.rules = replace(bench.rules, receipts=ReceiptMode.ASK)
    async with bench.running() as daemon:
        await visit(bench, "1")
        await ended(bench, ReceiptState.ASKED)
        daemon.emit(ev.Pressed(YES))
        await ended(bench, ReceiptState.PRINTED)
    assert len(roll.receipts) == 1


@pytest.mark.server
async def test_a_printer_that_hangs_holds_up_nobody(bench, roll):
    bench.printer_cable.line.faults = replace(bench.printer_cable.line.faults, loss=1.0)
    async with bench.running():
        await visit(bench, "1")
        await ended(bench, ReceiptState.PRINTING, ReceiptState.NOT_PRINTED)
        await visit(bench, "3")
        await ended(bench, ReceiptState.NOT_PRINTED)
        await bench.delivered()
    assert len(bench.library.returns()) == 2


@pytest.mark.server
async def test_a_number_that_the_journal_does_not_take_is_not_printed(bench, roll):
    async with bench.running():
        bench.lay("1")
        await bench.told("1")
        bench.journal.write("PRAGMA query_only = ON")
        bench.lift("1")
        await bench.screen.until(lambda session: Fault.JOURNAL in session.faults)
    assert roll.receipts == []
