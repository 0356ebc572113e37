"""How a site opens, in plain words: today, and through the week. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue_api.domain.calendar import ALL_DAY, Calendar, Stretch
from catalogue_api.web.texts import Words


@dataclass(frozen=True, slots=True)
class Today:
    """How a site opens now.

    `state` names the text: `open`, `open_on` (and no end is foreseen), `later` (today), `closed`
    (until another day), `shut` (nobody can say until when), `unknown` (no hours were entered).
    `at`: when it closes, or opens next. `hours`: those of the day.
    """

    state: str
    at: datetime | None = None
    hours: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """The same as a sentence, "" where nothing is known."""

    state: str
    text: str


def said_today(words: Words, today: Today) -> Said:
    """Return how a site opens now, in words."""
    if today.state == "unknown":
        return Said(today.state, "")
    at = today.at.astimezone(words.zone) if today.at else None
    said = {"at": words.clock(at), "day": words.day(at.date())} if at else {}
    return Said(today.state, words.text(f"portal.opening.{today.state}", **said))


def today_at(calendar: Calendar, now: datetime) -> Today:
    """Return how a site opens at an instant."""
    if calendar.week is None:
        return Today("unknown")
    day = calendar.day(now)
    found, hours = calendar.next_opening(now), calendar.hours(day)
    if found.open_now:
        return Today("open" if found.closes_at else "open_on", found.closes_at, hours)
    if found.opens_at is None:
        return Today("shut", None, hours)
    same = calendar.day(found.opens_at) == day
    return Today("later" if same else "closed", found.opens_at, hours)


def stretches(words: Words, hours: Sequence[Stretch]) -> str:
    """Return the hours of a day: « 10 h – 12 h, 14 h – 19 h »."""
    if not hours:
        return words.text("portal.opening.none")
    if tuple(hours) == (ALL_DAY,):
        return words.text("portal.opening.all_day")
    return ", ".join(words.hours(one.opens, one.closes) for one in hours)


@dataclass(frozen=True, slots=True)
class WeekLine:
    """Days that follow one another and open alike: « mardi – vendredi », and their hours."""

    days: str
    hours: str


def week_lines(words: Words, calendar: Calendar) -> list[WeekLine]:
    """Return the week of a site, days alike together; empty where no hours were entered."""
    if calendar.week is None:
        return []
    lines: list[WeekLine] = []
    first = 0
    for day in range(1, 8):
        if day < 7 and calendar.week[day] == calendar.week[first]:
            continue
        begin, end = words.weekday(first), words.weekday(day - 1)
        lines.append(
            WeekLine(
                begin if first == day - 1 else f"{begin} – {end}",
                stretches(words, calendar.week[first]),
            )
        )
        first = day
    return lines
