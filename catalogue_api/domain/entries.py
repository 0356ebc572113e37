"""What a title is found by: the values of its record, made an entry of the index."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue_api.domain.folding import number_word, order_key, stem, whole, words
from catalogue_api.domain.queries import Field

COLUMNS: dict[Field, tuple[str, ...]] = {
    Field.TITLE: ("title", "subtitle", "volume", "other_titles"),
    Field.AUTHOR: ("author", "contributors"),
    Field.SUBJECT: ("subjects",),
    Field.ANY: ("series", "publisher", "summary", "contents", "platform"),
}
"""Which columns of a title are looked at for each field; those of `ANY` for no other."""

MOST_WORDS = 2000
"""Words of a field that are indexed: a summary may be a whole chapter."""

LAST = "\U0010ffff"
"""Behind every name, in the order of authors: titles that name none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A title in the index: the words of each field, and by what it is filtered and put in order.

    `whole` is its title as one word. `spoken` are its unstemmed words by which the words of
    others' questions are put right.
    """

    title_id: int
    kind: str
    language: str
    audience: str
    year: int | None
    title_key: str
    author_key: str
    whole: str
    terms: Mapping[Field, list[str]]
    spoken: frozenset[str]

    @property
    def facets(self) -> str:
        """What hits are counted by, as one text: `facets_in` takes it apart."""
        decade = "" if self.year is None else str(self.year // 10 * 10)
        return "\t".join((self.kind, self.language, self.audience, decade))


def facets_in(text: str) -> tuple[str, str, str, str]:
    """Return kind, language, audience and decade ("" for none) of an entry."""
    kind, language, audience, decade = text.split("\t")
    return kind, language, audience, decade


def entry_of(title: Mapping[str, Any], numbers: Iterable[str]) -> Entry:
    """Return the entry of a title, given its columns by name, and its numbers and barcodes."""
    said = {
        field: [word for name in names for word in words(title[name])][:MOST_WORDS]
        for field, names in COLUMNS.items()
    }
    terms = {field: list(map(stem, found)) for field, found in said.items()}
    terms[Field.NUMBER] = list(dict.fromkeys(filter(None, map(number_word, numbers))))
    spoken = frozenset(word for field in _SPOKEN for word in said[field])
    return Entry(
        title["id"],
        title["kind"],
        " ".join(title["language"].split()),
        title["audience"],
        title["year"],
        order_key(f"{title['title']} {title['volume']}"),
        order_key(title["author"]) or LAST,
        whole(title["title"]),
        terms,
        spoken,
    )


_SPOKEN = (Field.TITLE, Field.AUTHOR, Field.SUBJECT)
