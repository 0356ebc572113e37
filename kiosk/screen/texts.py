"""The patron texts: gettext catalogues, compiled in memory; the keys come from the enums.

A catalogue whose header is marked `fuzzy`, as gettext has it, is a draft: complete, but no person
who speaks the language has proofread it yet.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kiosk.session.states import Language

RIGHT_TO_LEFT = frozenset({Language.ARABIC})

_FIRST_STRONG, _POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


class TextMissing(LookupError):
    """A catalogue lacks a text: the message names its key."""


class _NoText(NullTranslations):
    """Where gettext would show the key itself, say which text is missing."""

    def gettext(self, message: str) -> str:
        raise TextMissing(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG002
        raise TextMissing(msgid1)


@dataclass(frozen=True, slots=True)
class Speak:
    """`speak(language, key, **values)`: a text with its values in place."""

    catalogues: dict[Language, GNUTranslations]

    def __call__(self, language: Language, key: str, /, **values: object) -> str:
        """Return the text of `key`. Raises `TextMissing`."""
        return self.catalogues[language].gettext(key).format(**_isolated(language, values))

    def count(self, language: Language, key: str, n: int, /, **values: object) -> str:
        """Return the text of `key` in the plural form for `n`. Raises `TextMissing`."""
        text = self.catalogues[language].ngettext(key, key, n)
        return text.format(**{"n": n, **_isolated(language, values)})

    def date(self, language: Language, day: date, *, year: bool) -> str:
        """Write a day in plain words, e.g. « mardi 24 novembre »; `year`: with the year."""
        key = ".".join(["date", "first" if day.day == 1 else "other", *(["year"] if year else [])])
        return format_date(day, self(language, key), locale=language.value)

    def time(self, language: Language, at: datetime, zone: tzinfo) -> str:
        """Write a local time, e.g. « 14 h 05 » or "14:05"."""
        local = at.astimezone(zone).time()
        key = "time" if local.minute else "time.full"
        return format_time(local, self(language, key), locale=language.value)

    def moment(self, language: Language, at: datetime, zone: tzinfo) -> str:
        """Write a day and a time, e.g. « mardi 24 novembre à 14 h »."""
        day = self.date(language, at.astimezone(zone).date(), year=False)
        return self(language, "moment", day=day, time=self.time(language, at, zone))


def load() -> Speak:
    """Read and compile the catalogues that come with the kiosk."""
    return Speak({language: _compiled(_read(language)) for language in Language})


def is_draft(language: Language) -> bool:
    """Say whether the texts in a language still wait for a person to proofread them."""
    return _read(language).fuzzy


def _read(language: Language) -> Catalog:
    source = files("kiosk.screen") / "locales" / language.value / "LC_MESSAGES" / "kiosk.po"
    with source.open("rb") as lines:
        return read_po(lines, locale=language.value)


def _compiled(catalogue: Catalog) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    translations.add_fallback(_NoText())
    return translations


def _isolated(language: Language, values: dict[str, object]) -> dict[str, object]:
    """Keep the order of foreign words within a text that runs from right to left."""
    if language not in RIGHT_TO_LEFT:
        return values
    return {
        name: f"{_FIRST_STRONG}{value}{_POP}" if isinstance(value, str) and name != "n" else value
        for name, value in values.items()
    }
