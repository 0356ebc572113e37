"""The copies: 600 items of the 300 works, shared out over three sites."""

import random
from dataclasses import dataclass

from simulator.library.numbers import item_barcode, slix_uid
from simulator.library.works import Kind, Reader, Work

SITES = {
    "CENTRALE": "Bibliothèque centrale",
    "PLAINE": "Bibliothèque de la Plaine",
    "COTEAU": "Bibliothèque du Coteau",
}
COPIES = 600
_MOST_COPIES = 5
_SITE_WEIGHTS = {"CENTRALE": 5, "PLAINE": 3, "COTEAU": 2}


@dataclass(frozen=True, slots=True)
class Copy:
    """One item with its barcode and chip; `home` is the site it belongs to."""

    work: Work
    barcode: str
    uid: str
    home: str


def make_copies(works: tuple[Work, ...], rng: random.Random) -> tuple[Copy, ...]:
    """Return `COPIES` copies: one of each work, the rest where readers ask most."""
    counts = _counts(works, rng)
    copies: list[Copy] = []
    for work in works:
        for home in _homes(counts[work.control_number], rng):
            serial = len(copies) + 1
            copies.append(Copy(work, item_barcode(serial), slix_uid(serial), home))
    return tuple(copies)


def _counts(works: tuple[Work, ...], rng: random.Random) -> dict[str, int]:
    counts = {work.control_number: 1 for work in works}
    weights = [_demand(work) for work in works]
    while sum(counts.values()) < COPIES:
        (work,) = rng.choices(works, weights)
        if counts[work.control_number] < _MOST_COPIES:
            counts[work.control_number] += 1
    return counts


def _demand(work: Work) -> int:
    if work.kind is Kind.COMIC:
        return 4
    if work.audience is not Reader.ADULT:
        return 3
    return 2 if work.year >= 2010 else 1


def _homes(count: int, rng: random.Random) -> list[str]:
    """Sites of the copies of one work: a second copy goes where there is none yet."""
    homes: list[str] = []
    while len(homes) < count:
        free = [site for site in SITES if homes.count(site) == len(homes) // len(SITES)]
        homes += rng.choices(free, [_SITE_WEIGHTS[site] for site in free])
    return homes
