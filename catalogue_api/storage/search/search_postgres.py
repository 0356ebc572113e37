"""The index of titles on PostgreSQL: one `tsvector` a title, under GIN.

No text search configuration takes part: the vector is written with the folded words and their
places as they are. A word of the title `été` is there twice, as `ete` and as `t_ete`: GIN keeps
no weights, and would have to look each hit's vector up for them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from catalogue_api.domain.entries import Entry
from catalogue_api.domain.queries import Clause, Field, Query, Tier

_PREFIXES = {
    Field.TITLE: "t_",
    Field.AUTHOR: "a_",
    Field.SUBJECT: "s_",
    Field.ANY: "",
    Field.NUMBER: "n_",
}
HITS = ONLY_HITS = "title_index i"
MATCHES = "i.words @@ CAST(:match AS tsquery)"
ID = "i.title_id"

_LOCK = "SELECT id FROM titles WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_FLUSH = "SELECT gin_clean_pending_list('ix_title_index_words')"
_COPY = "COPY title_index FROM STDIN"
_ADD_WORDS = (
    "INSERT INTO vocabulary (word, shown) SELECT * FROM unnest(%s::text[], %s::text[])"
    " ON CONFLICT DO NOTHING"
)
_ADD_FORMS = (
    "INSERT INTO spellings (form, word) SELECT * FROM unnest(%s::text[], %s::text[])"
    " ON CONFLICT DO NOTHING"
)


def expression(query: Query, tier: Tier) -> str:
    """Return the tsquery for the titles of one tier, those of better ones left out."""
    if not query.free:
        return anywhere(query)
    better = _at_least(query, Tier(tier - 1)) if tier > Tier.TITLE else ""
    if tier is Tier.TITLE and query.whole:
        better = _at_least(query, Tier.WHOLE)
    return f"({_at_least(query, tier)}) & !({better})" if better else _at_least(query, tier)


def anywhere(query: Query) -> str:
    """Return the tsquery for all the titles that answer a question."""
    return _at_least(query, Tier.ANYWHERE)


def _at_least(query: Query, tier: Tier) -> str:
    if tier is Tier.WHOLE:
        return f"'{query.whole}' & {_at_least(query, Tier.ANYWHERE)}"
    prefixes = {
        Tier.TITLE: ("t_",),
        Tier.HEADING: ("t_", "a_"),
        Tier.ANYWHERE: ("",),
    }[tier]
    free = (" | ".join(_words(clause, prefix) for prefix in prefixes) for clause in query.free)
    named = (_words(clause, _PREFIXES[clause.field]) for clause in query.bound)
    return " & ".join(f"({part})" for part in (*free, *named))


def _words(clause: Clause, prefix: str) -> str:
    """Quote the words; folded ones hold no quotation mark."""
    quoted = [f"'{prefix}{term}'" for term in clause.terms]
    said = " <-> ".join(quoted) + (":*" if clause.begins else "")
    return f"({said} | '{prefix}{clause.ended}')" if clause.ended else said


def lock(connection: Connection, ids: Sequence[int]) -> None:
    """Wait for whoever else indexes these titles, so that all of their copies are seen.

    Always in the same order; whoever adds copies to a title does not wait for this.
    """
    driver: Any = connection.connection.cursor()
    driver.execute(_LOCK, (list(ids),))


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """Write entries of titles that have none."""
    driver: Any = connection.connection.cursor()
    with driver.copy(_COPY) as copy:
        for entry in entries:
            copy.write_row(
                (
                    entry.title_id,
                    entry.facets,
                    entry.kind,
                    entry.language,
                    entry.year,
                    entry.audience,
                    entry.title_key,
                    entry.author_key,
                    vector(entry),
                )
            )


def vector(entry: Entry) -> str:
    """Return the words of an entry as the text of a `tsvector`; fields do not touch each other."""
    said: list[str] = []
    start = 1
    for field, prefix in _PREFIXES.items():
        words = entry.terms[field]
        if field is Field.NUMBER and entry.whole:
            words = [entry.whole, *words]
        for before in ("", prefix) if prefix else ("",):
            said += [f"{before}{word}:{place}" for place, word in enumerate(words, start)]
        start += len(words) + 1
    return " ".join(said)


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Remove the entries of these titles, as far as they have any."""
    driver: Any = connection.connection.cursor()
    driver.execute("DELETE FROM title_index WHERE title_id = ANY(%s)", (list(ids),))


def settled(connection: Connection) -> None:
    """Sort in what was written: until then GIN keeps it on a list that each search reads."""
    connection.connection.cursor().execute(_FLUSH)


def add_words(
    connection: Connection, shown: Sequence[tuple[str, str]], forms: Sequence[tuple[str, str]]
) -> None:
    """Add words (folded, as written) and their forms (form, word) to the vocabulary."""
    driver: Any = connection.connection.cursor()
    # In one order everywhere, so that two who add the same words wait for, not against each other.
    for statement, pairs in ((_ADD_WORDS, sorted(shown)), (_ADD_FORMS, sorted(forms))):
        driver.execute(statement, tuple(list(column) for column in zip(*pairs, strict=True)))


def tidy(connection: Connection) -> None:
    """Tell the planner what the index holds after much was written."""
    connection.connection.cursor().execute("ANALYZE title_index")
