"""Words as they are looked for: what is indexed and what is asked go through the same functions.

Accents, ligatures, case, French elisions and plurals make no difference; letters of every script
and digits are kept. A change here asks for all titles to be indexed anew: by a migration that
writes every title into `titles_to_index`.
"""

import re
import unicodedata
from functools import lru_cache

from catalogue_api.domain.isbn import isbn13

LONGEST_WORD = 64
"""Characters of a word that count; a longer one (an address, nonsense) is cut."""

_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}
)
_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02bc\u02b9\u00b4\u0060\uff07\u2032]")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u065f\u0670]")
"""Accents of Latin, Greek and Cyrillic, points of Hebrew, vowels and stretching of Arabic.

Other scripts spell with their marks: a Japanese or Indian word without them is another word.
"""
_ELISION = re.compile(r"\b(?:[cdjlmnst]|(?:jus|lors|puis|quoi|quel|pres)?qu)'(?=\w)")
_JOINED = re.compile(r"(?<=\w)'(?=\w)")
_IDEOGRAPHS = (
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_INDIC = "\u0900-\u0fff"
_WORD = re.compile(f"[{_IDEOGRAPHS}]|(?:[^\\W_{_IDEOGRAPHS}]|[{_INDIC}])+")
"""A run of letters and digits; Chinese and Japanese set no blanks: each sign is a word.

The scripts from Devanagari to Tibetan write vowels as marks, which are no letters to Python.
"""

_ISBN_10 = 10
_ARTICLES = frozenset({"le", "la", "les", "un", "une", "the", "a", "an"})
_OWN_STEMS = {
    "travaux": "travail", "vitraux": "vitrail", "coraux": "corail", "emaux": "email",
    "soupiraux": "soupirail", "noyaux": "noyau", "tuyaux": "tuyau", "joyaux": "joyau",
    "boyaux": "boyau", "landaus": "landau", "ideaux": "ideal", "yeux": "oeil",
}  # fmt: skip


def fold(text: str) -> str:
    """Return the text in small letters without accents and ligatures, its apostrophes straight."""
    plain = _APOSTROPHES.sub("'", text.casefold())
    if plain.isascii():
        return plain
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", plain.translate(_LIGATURES)))
    # Compatibility forms may open capitals and apostrophes again; Hangul wants to be put together.
    return _APOSTROPHES.sub(
        "'", unicodedata.normalize("NFC", bare.casefold()).translate(_LIGATURES)
    )


def words(text: str) -> list[str]:
    """Return the words of a text, folded, without elided articles: `l'Œuvre` is `oeuvre`.

    Any other apostrophe joins (`aujourd'hui`), every other sign parts (`porte-monnaie`).
    """
    return [word for piece in text.split() for word in _words_of(piece)]


@lru_cache(maxsize=1 << 16)
def _words_of(piece: str) -> tuple[str, ...]:
    """Take what stands between blanks apart; a library says most of it many times."""
    plain = fold(piece)
    if "'" in plain:
        plain = _JOINED.sub("", _ELISION.sub(" ", plain))
    return tuple(word[:LONGEST_WORD] for word in _WORD.findall(plain))


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return a folded word in the singular, as far as its end tells: -s, -x, -aux.

    The same word always gives the same stem; that some singulars lose a letter too (`temps`)
    does no harm, since they lose it on both sides.
    """
    if len(word) < 4 or word[-1] not in "sx" or not word.isascii() or not word.isalpha():
        return word
    if (own := _OWN_STEMS.get(word)) is not None:
        return own
    if word.endswith("ss"):
        return word
    if len(word) > 4 and word.endswith("aux") and word[-4] != "e":
        return f"{word[:-3]}al"
    return word[:-1]


def terms(text: str) -> list[str]:
    """Return what a text is found by: its words, each as its stem."""
    return [stem(word) for word in words(text)]


def without_article(said: list[str]) -> list[str]:
    """Return the words of a title without the article that it begins with."""
    return said[1:] if len(said) > 1 and said[0] in _ARTICLES else said


def order_key(text: str, longest: int = 96) -> str:
    """Return by what a title or a name is put in order, at most `longest` bytes of UTF-8.

    Without accents and leading article; numbers by their value: `Tome 2` before `Tome 10`.
    """
    said = without_article(words(text))
    key = " ".join(word.zfill(8) if word.isdecimal() else word for word in said)
    return key.encode()[:longest].decode(errors="ignore")


def whole(text: str) -> str:
    """Return one word for all of a text, which no single word can be: for titles said exactly."""
    said = without_article(words(text))
    return "_" + "_".join(map(stem, said)) if 0 < len(said) <= 12 else ""


def number_word(text: str) -> str:
    """Return a number of the trade or a barcode as one word: an ISBN of 10 or 13 in its 13 digits.

    Whatever else is letters and digits, signs and blanks left out; empty where there are none.
    """
    if text.isascii() and text.isalnum() and len(text) != _ISBN_10:
        return text.lower()[:LONGEST_WORD]
    return isbn13(text) or "".join(_WORD.findall(fold(text)))[:LONGEST_WORD]
