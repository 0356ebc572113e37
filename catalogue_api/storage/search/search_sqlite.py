"""The index of titles on SQLite: FTS5 over a table of folded words.

`title_index` has what titles are filtered and put in order by, `title_texts` their folded words,
and `title_words` is the FTS5 table whose content those are: it must be told the old words to
forget them. Its tokenizer parts at blanks and nowhere else, since words come folded.
"""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from catalogue_api.domain.entries import Entry
from catalogue_api.domain.queries import Clause, Field, Query, Tier

_COLUMNS = {
    Field.TITLE: "title",
    Field.AUTHOR: "author",
    Field.SUBJECT: "subject",
    Field.ANY: "other",
    Field.NUMBER: "number",
}

HITS = "title_words w CROSS JOIN title_index i ON i.title_id = w.rowid"
"""What hits are selected from where they are filtered or put in order; FTS5 comes first."""

ONLY_HITS = "title_words w"
MATCHES = "title_words MATCH :match"
ID = "w.rowid"

_FORGET = """INSERT INTO title_words (title_words, rowid, title, author, subject, other, number)
    SELECT 'delete', title_id, title, author, subject, other, number FROM title_texts
    WHERE title_id IN (SELECT value FROM json_each(?))"""
_DELETE = (
    "DELETE FROM title_texts WHERE title_id IN (SELECT value FROM json_each(?))",
    "DELETE FROM title_index WHERE title_id IN (SELECT value FROM json_each(?))",
)
_WRITE = "INSERT INTO title_index VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_WRITE_TEXTS = """INSERT INTO title_texts (title_id, title, author, subject, other, number)
    VALUES (?, ?, ?, ?, ?, ?)"""
_WRITE_WORDS = """INSERT INTO title_words (rowid, title, author, subject, other, number)
    VALUES (?, ?, ?, ?, ?, ?)"""


def expression(query: Query, tier: Tier) -> str:
    """Return the FTS5 expression for the titles of one tier, those of better ones left out."""
    if not query.free:
        return _all(query.bound, ())
    better = _at_least(query, Tier(tier - 1)) if tier > Tier.TITLE else ""
    if tier is Tier.TITLE and query.whole:
        better = _at_least(query, Tier.WHOLE)
    return f"({_at_least(query, tier)}) NOT ({better})" if better else _at_least(query, tier)


def anywhere(query: Query) -> str:
    """Return the FTS5 expression for all the titles that answer a question."""
    return _at_least(query, Tier.ANYWHERE)


def _at_least(query: Query, tier: Tier) -> str:
    if tier is Tier.WHOLE:
        return f'number : "{query.whole}" AND ({_at_least(query, Tier.ANYWHERE)})'
    free = {
        Tier.TITLE: "title : ",
        Tier.HEADING: "{title author} : ",
        Tier.ANYWHERE: "",
    }[tier]
    return _all(query.bound, tuple(f"{free}{_words(clause)}" for clause in query.free))


def _all(bound: Sequence[Clause], free: tuple[str, ...]) -> str:
    named = (f"{_COLUMNS[clause.field]} : {_words(clause)}" for clause in bound)
    return " AND ".join((*free, *named))


def _words(clause: Clause) -> str:
    """Quote the words; folded ones hold no quotation mark."""
    said = f'"{" ".join(clause.terms)}"' + (" *" if clause.begins else "")
    return f'({said} OR "{clause.ended}")' if clause.ended else said


def lock(_connection: Connection, _ids: Sequence[int]) -> None:
    """Do nothing: nobody else writes."""


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries of titles that have none."""
    driver = connection.connection.cursor()
    driver.executemany(
        _WRITE,
        [
            (
                e.title_id,
                e.facets,
                e.kind,
                e.language,
                e.year,
                e.audience,
                e.title_key,
                e.author_key,
            )
            for e in entries
        ],
    )
    texts = [(entry.title_id, *_texts(entry)) for entry in entries]
    driver.executemany(_WRITE_TEXTS, texts)
    driver.executemany(_WRITE_WORDS, texts)


def _texts(entry: Entry) -> Iterable[str]:
    for field in _COLUMNS:
        said = entry.terms[field]
        yield " ".join([entry.whole, *said] if field is Field.NUMBER else said)


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Remove the entries of these titles, as far as they have any."""
    driver, these = connection.connection.cursor(), (json.dumps(ids),)
    driver.execute(_FORGET, these)
    for statement in _DELETE:
        driver.execute(statement, these)


def settled(_connection: Connection) -> None:
    """Do nothing: FTS5 has sorted in what was written."""


def add_words(
    connection: Connection, shown: Sequence[tuple[str, str]], forms: Sequence[tuple[str, str]]
) -> None:
    """Add words (folded, as written) and their forms (form, word) to the vocabulary."""
    driver = connection.connection.cursor()
    driver.executemany("INSERT OR IGNORE INTO vocabulary (word, shown) VALUES (?, ?)", shown)
    driver.executemany("INSERT OR IGNORE INTO spellings (form, word) VALUES (?, ?)", forms)


def tidy(connection: Connection) -> None:
    """Lay the index together after much was written."""
    connection.connection.cursor().execute(
        "INSERT INTO title_words (title_words) VALUES ('optimize')"
    )
