"""What will happen in a world: one seed gives one plan, a list of events with their times.

An event carries all the chance that it needs in numbers of its own, so that leaving one out (see
`shrinking`) changes none of the others.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from kiosk.session.states import Incomplete, ReceiptMode, Sets, Shape

HOUR = 3600.0


class Manner(StrEnum):
    """How somebody lays their pile."""

    TOGETHER = "together"
    ONE_BY_ONE = "one by one"
    HASTY = "hasty"
    """Lifts the pile again before it is done, then lays it once more."""
    TEARING = "tearing"
    """Takes a tag away in the middle of the write that secures it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody brings `count` of the things that they have at home."""

    at: float
    kiosk: int
    count: int
    manner: Manner
    chance: int


@dataclass(frozen=True, slots=True)
class Errand:
    """What librarians and readers do at the desk: see `desk`."""

    at: float
    what: "Doing"
    site: int
    chance: int


class Doing(StrEnum):
    """An errand."""

    EMPTY_BINS = "empty the bins"
    LEND = "lend"
    RESERVE = "reserve"
    SHELVE = "shelve what was caught"


class Kind(StrEnum):
    """What may go wrong; faults of a kiosk, of its network, of the catalogue."""

    CABLE_PULLED = "cable_pulled"
    CABLE_NOISE = "cable_noise"
    PARTITION = "partition"
    LOST_QUESTION = "lost_question"
    LOST_ANSWER = "lost_answer"
    TWICE = "asked_twice"
    REORDERED = "reordered"
    SLOW = "slow_catalogue"
    REFUSED = "refused_for_good"
    CATALOGUE_CRASH = "catalogue_crash"
    CATALOGUE_RESTORE = "catalogue_restore"
    POWER_CUT = "power_cut"
    POWER_CUT_IN_WRITE = "power_cut_in_write"
    RESTART = "restart"
    CLOCK_JUMP = "clock_jump"
    DISK_FULL = "disk_full"
    DISK_READ_ONLY = "disk_read_only"
    UNSYNCED_LOST = "unsynced_write_lost"
    """Follows from a power cut, as the next: never planned by itself."""
    TORN_JOURNAL_WRITE = "torn_journal_write"
    PAPER_OUT = "paper_out"
    PRINTER_HANGS = "printer_hangs"
    JOURNAL_DAMAGED = "journal_damaged"
    FLAP_STICKS = "flap_sticks"
    LEFT_BEHIND_FLAP = "left_behind_flap"
    """The power fails in the instant in which something has passed the flap."""
    SORTER_PULLED = "sorter_pulled"
    SORTER_SILENT = "sorter_silent"
    """The board of a sorter answers nothing more from the instant in which its belt runs."""
    BIN_FULL = "bin_full"
    """Follows from small bins; then what patrons do at a flap and with sets, and what staff do."""
    NOT_PUT_IN = "not_put_in"
    PART_MISSING = "part_missing"
    PART_LAID_LATER = "part_laid_later"
    SET_ACCEPTED = "set_accepted_incomplete"
    PARTS_UNTAGGED = "set_with_one_tag"
    SAID_INCOMPLETE = "said_incomplete"
    NOT_ANSWERED = "question_not_answered"
    LOOKED_INSIDE = "case_looked_into"
    KEPT_INCOMPLETE = "kept_incomplete"
    ACCEPTED_AT_SLOT = "accepted_incomplete_at_slot"
    BIN_EMPTIED = "bin_emptied"
    STAFF_CLOSED = "staff_closed"
    STAFF_RESTART = "staff_restart"


_LATER = (Kind.PAPER_OUT, Kind.PRINTER_HANGS, Kind.JOURNAL_DAMAGED)
_FIRST = tuple(Kind)[: tuple(Kind).index(Kind.UNSYNCED_LOST)]
_OF_SLOTS = (Kind.FLAP_STICKS, Kind.LEFT_BEHIND_FLAP, Kind.SORTER_PULLED, Kind.SORTER_SILENT)
PLANNED = (*_FIRST, *_LATER, *_OF_SLOTS)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault that begins at `at` and lasts so many seconds; `chance` decides what is left open."""

    at: float
    kind: Kind
    kiosk: int
    lasts: float
    chance: int


