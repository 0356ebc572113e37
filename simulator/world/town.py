"""The town around the kiosks: its stock, where each thing lies, and the catalogue's machine."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.embedded_library import EmbeddedLibrary, Stock
from drivers.interface import Uid
from drivers.iso15693 import AFI_ON_LOAN
from drivers.tags.content import Usage
from kiosk.session.states import Sets
from simulator.tags import SimTag, TagDescription, make_tags

BEGIN: Final = datetime(2026, 3, 2, 7, tzinfo=UTC)
"""The instant at which every world begins, by the true clock."""

SITES: Final = ("C", "P")
OWNER: Final = "FR-940165801"
CARDS: Final = tuple(f"P{number}" for number in range(1, 7))
BOOKS: Final = 24
TITLES: Final = 12
LENT: Final = 16
"""So many of the books are on loan when a world begins; the others stand on their shelves."""

PARTS: Final = {9: 3, 11: 2, 14: 3}
"""Which of the books are sets, and of how many parts."""

STAFF_CARD: Final = "S1"
"""The barcode in the card of staff."""

HOME, DESK, LOST = "home", "desk", "lost"


def kiosk_name(number: int) -> str:
    """Return the name of a kiosk; the first two of them stand at different sites."""
    return f"kiosk-{number}"


def site_of(number: int) -> str:
    """Return the site where a kiosk stands."""
    return SITES[number % len(SITES)]


BOXED: Final = 4
"""A book with a disc in it, of which its tag says nothing."""

STOCK: Final = Stock(
    sites=SITES,
    kiosks=(
        *((kiosk_name(number), site_of(number), f"token-{number}") for number in range(3)),
        *((f"desk-{site}", site, f"token-desk-{site}") for site in SITES),
    ),
    copies=tuple((str(3000 + n), n % TITLES + 1, SITES[n % 3 == 0]) for n in range(BOOKS)),
    patrons=CARDS,
    contents={str(3000 + n): f"{parts} parts" for n, parts in {**PARTS, BOXED: 2}.items()},
)


@dataclass(slots=True)
class Thing:
    """Something with a tag, or a set of which each part has one, in the order of their ordinals.

    `place`: home, desk, an antenna (`on:kiosk`) or a bin (`kiosk/bin`). `forgotten`: the ordinals
    of parts that its patron did not bring along, `since` when, in seconds.
    """

    tags: tuple[SimTag, ...]
    barcode: str
    place: str
    forgotten: frozenset[int] = frozenset()
    since: float = 0.0

    @property
    def here(self) -> tuple[Uid, ...]:
        """The UIDs of its tags, without those of the parts that are not with it."""
        return tuple(
            tag.uid for ordinal, tag in enumerate(self.tags, 1) if ordinal not in self.forgotten
        )

    @property
    def uid(self) -> Uid:
        """The UID by which it is looked for on a screen."""
        return self.here[0]

    @property
    def locked(self) -> bool:
        """Whether its alarm cannot be switched."""
        return self.tags[0].afi_locked

    def lend(self) -> None:
        """Let it be on loan, whole again; a tag that is locked stays as it is."""
        self.place, self.forgotten = HOME, frozenset()
        for tag in self.tags:
            if not tag.afi_locked:
                tag.afi = AFI_ON_LOAN


def is_set(barcode: str) -> bool:
    """Say whether an item has several parts, tagged or not."""
    return any(barcode == STOCK.copies[number][0] for number in PARTS)


class Catalogue:
    """The catalogue on its machine: it crashes, and is restored from an older copy of its file."""

    def __init__(self, folder: Path, template: Path) -> None:
        """Keep its files in `folder`; each world begins with a copy of `template`."""
        self._file = folder / "catalogue.db"
        self._template = template
        self._backup = folder / "backup.db"
        self.clock: Callable[[], datetime] = lambda: BEGIN
        self.library = EmbeddedLibrary(self._file, self.now, "Europe/Paris")
        self.up = True
        self.restored = 0

    def begin(self, clock: Callable[[], datetime]) -> None:
        """Forget all that happened in an earlier world; from now on `clock` tells the time."""
        self._put(self._template)
        shutil.copyfile(self._template, self._backup)
        self.clock, self.up, self.restored = clock, True, 0

    def now(self) -> datetime:
        """Tell the true time."""
        return self.clock()

    def kiosk(self, name: str) -> EmbeddedCatalogue:
        """Return the way of a kiosk, or of a desk, to the catalogue."""
        token = next(token for known, _, token in STOCK.kiosks if known == name)
        return self.library.catalogue(token)

    def back_up(self) -> None:
        """Keep a copy of all that is in the catalogue now."""
        self.library.close()
        shutil.copyfile(self._file, self._backup)

    def restore(self) -> None:
        """Go back to the last copy: what was reported since is not known any more."""
        self._put(self._backup)
        self.restored += 1

    def _put(self, copy: Path) -> None:
        self.library.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(copy, self._file)


def furnish(template: Path) -> None:
    """Make the catalogue with which every world begins."""
    library = EmbeddedLibrary(template, lambda: BEGIN - timedelta(days=7), "Europe/Paris")
    library.furnish(STOCK)
    for number in range(LENT):
        library.lend(str(3000 + number), CARDS[number % len(CARDS)], SITES[0])
    library.close()


_DESCRIPTIONS: Final = (
    *(
        TagDescription.model_validate(
            {
                "name": barcode,
                "item": barcode,
                "owner": "" if number % 8 == 7 else OWNER,
                "part": part,
                "parts": PARTS.get(number, 1),
                "afi": "C2" if number < LENT else "07",
                "afi_locked": number == 6,
            }
        )
        for number, (barcode, _, _) in enumerate(STOCK.copies)
        for part in range(1, PARTS.get(number, 1) + 1)
    ),
    TagDescription(name="7777", item="7777", owner=OWNER),
    TagDescription(name="foreign", item="1", owner="FR-751010101"),
)
_MADE: Final = make_tags(_DESCRIPTIONS)[0]
_CARD: Final = make_tags(
    [TagDescription(name="staff", item=STAFF_CARD, owner=OWNER, usage=Usage.PATRON_CARD)]
)[0][0]


def staff_card() -> SimTag:
    """Return a card that opens the menu of every kiosk."""
    return replace(_CARD, memory=bytearray(_CARD.memory))


def things(sets: Sets = Sets.EVERY_PART) -> list[Thing]:
    """Return everything with a tag as it is when a world begins; `sets`: which parts have one."""
    tags: dict[str, list[SimTag]] = {}
    for made in _MADE:
        fresh = replace(made, memory=bytearray(made.memory))
        if made.name not in tags or sets is Sets.EVERY_PART:
            tags.setdefault(made.name, []).append(fresh)
    return [
        Thing(tuple(parts), name, HOME if parts[0].afi == AFI_ON_LOAN else DESK)
        for name, parts in tags.items()
    ]


def at(seconds: float) -> datetime:
    """Return the true time so many seconds after the beginning."""
    return BEGIN + timedelta(seconds=seconds)
