"""The table of bins: the first line that fits decides."""

import pytest
from visits import answer

from catalogue_api.contract.returns import Outcome, SortHint
from kiosk.outcomes import KioskOutcome, facts
from kiosk.session.sorting import Sorting, SortLine

TABLE = Sorting(
    table=(
        SortLine("holds", outcome=Outcome.HOLD_CAPTURED),
        SortLine("plaine", hint=SortHint.TRANSFER, destination="PLAINE"),
        SortLine("van", hint=SortHint.TRANSFER),
        SortLine("films", outcome=Outcome.RETURNED, kind="film"),
        SortLine("staff", hint=SortHint.STAFF),
        SortLine("shelf"),
    )
)


@pytest.mark.parametrize(
    ("outcome", "fields", "bin_name"),
    [
        (Outcome.RETURNED, {}, "shelf"),
        (Outcome.RETURNED, {"kind": "film"}, "films"),
        (Outcome.NOT_ON_LOAN, {"kind": "film"}, "shelf"),
        (Outcome.HOLD_CAPTURED, {"kind": "film"}, "holds"),
        (Outcome.HOLD_TRANSFER, {"destination": "PLAINE"}, "plaine"),
        (Outcome.TRANSFER_HOME, {"destination": "NORD"}, "van"),
        (Outcome.OVERTAKEN, {}, "staff"),
    ],
)
def test_the_first_line_that_fits(outcome, fields, bin_name):
    assert TABLE.bin(outcome, answer(outcome, **fields)) == bin_name


def test_without_an_answer_the_outcome_says_where():
    assert TABLE.bin(KioskOutcome.KEPT_FOR_LATER) == "shelf"


def test_the_table_of_a_house_without_settings_knows_every_hint():
    bins = {facts(outcome).hint: Sorting().bin(outcome, answer(outcome)) for outcome in Outcome}
    assert bins == {
        SortHint.SHELVE: "1",
        SortHint.HOLD: "2",
        SortHint.TRANSFER: "3",
        SortHint.STAFF: "4",
    }
