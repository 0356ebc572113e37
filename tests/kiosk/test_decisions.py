"""What is expected of an item while the catalogue is away."""

from datetime import UTC, datetime, timedelta

import pytest

from catalogue_api.contract.changes import ItemChange
from catalogue_api.contract.returns import SortHint
from kiosk.decisions import FRESH, Age, Expected, expect

NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
HERE = Age("C", NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("item", "hint", "destination"),
    [
        (ItemChange(barcode="1", home_site="C"), SortHint.SHELVE, ""),
        (ItemChange(barcode="1", home_site="P"), SortHint.TRANSFER, "P"),
        (ItemChange(barcode="1", home_site="C", wanted_at="C"), SortHint.HOLD, ""),
        (ItemChange(barcode="1", home_site="P", wanted_at="C"), SortHint.HOLD, ""),
        (ItemChange(barcode="1", home_site="C", wanted_at="P"), SortHint.TRANSFER, "P"),
    ],
)
def test_an_item_goes_where_it_is_wanted_or_home(item, hint, destination):
    assert expect(item, HERE, NOW) == Expected(True, hint, destination)


def test_only_a_fresh_and_whole_snapshot_says_that_an_item_is_unknown():
    assert expect(None, HERE, NOW) == Expected(False, SortHint.STAFF)
    assert expect(None, Age("C", None), NOW) is None
    assert expect(None, Age("C", NOW - FRESH - timedelta(seconds=1)), NOW) is None


def test_an_old_snapshot_still_knows_where_things_belong():
    item = ItemChange(barcode="1", title="L’Été", home_site="C", wanted_at="C")
    told = expect(item, Age("C", NOW - timedelta(days=9)), NOW)
    assert told == Expected(True, SortHint.HOLD, title="L’Été")
