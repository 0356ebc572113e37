"""What stands on a receipt, and a printer that prints it or not."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from catalogue_api.contract.returns import Outcome, Returned, SortHint
from drivers.interface import Uid
from kiosk.outcomes import KioskOutcome
from kiosk.printer import EscPosPrinter, NotPrintedHere, Paper
from kiosk.receipt import Line, compose, escpos
from kiosk.screen.place import Place
from kiosk.screen.texts import load
from kiosk.session.states import Laid, Language, Stage
from kiosk.tagging import OurItem
from simulator.cable import Cable, Faults
from simulator.cable import Line as WireLine
from simulator.devices.printer import Mood, PrinterFace, Roll

AT = datetime(2026, 11, 23, 17, 42, tzinfo=UTC)
PLACE, SPEAK = Place("Médiathèque"), load()
CODE = "4F7K-29QM-3"


def returned(number: int, title: str = "") -> Laid:
    answer = Returned(
        return_id=UUID(int=number),
        outcome=Outcome.RETURNED,
        sort_hint=SortHint.SHELVE,
        title=title,
        received_at=AT,
    )
    return Laid(
        Uid(f"E00401500000000{number}"),
        stage=Stage.SETTLED,
        item=OurItem(f"3941600000005{number}", "FR-940165801", sure=True),
        return_id=UUID(int=number),
        occurred_at=AT,
        verdict=Outcome.RETURNED,
        outcome=Outcome.RETURNED,
        answer=answer if title else None,
        bin="1",
        recorded=True,
    )


FOREIGN = Laid(
    Uid("E004015000000009"),
    stage=Stage.SETTLED,
    verdict=KioskOutcome.NOT_OURS,
    outcome=KioskOutcome.NOT_OURS,
)


def text(*items: Laid, place: Place = PLACE, language: Language = Language.FRENCH) -> str:
    lines = compose(CODE, items, language, AT, place, SPEAK)
    return "\n".join(line.text for line in lines).replace("\u00a0", " ").replace("\u202f", " ")


def test_a_receipt_says_what_was_returned_and_what_was_not():
    said = text(returned(1, "L’Été"), returned(2, "Persépolis"), FOREIGN)
    assert f"Reçu de retour n° {CODE}" in said
    assert "23 novembre 2026, 18 h 42" in said
    assert "Rendus (2) :\n- L’Été\n- Persépolis" in said
    assert "Non rendu (1) :\n- un document : Ce document vient d’une autre bibliothèque." in said
    assert "Il ne porte aucun nom." in said


def test_without_titles_it_says_the_end_of_the_barcode_and_no_more():
    said = text(returned(1, "L’Été"), place=replace(PLACE, show_titles=False))
    assert "L’Été" not in said
    assert "- document …0051" in said
    assert "39416" not in said


def test_what_is_kept_incomplete_is_not_called_returned():
    kept = replace(
        returned(1), verdict=Outcome.PARTS_MISSING, outcome=Outcome.PARTS_MISSING, bin="4"
    )
    said = text(kept)
    assert "Rendu" not in said.replace("Non rendu", "")
    assert "Non rendu (1) :\n- document …0051 : Document reçu, mais incomplet." in said


def test_what_is_kept_for_later_is_said_to_be():
    kept = replace(returned(1), outcome=KioskOutcome.KEPT_FOR_LATER)
    assert "dès que la connexion revient" in text(kept)
    assert "dès que la connexion revient" not in text(returned(1, "L’Été"))


@pytest.mark.parametrize("language", Language)
def test_what_is_printed_is_what_was_said(language):
    lines = compose(CODE, [returned(1, "« L’œuvre » – 5 €")], language, AT, PLACE, SPEAK)
    roll = Roll()
    PrinterFace(roll).receive(escpos(lines))
    (receipt,) = roll.receipts
    plain = [line.text.replace("\u202f", " ") for line in lines]
    assert [line.replace("?", " ") for line in receipt.split("\n")[: len(plain)]] == [
        line.replace("?", " ") for line in plain
    ]
    assert "« L’œuvre » – 5 €" in receipt


# -- the printer


@pytest.fixture
def roll() -> Roll:
    return Roll()


@pytest.fixture
async def cable(roll):
    async with Cable(WireLine(PrinterFace(roll))) as cable:
        yield cable


@pytest.fixture
def printer(cable) -> EscPosPrinter:
    return EscPosPrinter(cable.connect, patience=0.05, writing=0.5)


DATA = escpos([Line("Bonjour")])


async def test_it_prints_and_says_how_the_paper_is(printer, roll):
    assert await printer.print(DATA) is Paper.ENOUGH
    assert [receipt.strip() for receipt in roll.receipts] == ["Bonjour"]
    roll.meddle(Mood.PAPER_LOW)
    assert await printer.print(DATA) is Paper.LOW


@pytest.mark.parametrize(
    ("mood", "paper"),
    [
        (Mood.PAPER_OUT, Paper.OUT),
        (Mood.COVER_OPEN, Paper.COVER_OPEN),
        (Mood.OFFLINE, Paper.AWAY),
    ],
)
async def test_what_keeps_it_from_printing_is_known_before(printer, roll, mood, paper):
    roll.meddle(mood)
    assert await printer.paper() is paper
    with pytest.raises(NotPrintedHere) as caught:
        await printer.print(DATA)
    assert caught.value.paper is paper
    assert roll.receipts == []


async def test_paper_that_ends_in_mid_receipt_is_noticed(printer, roll):
    roll.lines_left = 1
    with pytest.raises(NotPrintedHere) as caught:
        await printer.print(escpos([Line("one"), Line("two"), Line("three")]))
    assert caught.value.paper is Paper.OUT


async def test_a_printer_that_is_not_there_or_says_nothing_is_away(printer, cable):
    cable.line.faults = Faults(loss=1.0)
    assert await printer.paper() is Paper.AWAY
    with pytest.raises(NotPrintedHere, match="power and cable"):
        await printer.print(DATA)
    await cable.pull()
    assert await printer.paper() is Paper.AWAY
    with pytest.raises(NotPrintedHere, match="pulled"):
        await printer.print(DATA)


async def test_what_is_no_answer_is_passed_over(printer, cable):
    cable.line.faults = Faults(byte_by_byte=True)
    assert await printer.print(DATA) is Paper.ENOUGH
