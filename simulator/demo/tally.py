"""The books of a scripted day: counted from the catalogue's database and the tags' memory."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from simulator.demo.house import House
from simulator.demo.visits import Pile
from simulator.program.orders import TagState

_SECURED = "07"

_RETURNS = "SELECT barcode, outcome FROM returns"
_OPEN_LOANS = (
    "SELECT items.barcode FROM loans JOIN items ON items.id = loans.item_id "
    "WHERE loans.ended_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the visits. Items are things of ours; `given_back` are all others.

    `lost`: laid down, but no return in the catalogue, or its loan still open. `doubled`: more
    than one return for one laying. `secured`: tags of laid items that now switch the gate alarm
    on. `touched`: tags of others that were written to.
    """

    visits: int
    items_laid: int
    returned_once: int
    lost: int
    doubled: int
    secured: int
    given_back: int
    touched: int
    outcomes: dict[str, int]

    @property
    def well(self) -> bool:
        """Whether every item was returned once and secured, and nothing else was touched."""
        faults = self.lost + self.doubled + self.touched
        return faults == 0 and self.returned_once == self.secured == self.items_laid


def count(
    house: House, before: Sequence[TagState], after: Sequence[TagState], piles: Sequence[Pile]
) -> Tally:
    """Count what happened, from outside of the kiosk."""
    laid = [name for pile in piles for name in pile.items]
    others = {name for pile in piles for name in pile.others}
    barcode = {kind.value: item for kind, item in house.stock.strange_items.items()}
    barcodes = [barcode.get(name, name) for name in laid]
    returns, still_open = _read(house.database)
    times = Counter(item for item, _ in returns)
    bytes_before = {tag.uid: (tag.memory, tag.afi) for tag in before}
    return Tally(
        visits=len(piles),
        items_laid=len(laid),
        returned_once=sum(times[item] == 1 and item not in still_open for item in barcodes),
        lost=sum(times[item] == 0 or item in still_open for item in barcodes),
        doubled=sum(times[item] > 1 for item in barcodes),
        secured=sum(tag.name in laid and tag.afi == _SECURED for tag in after),
        given_back=sum(len(pile.others) for pile in piles),
        touched=sum(
            bytes_before[tag.uid] != (tag.memory, tag.afi) for tag in after if tag.name in others
        ),
        outcomes=dict(Counter(outcome for _, outcome in returns)),
    )


def _read(database: Path) -> tuple[list[tuple[str, str]], set[str]]:
    """Every return with its outcome, and the barcodes that are still on loan."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as catalogue:
        returns = catalogue.execute(_RETURNS).fetchall()
        still_open = {item for (item,) in catalogue.execute(_OPEN_LOANS)}
    return returns, still_open
