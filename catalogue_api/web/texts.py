"""The texts of staff and readers on pages. The enums are keys in them; French comes first."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.core import negotiate_locale

from catalogue_api.words import NARROW, TextMissing, Words, words_of

__all__ = ["LANGUAGES", "TextMissing", "Words", "files_of", "preferred", "read_words"]

LANGUAGES = ("fr", "en")
_LOCALES = Path(__file__).parent / "locales"


def read_words(zone: ZoneInfo) -> Mapping[str, Words]:
    """Read every catalogue, French first."""
    return {
        language: words_of(language, files_of(language), zone, NARROW) for language in LANGUAGES
    }


def files_of(language: str) -> list[Path]:
    """Return the files of a language: what all share, then a file for each area of the desk."""
    return [_LOCALES / f"{language}.po", *sorted((_LOCALES / language).glob("*.po"))]


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
