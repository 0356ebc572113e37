"""What somebody types into the search box, understood: words, phrases, fields.

Every text is a question: what is no operator is a word, and what is no word is left out. Words
are found in any order; all of them must be there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from catalogue_api.domain.folding import number_word, stem, whole, words
from catalogue_api.domain.isbn import isbn13

MOST_CLAUSES = 24
"""Words and phrases of a question that count; what comes behind them is left out."""


class Field(StrEnum):
    """Where a word is looked for."""

    ANY = "any"
    TITLE = "title"
    AUTHOR = "author"
    SUBJECT = "subject"
    NUMBER = "number"
    """ISBN, ISSN, EAN and barcodes, each as one word."""


_FIELDS = {
    "author": Field.AUTHOR,
    "auteur": Field.AUTHOR,
    "title": Field.TITLE,
    "titre": Field.TITLE,
    "subject": Field.SUBJECT,
    "sujet": Field.SUBJECT,
    "isbn": Field.NUMBER,
    "issn": Field.NUMBER,
    "barcode": Field.NUMBER,
    "code-barres": Field.NUMBER,
}
_NAMES = "|".join(_FIELDS)
_PIECE = re.compile(
    rf"(?:(?<!\w)(?P<field>{_NAMES}):\s?)?"
    r'(?:["“”«](?P<phrase>[^"“”«»]*)["“”»]|(?P<plain>[^\s"“”«»]+))',
    re.IGNORECASE,
)
_ISBN = re.compile(r"(?<![\w:-])(?:97[89][ -]?)?(?:\d[ -]?){9}[\dXx](?![\w-])")
_EMPTY = frozenset({
    "a", "an", "and", "au", "aux", "d", "dans", "de", "des", "du", "en", "et", "for", "in", "la",
    "le", "les", "of", "on", "ou", "par", "pour", "sur", "the", "to", "un", "une",
})  # fmt: skip
"""Words that say nothing beside others: a title may be without them and still be meant."""

_TYPED_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a title must have: words next to each other, in a field.

    `said` are the folded words. With `begins` the only word is the beginning of one, or a whole
    one, which then counts as its stem too.
    """

    field: Field
    said: tuple[str, ...]
    begins: bool = False

    @property
    def ended(self) -> str:
        """The stem of a beginning that is a whole word, where that is another; else empty."""
        (word,) = self.said if self.begins else ("",)
        return "" if stem(word) == word else stem(word)

    @property
    def terms(self) -> tuple[str, ...]:
        """What is stored of those words, and looked for."""
        if self.begins or self.field is Field.NUMBER:
            return self.said
        return tuple(map(stem, self.said))


@dataclass(frozen=True, slots=True)
class Query:
    """A question; without clauses it asks for everything.

    `whole` is the word that a title has which says just this; empty where none can.
    """

    clauses: tuple[Clause, ...] = ()
    whole: str = ""

    @property
    def free(self) -> tuple[Clause, ...]:
        """The clauses that may be met anywhere."""
        return tuple(clause for clause in self.clauses if clause.field is Field.ANY)

    @property
    def bound(self) -> tuple[Clause, ...]:
        """The clauses that name a field."""
        return tuple(clause for clause in self.clauses if clause.field is not Field.ANY)


def parse(text: str) -> Query:
    """Understand a question; no text is an error."""
    marked = _ISBN.sub(_as_isbn, text)
    found = dict.fromkeys(clause for piece in _PIECE.finditer(marked) for clause in _read(piece))
    plain = all(clause.field is Field.ANY and not clause.begins for clause in found)
    said = " ".join(word for clause in found for word in clause.said) if plain else ""
    telling = [clause for clause in found if clause.begins or not _EMPTY.issuperset(clause.said)]
    return Query(tuple(telling or found)[:MOST_CLAUSES], whole(said))


def put_right(text: str, right: Mapping[str, str]) -> str:
    """Return a question with other words in the place of folded ones."""

    def better(typed: re.Match[str]) -> str:
        (*_, last) = words(typed[0]) or [""]
        return right.get(last, typed[0])

    return _TYPED_WORD.sub(better, text)


def _as_isbn(typed: re.Match[str]) -> str:
    number = isbn13(typed[0])
    return f" isbn:{number} " if number else typed[0]


def _read(piece: re.Match[str]) -> Iterator[Clause]:
    field = _FIELDS[piece["field"].lower()] if piece["field"] else Field.ANY
    text = piece["plain"] if piece["phrase"] is None else piece["phrase"]
    said = tuple(words(text))
    if not said:
        return
    if field is Field.NUMBER:
        yield Clause(field, (number_word(text),))
    elif piece["phrase"] is not None or not all(word.isascii() for word in said):
        # Signs of a script without blanks stand next to each other as those of a phrase do.
        yield Clause(field, said)
    else:
        last = len(said) - 1 if text.endswith("*") and len(said[-1]) > 1 else None
        for place, word in enumerate(said):
            yield Clause(field, (word,), begins=place == last)


class Sort(StrEnum):
    """The orders in which hits can be had; within equals the newest record is first."""

    RELEVANCE = "relevance"
    TITLE = "title"
    AUTHOR = "author"
    YEAR = "year"
    """Newest publication first."""
    NEWEST = "newest"
    """Newest record first."""


class Tier(IntEnum):
    """How well a title answers a question: by where it has the words that may be anywhere.

    The order of relevance is by tier, then the newest record first: it depends on the title and
    the question alone, so that a page goes on where the last one ended whatever was added since.
    """

    WHOLE = 1
    """Its title says just this."""
    TITLE = 2
    HEADING = 3
    """Title and author have all words between them."""
    ANYWHERE = 4


def tiers(query: Query) -> tuple[Tier, ...]:
    """Return the tiers in which a question can have answers, best first."""
    if not query.free:
        return (Tier.ANYWHERE,)
    return tuple(Tier) if query.whole else tuple(Tier)[1:]


def beginning(text: str, field: Field) -> Query:
    """Return the question for what somebody is typing: the last word may not be finished."""
    *done, last = words(text) or [""]
    clauses = [Clause(field, (word,)) for word in dict.fromkeys(done) if word not in _EMPTY]
    if last:
        clauses.append(Clause(field, (last,), begins=True))
    return Query(tuple(clauses[-MOST_CLAUSES:]))
