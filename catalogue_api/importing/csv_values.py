"""Values of a CSV line: texts of a length, dates in ISO or French order, yes and no."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo

from catalogue_api.importing.records import Unreadable

Values = Mapping[str, str]
"""A line's values by the names of their columns."""

_NOON = time(12)
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_YES = {"1", "yes", "true", "oui", "vrai", "o", "y"}
_NO = {"", "0", "no", "false", "non", "faux", "n"}


def required(values: Values, name: str, longest: int = 0) -> str:
    """Return the text under this name. Raise `Unreadable` if it is empty or too long."""
    value = short(values, name, longest)
    if not value:
        raise Unreadable(f"{name} is empty")
    return value


def short(values: Values, name: str, longest: int) -> str:
    """Return the text under this name, of `longest` characters at the most (0: any length)."""
    value = values.get(name, "")
    if longest and len(value) > longest:
        raise Unreadable(f"{name} is longer than {longest} characters")
    return value


def day(values: Values, name: str) -> date:
    """Return the date under this name; one that stands for « never » is the last we reckon with."""
    value = required(values, name)
    try:
        found = date.fromisoformat(_iso(value))
    except ValueError as error:
        raise Unreadable(f"{name}: {value!r} is not a date such as 2026-11-23") from error
    if found < _FIRST_DAY:
        raise Unreadable(f"{name}: {value!r} is before {_FIRST_DAY}")
    return min(found, _LAST_DAY)


def _iso(value: str) -> str:
    """Return a date, with a time or not, in the order of ISO 8601: 23/11/2026 is 2026-11-23."""
    french = _FRENCH_DAY.match(value)
    if not french:
        return value
    day, month, year = french.groups()
    rest = value[french.end() :].strip().replace("h", ":")
    return f"{year}-{month:0>2}-{day:0>2}" + (f"T{rest:0>5}" if rest else "")


def moment(values: Values, name: str, zone: tzinfo) -> datetime:
    """Return the date with its time under this name; a date alone is its noon."""
    value = required(values, name)
    try:
        found = datetime.fromisoformat(_iso(value))
    except ValueError as error:
        raise Unreadable(
            f"{name}: {value!r} is neither 2026-11-23 nor 2026-11-23T15:30+01:00"
        ) from error
    if not _FIRST_DAY <= found.date() <= _LAST_DAY:
        raise Unreadable(f"{name}: {value!r} is not between {_FIRST_DAY} and {_LAST_DAY}")
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}", _iso(value)):
        found = datetime.combine(found.date(), _NOON)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def optional_day(values: Values, name: str) -> date | None:
    """Return the date under this name, None where there is none."""
    return day(values, name) if values.get(name) else None


def optional_moment(values: Values, name: str, zone: tzinfo) -> datetime | None:
    """Return the date with its time under this name, None where there is none."""
    return moment(values, name, zone) if values.get(name) else None


def whole_number(values: Values, name: str) -> int | None:
    """Return the number under this name, None where there is none."""
    value = values.get(name, "")
    if not re.fullmatch("[0-9]{0,6}", value):
        raise Unreadable(f"{name}: {value!r} is not a whole number")
    return int(value) if value else None


def yes(values: Values, name: str) -> bool:
    """Tell whether the value under this name says yes."""
    value = values.get(name, "").lower()
    if value not in _YES | _NO:
        raise Unreadable(f"{name}: {value!r} is neither yes nor no")
    return value in _YES
