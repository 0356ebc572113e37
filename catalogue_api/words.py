"""Texts by key in a language: gettext catalogues compiled in memory, and dates in words.

A key that a catalogue lacks is an error, not the key in the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
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


def words_of(language: str, files: Sequence[Path], zone: ZoneInfo) -> Words:
    """Return the words of a language out of its files; a later file stands over an earlier one."""
    compiled, keys = _compiled(language, tuple(files))
    return Words(language, compiled, zone, keys)


@cache
def _compiled(language: str, files: tuple[Path, ...]) -> tuple[GNUTranslations, frozenset[str]]:
    catalogue = Catalog(locale=language)
    for path in files:
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                catalogue[message.id] = message
    written = BytesIO()
    write_mo(written, catalogue)
    written.seek(0)
    return GNUTranslations(written), frozenset(str(message.id) for message in catalogue)