class Choice(StrEnum):
    """What staff choose from the menu of a kiosk."""

    EMPTY = "empty the bins"
    CLOSE = "close and open again"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Round:
    """Staff lay their card on a kiosk and choose from its menu."""

    at: float
    what: Choice
    kiosk: int
    chance: int


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a kiosk has beside its reader. `room`: how many items a bin takes; 0: no end of them."""

    receipts: ReceiptMode = ReceiptMode.NEVER
    room: int = 0
    shape: Shape = Shape.PAD
    incomplete: Incomplete = Incomplete.GIVE_BACK


Event: TypeAlias = Visit | Errand | Trouble | Round


@dataclass(frozen=True, slots=True)
class Plan:
    """One world: how many kiosks, what each of them has, what happens, and for how long.

    Faults stop at `calm`; the world ends some time after, when all queues must have drained.
    """

    seed: int
    kiosks: int
    readers: tuple[int, ...]
    calm: float
    events: tuple[Event, ...]
    equipment: tuple[Equipment, ...]
    sets: Sets = Sets.EVERY_PART


def draw(seed: int) -> Plan:
    """Return the plan of a seed."""
    chance = random.Random(f"plan {seed}")  # noqa: S311 - worlds must repeat
    kiosks = chance.choice((1, 2, 2, 3))
    hours = chance.choice((6, 12, 24, 48))
    visits = sorted(_visits(chance, kiosks, hours), key=lambda visit: visit.at)
    events: list[Event] = [*visits, *_errands(chance, hours)]
    events += _troubles(chance, kiosks, hours, visits, _FIRST, most=6)
    readers = tuple(chance.randrange(3) for _ in range(kiosks))
    if chance.random() < 0.5:
        events += _troubles(chance, kiosks, hours, visits, _LATER, most=2)
    events += _rounds(chance, kiosks, hours)
    keeping = random.Random(f"incomplete {seed}")  # noqa: S311 - worlds must repeat
    equipment = tuple(_equipment(chance, keeping) for _ in range(kiosks))
    slots = [visit for visit in visits if equipment[visit.kiosk].shape is Shape.SLOT]
    if slots:
        events += _troubles(chance, kiosks, hours, slots, _OF_SLOTS, most=2)
    return Plan(
        seed,
        kiosks,
        readers,
        hours * HOUR,
        tuple(sorted(events, key=lambda event: event.at)),
        equipment,
        chance.choice((Sets.EVERY_PART, Sets.EVERY_PART, Sets.MAIN_PART)),
    )


def _equipment(chance: random.Random, keeping: random.Random) -> Equipment:
    return Equipment(
        chance.choice(tuple(ReceiptMode)),
        chance.choice((0, 0, 3, 6)),
        chance.choice((Shape.PAD, Shape.PAD, Shape.SLOT)),
        keeping.choice(tuple(Incomplete)),
    )


def _visits(chance: random.Random, kiosks: int, hours: int) -> Iterator[Visit]:
    for _ in range(chance.randint(2, 7)):
        manner = chance.choice((Manner.TOGETHER, *Manner))
        yield Visit(
            chance.uniform(60, hours * HOUR - 600),
            chance.randrange(kiosks),
            chance.choice((1, 1, 2, 3, 5)),
            manner,
            chance.getrandbits(32),
        )


def _errands(chance: random.Random, hours: int) -> Iterator[Errand]:
    for _ in range(chance.randint(1, 6)):
        what = chance.choice((*Doing, Doing.LEND, Doing.EMPTY_BINS))
        at = chance.uniform(0, hours * HOUR)
        site, number = chance.randrange(2), chance.getrandbits(32)
        if what is Doing.LEND:  # what lies in the bins is checked in first, and lent again
            yield Errand(at - 1, Doing.EMPTY_BINS, site, number)
        yield Errand(at, what, site, number)


def _rounds(chance: random.Random, kiosks: int, hours: int) -> Iterator[Round]:
    for _ in range(chance.randint(0, 3)):
        what = chance.choice((Choice.EMPTY, *Choice))
        at = chance.uniform(0, hours * HOUR)
        yield Round(at, what, chance.randrange(kiosks), chance.getrandbits(32))


def _troubles(
    chance: random.Random,
    kiosks: int,
    hours: int,
    visits: list[Visit],
    kinds: Sequence[Kind],
    most: int,
) -> Iterator[Trouble]:
    for _ in range(chance.randint(1, most)):
        kind = chance.choice(kinds)
        visit = chance.choice(visits)
        near = chance.random() < 0.8
        # What happens while nobody is there is dull: most faults begin around a visit.
        at = visit.at + chance.uniform(-30, 20) if near else chance.uniform(0, hours * HOUR)
        if near and chance.random() < 0.6:
            at = visit.at + chance.uniform(0, 3)
        kiosk = visit.kiosk if near else chance.randrange(kiosks)
        lasts = chance.choice((chance.uniform(0.5, 20), chance.uniform(20, 900), 6 * HOUR))
        lasts = min(lasts, hours * HOUR - at - 1)
        if lasts > 0:
            yield Trouble(max(at, 0), kind, kiosk, lasts, chance.getrandbits(32))
