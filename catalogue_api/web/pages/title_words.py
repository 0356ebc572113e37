"""Words about titles and copies that no catalogue of texts holds: the names of languages."""

from babel.core import Locale

from catalogue_api.web.texts import Words

_SHORT = {
    "ara": "ar", "arm": "hy", "bre": "br", "cat": "ca", "chi": "zh", "cze": "cs", "dan": "da",
    "dut": "nl", "eng": "en", "fin": "fi", "fre": "fr", "ger": "de", "gre": "el", "heb": "he",
    "hin": "hi", "hun": "hu", "ita": "it", "jpn": "ja", "kor": "ko", "lat": "la", "nor": "no",
    "per": "fa", "pol": "pl", "por": "pt", "rum": "ro", "rus": "ru", "spa": "es", "swe": "sv",
    "tam": "ta", "tur": "tr", "ukr": "uk", "vie": "vi", "wol": "wo",
}  # fmt: skip
"""ISO 639-2/B, as records have it, where ISO 639-1 has a code too."""


def language_name(words: Words, code: str) -> str:
    """Return the name of a language of a record; an unknown code stands for itself."""
    names = Locale.parse(words.language).languages
    return str(names.get(_SHORT.get(code, code), code))
