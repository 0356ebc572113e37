"""Texts by key in a language: gettext catalogues compiled in memory, and dates in words.

A key that a catalogue lacks is an error, not the key in the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, get_day_names
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

NO_BREAK, NARROW = "\u00a0", "\u202f"
"""No-break spaces. Mails and terminals may have no glyph for the narrow one; browsers do."""
_BEFORE_A_HIGH_SIGN = re.compile(r"\s+(?=[;!?])")
_BESIDE_A_WIDE_ONE = re.compile(r"\s+(?=[:»%])|(?<=«)\s+")


class TextMissing(LookupError):
    """A catalogue has no text under this key."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language: texts by key, dates as people write them there."""

    language: str
    catalogue: GNUTranslations
    zone: ZoneInfo
    all_keys: frozenset[str] = frozenset()

    def text(self, key: str, **values: object) -> str:
        """Return the text of a key with its `{places}` filled."""
        found = self.catalogue.gettext(key)
        if found == key:
            raise TextMissing(f"{self.language}: {key}")
        return found.format(**values)

    def count(self, key: str, number: int) -> str:
        """Return the text of a key in the plural form of a number, put in its `{n}`."""
        found = self.catalogue.ngettext(key, key, number)
        if found == key:
            raise TextMissing(f"{self.language}: {key}")
        return found.format(n=number)

    def has(self, key: str) -> bool:
        """Tell whether there is a text under a key."""
        return self.catalogue.gettext(key) != key

    def keys(self, beginning: str) -> list[str]:
        """Return the keys that begin so, in their alphabetical order."""
        return sorted(key for key in self.all_keys if key.startswith(beginning))

    def day(self, day: date) -> str:
        """Return a date in words: « jeudi 3 décembre »."""
        return self._written(day, "EEEE d MMMM")

    def full_day(self, day: date) -> str:
        """Return a date with its year: « 3 décembre 2027 »."""
        return self._written(day, "d MMMM y")

    def _written(self, day: date, pattern: str) -> str:
        if self.language == "fr" and day.day == 1:
            pattern = pattern.replace("d ", "d'er' ")
        return _date(day, pattern, self.language)

    def number(self, value: float) -> str:
        """Return a number with one decimal at the most: « 1,5 »."""
        return format_decimal(value, "#,##0.#", locale=Locale.parse(self.language))

    def month(self, day: date) -> str:
        """Return the month of a day: « décembre 2026 »."""
        return _date(day, "LLLL y", self.language)

    def weekday(self, number: int) -> str:
        """Return the name of a weekday; 0 is Monday."""
        return str(get_day_names("wide", "stand-alone", Locale.parse(self.language))[number])

    def clock(self, at: time | datetime) -> str:
        """Return a time of day, of an instant by the library's clock: « 10 h 30 », “10:30”.

        The end of a day is its midnight.
        """
        if isinstance(at, datetime):
            at = at.astimezone(self.zone).time()
        if at == time.max:
            at = time.min
        if self.language != "fr":
            return f"{at:%H:%M}"
        hour = f"{at.hour}{NO_BREAK}h"
        return f"{hour}{NO_BREAK}{at.minute:02}" if at.minute else hour

    def hours(self, first: time | datetime, last: time | datetime) -> str:
        """Return from when to when in few signs: « 14 h – 15 h 30 »."""
        return f"{self.clock(first)}{NO_BREAK}– {self.clock(last)}"

    def spoken(self, instant: datetime) -> str:
        """Return an instant as one says it: « mardi 24 novembre à 13 h »."""
        day = self.day(instant.astimezone(self.zone).date())
        return self.text("moment", day=day, time=self.clock(instant))

    def spoken_of_year(self, instant: datetime) -> str:
        """Return an instant as one says it later: « 24 novembre 2026 à 13 h »."""
        day = self.full_day(instant.astimezone(self.zone).date())
        return self.text("moment", day=day, time=self.clock(instant))

    def moment(self, instant: datetime) -> str:
        """Return an instant by the library's clock: « 23 nov. 13:00 »."""
        return self._at(instant, "d MMM")

    def moment_of_year(self, instant: datetime) -> str:
        """Return an instant by the library's clock, with its year: « 23 nov. 2026 13:00 »."""
        return self._at(instant, "d MMM y")

    def _at(self, instant: datetime, pattern: str) -> str:
        local = instant.astimezone(self.zone)
        return f"{_date(local.date(), pattern, self.language)} {local:%H:%M}"


@lru_cache(maxsize=5000)  # a page names the same days again and again
def _date(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=Locale.parse(language))


def words_of(language: str, files: Sequence[Path], zone: ZoneInfo, narrow: str = NO_BREAK) -> Words:
    """Return the words of a language out of its files; a later file stands over an earlier one.

    `narrow` is the space that stands before « ; ! ? » in French.
    """
    compiled, keys = _compiled(language, tuple(files), narrow)
    return Words(language, compiled, zone, keys)


@cache
def _compiled(
    language: str, files: tuple[Path, ...], narrow: str
) -> tuple[GNUTranslations, frozenset[str]]:
    catalogue = Catalog(locale=language)
    for path in files:
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if language == "fr" and message.id and message.string:
                    message.string = _set_in_type(message.string, narrow)
                catalogue[message.id] = message
    written = BytesIO()
    write_mo(written, catalogue)
    written.seek(0)
    return GNUTranslations(written), frozenset(str(message.id) for message in catalogue)


def _set_in_type(said: str | Sequence[str], narrow: str) -> str | tuple[str, ...]:
    """Return French text with the spaces at which no line may break, in each plural form."""
    if not isinstance(said, str):
        return tuple(str(_set_in_type(form, narrow)) for form in said)
    return _BESIDE_A_WIDE_ONE.sub(NO_BREAK, _BEFORE_A_HIGH_SIGN.sub(narrow, said))
