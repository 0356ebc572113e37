"""When the invented library is open next: what happens there happens within its hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from catalogue_api.domain.calendar import Opening
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.domain.slot_grid import ceiled

_FOUR_WEEKS = timedelta(days=28)
_ENOUGH = timedelta(hours=3)
"""What is left of a day on which something is still to take place."""


def openings_ahead(rules: Rulebook, site: str, now: datetime) -> Sequence[Opening]:
    """Return the openings of the next weeks, from now on; of today if enough of it is left."""
    calendar, today = rules.calendar(site), rules.day(now)
    ahead = calendar.openings(today, today + _FOUR_WEEKS)
    left = (Opening(ceiled(max(one.starts, now)), one.ends) for one in ahead)
    return [one for one in left if one.ends - one.starts > _ENOUGH]
