"""What patrons say of parts without tags, on a whole kiosk: on disk, and in the catalogue."""

from dataclasses import replace

import pytest

from catalogue_api.contract.returns import Outcome, PartsCheck
from drivers.iso15693 import AFI_IN_STOCK, AFI_ON_LOAN
from kiosk.catalogue import CatalogueUnreachable
from kiosk.outcomes import KioskOutcome
from kiosk.session import questions
from kiosk.session.events import Pressed
from kiosk.session.states import Incomplete, Sets, Stage

CASE = "part 1"
BUTTONS = {PartsCheck.COMPLETE: questions.YES, PartsCheck.INCOMPLETE: questions.NO}
COLUMNS = "barcode, outcome, parts_check, bin, security, loan_id IS NULL"
SAID = f"SELECT {COLUMNS} FROM returns ORDER BY rowid"

RETURNED = ("5", "returned", "complete", "1", "secured", 0)
UNCHECKED = ("5", "returned", "no_answer", "1", "secured", 0)
GIVEN_BACK = ("5", "parts_missing", "incomplete", "", "not_wanted", 1)
FOR_STAFF = ("5", "parts_missing", "incomplete", "4", "not_wanted", 1)


@pytest.fixture
def asking(bench):
    bench.rules = replace(bench.rules, sets=Sets.MAIN_PART, quiet=5.0)
    return bench


async def answer(bench, daemon, said: PartsCheck) -> None:
    """Lay the case down, wait for the question, and answer it or not."""
    bench.lay(CASE)
    asked = await bench.item(CASE, lambda laid: laid.stage is Stage.CHECKING)
    if said in BUTTONS:
        daemon.emit(Pressed(questions.key(BUTTONS[said], asked)))


@pytest.mark.parametrize("away", [False, True], ids=["online", "offline"])
@pytest.mark.parametrize(
    ("said", "incomplete", "seen", "anomaly"),
    [
        (PartsCheck.COMPLETE, Incomplete.GIVE_BACK, RETURNED, None),
        (PartsCheck.NO_ANSWER, Incomplete.GIVE_BACK, UNCHECKED, "parts_unchecked"),
        (PartsCheck.INCOMPLETE, Incomplete.GIVE_BACK, GIVEN_BACK, "parts_missing"),
        (PartsCheck.INCOMPLETE, Incomplete.KEEP, FOR_STAFF, "parts_missing"),
    ],
)
async def test_each_answer_reaches_the_catalogue(asking, said, incomplete, seen, anomaly, away):
    asking.rules = replace(asking.rules, incomplete=incomplete)
    if said is PartsCheck.NO_ANSWER:
        asking.rules = replace(asking.rules, question=0.02, warning=0.02)
    if away:
        asking.catalogue.error = CatalogueUnreachable("gone")
    async with asking.running() as daemon:
        await answer(asking, daemon, said)
        kept = KioskOutcome.KEPT_FOR_LATER if away else Outcome.RETURNED
        incomplete_here = said is PartsCheck.INCOMPLETE
        assert await asking.told(CASE) is (Outcome.PARTS_MISSING if incomplete_here else kept)
        (entry,) = asking.journal.undelivered(0, 9) if away else [None]
        assert entry is None or entry.request.parts_check is said
    asking.catalogue.error = None
    async with asking.running():
        await asking.delivered()
    assert asking.library.rows(SAID) == [seen]
    kinds = [kind for (kind,) in asking.library.rows("SELECT kind FROM anomalies")]
    assert kinds == ([anomaly] if anomaly else [])
    assert asking.afi(CASE) == (AFI_ON_LOAN if incomplete_here else AFI_IN_STOCK)


async def test_what_was_given_back_and_completed_is_asked_about_again(asking):
    async with asking.running() as daemon:
        await answer(asking, daemon, PartsCheck.INCOMPLETE)
        assert await asking.told(CASE) is Outcome.PARTS_MISSING
    asking.lift(CASE)
    async with asking.running() as daemon:
        await answer(asking, daemon, PartsCheck.COMPLETE)
        assert await asking.told(CASE) is Outcome.RETURNED
        await asking.delivered()
    assert asking.library.rows(SAID) == [GIVEN_BACK, RETURNED]


async def test_a_power_cut_during_the_question_promises_nothing_and_loses_nothing(asking):
    async with asking.running() as daemon:
        asking.lay(CASE)
        await asking.item(CASE, lambda laid: laid.stage is Stage.CHECKING)
    assert asking.journal.counts().returns == 0
    async with asking.running() as daemon:
        await answer(asking, daemon, PartsCheck.COMPLETE)
        assert await asking.told(CASE) is Outcome.RETURNED
        await asking.delivered()
    assert asking.library.rows(SAID) == [RETURNED]


async def test_a_pile_does_not_wait_for_an_answer(asking):
    async with asking.running() as daemon:
        asking.lay(CASE, "1", "3")
        assert await asking.told("1") is Outcome.RETURNED
        assert await asking.told("3") is Outcome.RETURNED
        await asking.item(CASE, lambda laid: laid.stage is Stage.CHECKING)
        await answer(asking, daemon, PartsCheck.COMPLETE)
        assert await asking.told(CASE) is Outcome.RETURNED
