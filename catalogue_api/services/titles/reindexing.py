"""Indexing every title anew, in units so small that nobody waits for them."""

from collections.abc import Callable
from functools import partial

from sqlmodel import Session, func, select

from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.search import indexing
from catalogue_api.storage.tables import Title

_STEP = 2000


def count(session: Session) -> int:
    """Return how many titles there are."""
    return session.exec(select(func.count()).select_from(Title)).one()


def reindex(database: Database, advance: Callable[[int], None]) -> int:
    """Index every title anew and forget those that are gone; return how many are in the index.

    `advance` is told of each step how many titles it indexed.
    """
    last, titles = database.write_now(partial(_index_behind, above=0))
    while last:
        advance(titles)
        last, titles = database.write_now(partial(_index_behind, above=last))
    found = database.write_now(_tidied)
    database.vacuum("title_index")
    return found


def _index_behind(session: Session, above: int) -> tuple[int, int]:
    """Index the next titles; return the number of the last one (0: none is left), and how many."""
    connection = session.connection()
    last = indexing.note_all(connection, above, _STEP)
    return (last or 0, indexing.settle(connection))


def _tidied(session: Session) -> int:
    connection = session.connection()
    indexing.forget_gone(connection)
    indexing.tidy(connection)
    return indexing.titles_in_index(connection)
