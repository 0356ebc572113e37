"""French public holidays: the eleven days of article L3133-1 of the labour code, computed."""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache


class PublicHoliday(StrEnum):
    """A public holiday; the values are the keys under which a library opens on one."""

    NEW_YEAR = "new_year"
    EASTER_MONDAY = "easter_monday"
    LABOUR_DAY = "labour_day"
    VICTORY_1945 = "victory_1945"
    ASCENSION = "ascension"
    WHIT_MONDAY = "whit_monday"
    NATIONAL_DAY = "national_day"
    ASSUMPTION = "assumption"
    ALL_SAINTS = "all_saints"
    ARMISTICE_1918 = "armistice_1918"
    CHRISTMAS = "christmas"


_FIXED = {
    (1, 1): PublicHoliday.NEW_YEAR,
    (5, 1): PublicHoliday.LABOUR_DAY,
    (5, 8): PublicHoliday.VICTORY_1945,
    (7, 14): PublicHoliday.NATIONAL_DAY,
    (8, 15): PublicHoliday.ASSUMPTION,
    (11, 1): PublicHoliday.ALL_SAINTS,
    (11, 11): PublicHoliday.ARMISTICE_1918,
    (12, 25): PublicHoliday.CHRISTMAS,
}
_AFTER_EASTER = {
    1: PublicHoliday.EASTER_MONDAY,
    39: PublicHoliday.ASCENSION,
    50: PublicHoliday.WHIT_MONDAY,
}


def easter(year: int) -> date:
    """Return Easter Sunday of a year of the Gregorian calendar (computus, Meeus/Jones/Butcher)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap_centuries, century_in_four = divmod(century, 4)
    moved = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moved + 15) % 30
    leaps, rest_in_four = divmod(rest, 4)
    to_sunday = (32 + 2 * century_in_four + 2 * leaps - epact - rest_in_four) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def _movable(year: int) -> dict[date, PublicHoliday]:
    sunday = easter(year)
    return {sunday + timedelta(days=days): which for days, which in _AFTER_EASTER.items()}


def holidays_on(day: date) -> frozenset[PublicHoliday]:
    """Return the public holidays of a day: none, one, or two (1 May 2008 was Ascension too)."""
    found = (_FIXED.get((day.month, day.day)), _movable(day.year).get(day))
    return frozenset(holiday for holiday in found if holiday is not None)


def public_holidays(year: int) -> list[tuple[date, PublicHoliday]]:
    """Return the eleven public holidays of a year in the order of their days."""
    fixed = [(date(year, month, day), which) for (month, day), which in _FIXED.items()]
    return sorted([*fixed, *_movable(year).items()])
