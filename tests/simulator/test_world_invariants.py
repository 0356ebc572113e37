"""What the rules of a world take for a fault, and what they do not."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from catalogue_api.contract.returns import Outcome, PartsCheck, ReturnItem
from catalogue_api.embedded_library import ReturnSeen
from drivers.interface import Uid
from kiosk.clock import Moment
from kiosk.journal import Counts, Entry, Journal
from kiosk.session.states import Sets
from simulator.world import town
from simulator.world.invariants import Facts, KioskFacts, check

KIOSK = town.kiosk_name(0)
SET = next(barcode for barcode, *_ in town.STOCK.copies if town.is_set(barcode))
LAID = 3600.0


def laid_again_each_second(path: Path, said: Sequence[PartsCheck]) -> Facts:
    """A set laid while the catalogue was away, which heard of it when it was lent again."""
    born = {UUID(int=number): LAID + number for number in range(len(said))}
    answers = dict(zip(born, said, strict=True))
    journal = Journal(path / "journal.db")
    for return_id, parts_check in answers.items():
        journal.record(
            Uid("E004015000000001"),
            ReturnItem(
                return_id=return_id,
                barcode=SET,
                occurred_at=town.at(born[return_id]),
                parts_check=parts_check,
            ),
            Moment("boot", born[return_id]),
            dated=True,
        )
    entries = {return_id: journal.entry(return_id) for return_id in born}
    journal.close()
    kiosk = KioskFacts(
        name=KIOSK,
        promises={},
        entries=entries,
        counts=Counts(len(said), 0, 0, 0, 0),
        born=born,
        clock_jumped=False,
        has_flap=False,
        answers=answers,
    )
    overtaken = [reported_too_late(entry) for entry in entries.values()]
    return Facts([kiosk], overtaken, [], town.things(Sets.MAIN_PART), {})


def reported_too_late(entry: Entry) -> ReturnSeen:
    return ReturnSeen(
        return_id=str(entry.return_id),
        kiosk=KIOSK,
        barcode=SET,
        outcome=Outcome.OVERTAKEN,
        occurred_at=entry.request.occurred_at,
        loan_began=None,
        hold_id=None,
        bin=entry.placement.bin,
        security=entry.placement.security,
        parts_check=entry.request.parts_check,
    )


def test_a_set_said_to_be_incomplete_and_then_complete_is_one_return(tmp_path: Path):
    said = (PartsCheck.INCOMPLETE, PartsCheck.COMPLETE)
    assert list(check(laid_again_each_second(tmp_path, said))) == []


def test_a_set_said_to_be_complete_twice_is_counted_twice(tmp_path: Path):
    said = (PartsCheck.COMPLETE, PartsCheck.COMPLETE)
    (found,) = check(laid_again_each_second(tmp_path, said))
    assert found.detail == f"{KIOSK}: {SET}: counted twice"
