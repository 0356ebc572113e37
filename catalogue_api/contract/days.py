"""Days and instants as they are taken from outside: near enough to be reckoned with."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

_FIRST, _LAST = 2000, 2199


def _instant_in_our_days(found: datetime) -> datetime:
    if not _FIRST <= found.year <= _LAST:
        raise ValueError(f"an instant of the years {_FIRST} to {_LAST}")
    return found.astimezone(UTC)


def _day_in_our_days(found: date) -> date:
    if not _FIRST <= found.year <= _LAST:
        raise ValueError(f"a day of the years {_FIRST} to {_LAST}")
    return found


Instant = Annotated[AwareDatetime, AfterValidator(_instant_in_our_days)]
"""An instant with its offset, kept in UTC."""
Day = Annotated[date, AfterValidator(_day_in_our_days)]
"""A day; 9999-12-31, which some write for « never », has no day after it."""
