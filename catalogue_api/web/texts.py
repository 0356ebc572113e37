"""The texts of staff: gettext catalogues, compiled in memory. The enums are keys in them.

French comes first. A key that a catalogue lacks is an error, not the key on the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.core import Locale, negotiate_locale
from babel.dates import format_date, get_day_names
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("fr", "en")
_LOCALES = Path(__file__).parent / "locales"


class TextMissing(LookupError):
    """A catalogue has no text under this key."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language: texts by key, dates as people write them there."""

    language: str
    catalogue: GNUTranslations
    zone: ZoneInfo

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
        return sorted(key for key in _keys(self.language) if key.startswith(beginning))

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


def read_words(zone: ZoneInfo) -> Mapping[str, Words]:
    """Read every catalogue, French first."""
    return {language: Words(language, _compiled(language), zone) for language in LANGUAGES}


def files_of(language: str) -> list[Path]:
    """Return the files of a language: what all share, then a file for each area of the desk."""
    return [_LOCALES / f"{language}.po", *sorted((_LOCALES / language).glob("*.po"))]


@lru_cache(maxsize=5000)  # a page names the same days again and again
def _date(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=Locale.parse(language))


@cache
def _keys(language: str) -> frozenset[str]:
    return frozenset(str(message.id) for message in _read(language))


def _read(language: str) -> Catalog:
    catalogue = Catalog(locale=language)
    for path in files_of(language):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                catalogue[message.id] = message
    return catalogue


@cache
def _compiled(language: str) -> GNUTranslations:
    catalogue = _read(language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def preferred(accept_language: str) -> str:
    """Return the language that an `Accept-Language` header asks for most; French by default."""
    wishes: list[tuple[float, str]] = []
    for part in accept_language.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), tag))
        except ValueError:
            continue
    ordered = [tag for _, tag in sorted(wishes, key=lambda wish: wish[0])]
    return negotiate_locale(ordered, LANGUAGES, sep="-") or LANGUAGES[0]
