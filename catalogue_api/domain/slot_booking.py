"""Whether a reader may have a slot at a computer: every reason that stands against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from catalogue_api.domain.calendar import Calendar
from catalogue_api.domain.slot_grid import is_on_grid, opening_at
from catalogue_api.domain.slots import Ability, Slot, SlotRefusal, SlotRules


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who wants a slot. `held` are the slots that count against them, all of that week at least.

    `birth_year` may be unknown. `blocked`: by a librarian, or for a lost card; who is suspended
    for bringing books back late may still use a computer.
    """

    card_ends: date | None = None
    blocked: bool = False
    birth_year: int | None = None
    held: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A computer as far as it matters who sits there; ages are those reached in the year."""

    abilities: frozenset[Ability] = frozenset()
    least_age: int | None = None
    most_age: int | None = None
    out_of_order: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A slot that is asked for, with what the computer must have.

    `now_there`: the reader stands before it, so the slot begins at this instant, off the grid.
    """

    slot: Slot
    abilities: frozenset[Ability] = frozenset()
    now_there: bool = False


def of_time(
    wanted: Wanted, calendar: Calendar, rules: SlotRules, now: datetime
) -> Iterator[SlotRefusal]:
    """Yield what stands against the time alone, whoever asks and wherever."""
    slot, zone = wanted.slot, calendar.zone
    on_grid = wanted.now_there or is_on_grid(slot.starts, zone, rules.grid)
    if not on_grid or not is_on_grid(slot.ends, zone, rules.grid):
        yield SlotRefusal.NOT_ON_GRID
    if slot.minutes < rules.least:
        yield SlotRefusal.TOO_SHORT
    elif slot.minutes > rules.session:
        yield SlotRefusal.TOO_LONG
    if slot.starts < now:
        yield SlotRefusal.IN_THE_PAST
    if calendar.day(slot.starts) > calendar.day(now) + timedelta(days=rules.ahead_days):
        yield SlotRefusal.TOO_FAR_AHEAD
    opening = opening_at(calendar, slot.starts)
    if opening is None or slot.ends > opening.ends:
        yield SlotRefusal.CLOSED
    elif opening.ends - slot.starts < timedelta(minutes=rules.closing):
        yield SlotRefusal.CLOSING_SOON


def of_reader(
    reader: Applicant, slot: Slot, calendar: Calendar, rules: SlotRules
) -> Iterator[SlotRefusal]:
    """Yield what stands against a reader at that time, at whatever computer."""
    day = calendar.day(slot.starts)
    if reader.card_ends is not None and reader.card_ends < day:
        yield SlotRefusal.CARD_EXPIRED
    if reader.blocked:
        yield SlotRefusal.BLOCKED
    if any(slot.overlaps(one) for one in reader.held):
        yield SlotRefusal.BOOKED_ELSEWHERE
    yield from of_allowance(reader.held, slot, calendar, rules)


def of_allowance(
    held: tuple[Slot, ...], slot: Slot, calendar: Calendar, rules: SlotRules
) -> Iterator[SlotRefusal]:
    """Yield the allowances that a slot would pass, on top of what is held already."""
    day = calendar.day(slot.starts)
    if minutes_between(held, day, day, calendar) + slot.minutes > rules.daily:
        yield SlotRefusal.DAILY_ALLOWANCE
    if rules.weekly is not None:
        of_week = minutes_between(held, *_week_of(day), calendar)
        if of_week + slot.minutes > rules.weekly:
            yield SlotRefusal.WEEKLY_ALLOWANCE


def minutes_left(held: tuple[Slot, ...], day: date, calendar: Calendar, rules: SlotRules) -> int:
    """Return how many minutes the allowances leave on a day; 0 if nothing is left."""
    left = rules.daily - minutes_between(held, day, day, calendar)
    if rules.weekly is not None:
        left = min(left, rules.weekly - minutes_between(held, *_week_of(day), calendar))
    return max(left, 0)


def _week_of(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def minutes_between(held: tuple[Slot, ...], first: date, last: date, calendar: Calendar) -> int:
    """Return the minutes of the slots that began between two days, both included."""
    return sum(one.minutes for one in held if first <= calendar.day(one.starts) <= last)


def of_seat(
    seat: Seat, reader: Applicant | None, wanted: Wanted, day: date
) -> Iterator[SlotRefusal]:
    """Yield what stands against this computer for this reader (None: a guest)."""
    if seat.out_of_order:
        yield SlotRefusal.OUT_OF_ORDER
    if not wanted.abilities <= seat.abilities:
        yield SlotRefusal.LACKS_ABILITY
    if reader is not None:
        yield from of_age(seat, reader.birth_year, day)


def of_age(seat: Seat, birth_year: int | None, day: date) -> Iterator[SlotRefusal]:
    """Yield why somebody born in a year (None: nobody knows) may not sit there, on a day."""
    if seat.least_age is None and seat.most_age is None:
        return
    if birth_year is None:
        yield SlotRefusal.AGE_UNKNOWN
        return
    age = day.year - birth_year
    if seat.least_age is not None and age < seat.least_age:
        yield SlotRefusal.TOO_YOUNG
    if seat.most_age is not None and age > seat.most_age:
        yield SlotRefusal.TOO_OLD
