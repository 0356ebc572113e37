"""The patron texts: gettext catalogues, compiled in memory; the keys come from the enums."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kiosk.session.states import Language


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
        return self.catalogues[language].gettext(key).format(**values)

    def count(self, language: Language, key: str, n: int, /, **values: object) -> str:
        """Return the text of `key` in the plural form for `n`. Raises `TextMissing`."""
        return self.catalogues[language].ngettext(key, key, n).format(**{"n": n, **values})

    def date(self, language: Language, day: date, *, year: bool) -> str:
        """Write a day in plain words, e.g. « 1er octobre » or "1 October"; `year`: with it."""
        key = ".".join(["date", "first" if day.day == 1 else "other", *(["year"] if year else [])])
        return format_date(day, self(language, key), locale=language.value)

    def time(self, language: Language, at: datetime, zone: tzinfo) -> str:
        """Write a local time, e.g. « 14 h 05 » or "14:05"."""
        local = at.astimezone(zone)
        return format_time(local.time(), self(language, "time"), locale=language.value)


def load() -> Speak:
    """Read and compile the catalogues that come with the kiosk."""
    return Speak({language: _compiled(language) for language in Language})


def _compiled(language: Language) -> GNUTranslations:
    source = files("kiosk.screen") / "locales" / language.value / "LC_MESSAGES" / "kiosk.po"
    compiled = BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=language.value))
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    translations.add_fallback(_NoText())
    return translations
