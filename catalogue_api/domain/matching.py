"""Which free copy on a shelf answers which waiting hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from catalogue_api.domain.holds import Wish, queue


@dataclass(frozen=True, slots=True)
class FreeCopy:
    """A copy that stands at a site, on loan to nobody and kept for nobody."""

    id: int
    site: str


def matched(
    copies: Iterable[FreeCopy], wishes: Iterable[Wish], today: date
) -> list[tuple[FreeCopy, Wish]]:
    """Give the free copies of one title to those who wait for it, in their turn.

    Each hold takes a copy that nobody else waits for in particular, if it can; among those one at
    its own site, so that less has to travel. Nobody gets two, and no copy is given twice.
    """
    left = sorted(copies, key=lambda copy: copy.id)
    waiting = queue(wish for wish in wishes if not wish.rests(today))
    wanted_only = {wish.wanted_item for wish in waiting}
    found = []
    for wish in waiting:
        fitting = [copy for copy in left if wish.takes(copy.id, today)]
        if not fitting:
            continue
        best = min(
            fitting,
            key=lambda copy: (copy.id in wanted_only, copy.site != wish.pickup_site, copy.id),
        )
        left.remove(best)
        found.append((best, wish))
    return found
