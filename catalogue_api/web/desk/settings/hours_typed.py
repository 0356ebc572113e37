"""The hours of a day as librarians type and read them: « 10:00–12:30, 14:00–18:00 ». Pure."""

import re
from collections.abc import Iterable

from catalogue_api.contract.calendars import Hours

_TIME = r"(2[0-3]|[01]?\d)(?:\s*[h:.]\s*([0-5]\d)?)?"
_STRETCH = re.compile(rf"{_TIME}\s*(?:-|–|à|a|to)\s*{_TIME}", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,|;|/|\+|\bet\b|\band\b|\s)\s*", re.IGNORECASE)
_LONGEST = 200


def typed(said: str) -> tuple[tuple[str, str], ...] | None:
    """Return the stretches of a day, as `("10:00", "12:30")`; none for a closed day.

    None where it cannot be understood: « 10h-12h30 et 14h-18h », "10:00-12:30, 14-18" and
    "10.00 to 12.30" can. That a day is in order and nothing overlaps, the contract looks at.
    """
    rest, found = said.strip(), []
    if len(rest) > _LONGEST:
        return None
    while rest:
        stretch = _STRETCH.match(rest)
        if stretch is None:
            return None
        opens, opens_at, closes, closes_at = stretch.groups("00")
        found.append((f"{int(opens):02}:{opens_at}", f"{int(closes):02}:{closes_at}"))
        rest = rest[stretch.end() :]
        between = _BETWEEN.match(rest)
        if rest and between is None:
            return None
        rest = rest[between.end() :] if between else ""
    return tuple(found)


def written(stretches: Iterable[Hours]) -> str:
    """Return the stretches of a day as they are read."""
    return ", ".join(f"{one.opens:%H:%M}–{one.closes:%H:%M}" for one in stretches)
