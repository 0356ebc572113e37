"""What to expect of an item while the catalogue does not answer: pure, from the local snapshot.

Only a forecast: it chooses the bin and what the screen calls the item. What becomes of the return
the catalogue says, when it has it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue_api.contract.changes import ItemChange
from catalogue_api.contract.returns import SortHint

FRESH = timedelta(hours=24)
"""A snapshot this young, and whole, may say that an item is not in the catalogue."""


@dataclass(frozen=True, slots=True)
class Age:
    """How good a snapshot is: read to its end at `refreshed` (None: never yet), for this site."""

    site: str = ""
    refreshed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the snapshot says of an item; `known`: the catalogue had it.

    `contents`: its parts in words. The other names are those of the catalogue's answer, so that the
    same table sorts by either.
    """

    known: bool
    sort_hint: SortHint
    destination: str = ""
    title: str = ""
    kind: str = ""
    contents: str = ""


_UNKNOWN = Expected(known=False, sort_hint=SortHint.STAFF)


def expect(item: ItemChange | None, age: Age, now: datetime) -> Expected | None:
    """Say what is to be expected of an item at the site of the snapshot; None: nobody can tell.

    An item that somebody waits for goes where it is wanted, any other one home.
    """
    if item is None:
        fresh = age.refreshed is not None and abs(now - age.refreshed) <= FRESH
        return _UNKNOWN if fresh else None
    goal = item.wanted_at or item.home_site
    if goal not in {"", age.site}:
        return Expected(True, SortHint.TRANSFER, goal, item.title, contents=item.contents)
    hint = SortHint.HOLD if item.wanted_at else SortHint.SHELVE
    return Expected(True, hint, title=item.title, contents=item.contents)
