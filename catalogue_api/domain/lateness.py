"""Lateness: days on which the library was closed do not count; a suspension, never a fine."""

from dataclasses import dataclass
from datetime import date, timedelta

from catalogue_api.domain.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Penalties:
    """What lateness costs: nothing (`on` is false) until the library has entered its rules.

    A suspension lasts `per_day` days for each late day beyond `grace_days`, `longest` at the most.
    """

    on: bool = False
    grace_days: int = 3
    per_day: int = 1
    longest: int = 60


def counted_day(returned_on: date, where: Calendar) -> date:
    """Return the day as which a return counts: the last open day, if the site was closed."""
    return where.previous_open_day(returned_on)


def late_days(due_on: date, counted_on: date, lent_at: Calendar) -> int:
    """Return how many open days of the lending site passed after the due date."""
    return lent_at.open_days_between(due_on, counted_on)


def suspended_until(late: int, counted_on: date, penalties: Penalties) -> date | None:
    """Return the last day of the suspension that a return brings, None if it brings none.

    It begins on the day as which the return counts, whatever others are running: suspensions
    overlap and are never added up.
    """
    days = min((late - penalties.grace_days) * penalties.per_day, penalties.longest)
    if not penalties.on or days <= 0:
        return None
    return counted_on + timedelta(days=days)
