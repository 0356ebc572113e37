"""What the person at the search box may be about to type."""

from collections import Counter
from collections.abc import Iterable

from sqlmodel import Session

from catalogue_api.contract.search import Suggest, Suggestion, Suggestions
from catalogue_api.domain.folding import words
from catalogue_api.domain.queries import Field, beginning
from catalogue_api.services.call import Call
from catalogue_api.storage.availability import TitleLine, titles_shown
from catalogue_api.storage.search import searching as sql
from catalogue_api.storage.search.filters import Filters

_LOOKED_AT = 100
"""Hits, the newest, among which the most frequent title or author is suggested first."""


def suggest(session: Session, _call: Call, body: Suggest) -> Suggestions:
    """Suggest titles and authors that have these words, the last of them as a beginning."""
    said = words(body.q)
    if not said or len(said[-1]) < 2:
        return Suggestions(titles=(), authors=())
    titles = _hits(session, body.q, Field.TITLE)
    authors = _hits(session, body.q, Field.AUTHOR)
    return Suggestions(
        titles=_most((line.title for line in titles), body.limit, "titre"),
        authors=_most((line.author for line in authors), body.limit, "auteur"),
    )


def _hits(session: Session, text: str, field: Field) -> list[TitleLine]:
    connection = session.connection()
    ids = sql.newest(connection, beginning(text, field), Filters(), None, _LOOKED_AT)
    lines = titles_shown(connection, ids) if ids else {}
    return [lines[number] for number in ids if number in lines]


def _most(texts: Iterable[str], limit: int, field: str) -> tuple[Suggestion, ...]:
    counts = Counter(text for text in texts if text)
    order = sorted(counts, key=lambda text: (-counts[text], text))[:limit]
    return tuple(Suggestion(q=f'{field}:"{_plain(text)}"', text=text) for text in order)


def _plain(text: str) -> str:
    return " ".join(text.translate(dict.fromkeys(map(ord, '"“”«»'), " ")).split())
