"""Months as a calendar on the wall shows them. Pure."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Month:
    """A month, by its first day."""

    first: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def before(self) -> date:
        """The first day of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """The first day of the month after."""
        return self.last + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayOf(Generic[Thing]):
    """A day, and what is on it."""

    day: date
    things: tuple[Thing, ...]


def month_of(said: str, today: date) -> Month:
    """Return the month that an address names (`2026-12`), this one for anything else."""
    try:
        found = date.fromisoformat(f"{said}-01")
    except ValueError:
        found = today
    in_range = _FIRST_YEAR <= found.year <= _LAST_YEAR
    return Month((found if in_range else today).replace(day=1))


def days_of(
    month: Month, things: Iterable[Thing], day_of: Callable[[Thing], date]
) -> Sequence[DayOf[Thing]]:
    """Return every day of a month with what is on it, in the order in which it came."""
    by_day: dict[date, list[Thing]] = {}
    for thing in things:
        by_day.setdefault(day_of(thing), []).append(thing)
    days = (month.first + timedelta(days=step) for step in range(month.last.day))
    return [DayOf(day, tuple(by_day.get(day, ()))) for day in days]
