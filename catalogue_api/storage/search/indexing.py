"""The index of titles is kept true: each transaction that changes titles indexes them at its end.

Nobody has to remember it: triggers note the titles (`storage.search.index_triggers`), an engine
that is watched sees that a statement may have fired them, and `storage.engine.unit` settles what
was noted before the unit of work is done. Statements that go round SQLAlchemy
(`storage.engine.prepared`) are not seen: what they were to note is settled by the next unit that
is.
"""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    TextClause,
    bindparam,
    delete,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import col

from catalogue_api.domain.entries import COLUMNS, Entry, entry_of
from catalogue_api.domain.folding import words
from catalogue_api.domain.spelling import correctable, forms
from catalogue_api.storage.among import among
from catalogue_api.storage.search import search_postgres, search_sqlite
from catalogue_api.storage.search.index_triggers import WATCHED_TABLES
from catalogue_api.storage.tables import Item, Title, TitleNumber, TitleToIndex, Word

BATCH = 500
_GONE = """INSERT INTO titles_to_index (title_id) SELECT title_id FROM title_index
    WHERE title_id NOT IN (SELECT id FROM titles)
    AND title_id NOT IN (SELECT title_id FROM titles_to_index)"""
_MARK = "titles may have changed"
_NAMED = re.compile(rf"\b({'|'.join(WATCHED_TABLES)})\b", re.IGNORECASE)
_WRITTEN = re.compile(r"[^\W_]+")
_ENGINES = {"sqlite": search_sqlite, "postgresql": search_postgres}

_NAMES = dict.fromkeys(
    (
        *("id", "kind", "language", "audience", "year", "isbn"),
        *(name for names in COLUMNS.values() for name in names),
    )
)
_ENTRIES = select(*(getattr(Title, name) for name in _NAMES)).where(among(col(Title.id), "ids"))
_BARCODES = select(col(Item.title_id), col(Item.barcode)).where(among(col(Item.title_id), "ids"))
_NUMBERS = select(col(TitleNumber.title_id), col(TitleNumber.number)).where(
    among(col(TitleNumber.title_id), "ids")
)
_NOTED = (
    select(col(TitleToIndex.title_id))
    .distinct()
    .order_by(col(TitleToIndex.title_id))
    .limit(bindparam("most"))
)
_NEXT = select(col(Title.id)).where(col(Title.id) > bindparam("above")).order_by(col(Title.id))
_LAST_OF_NEXT = select(func.max(_NEXT.limit(bindparam("most")).subquery().c.id))
_NOTE = insert(TitleToIndex).from_select(
    ["title_id"],
    select(col(Title.id)).where(
        col(Title.id) > bindparam("above"),
        col(Title.id) <= bindparam("last"),
        col(Title.id).not_in(select(col(TitleToIndex.title_id))),
    ),
)
_SETTLED = delete(TitleToIndex).where(among(col(TitleToIndex.title_id), "ids"))
_KNOWN = select(col(Word.word)).where(among(col(Word.word), "asked"))


def watch(engine: Engine) -> None:
    """Mark a connection of this engine when a statement may have changed titles or copies."""

    @event.listens_for(engine, "after_execute")
    def mark(connection: Connection, statement: object, *_: object) -> None:
        if isinstance(statement, UpdateBase):
            may_change = getattr(statement.table, "name", "") in WATCHED_TABLES
        else:
            raw = isinstance(statement, TextClause | str)
            may_change = raw and _NAMED.search(str(statement)) is not None
        if may_change:
            connection.info[_MARK] = True


def settle_if_marked(connection: Connection) -> None:
    """Index what was noted in this transaction, if anything can have been."""
    if connection.info.pop(_MARK, False):
        settle(connection)


def settle(connection: Connection) -> int:
    """Index every title that was noted; return how many."""
    count = 0
    while ids := list(connection.execute(_NOTED, {"most": BATCH}).scalars()):
        index_titles(connection, ids)
        connection.execute(_SETTLED, {"ids": ids})
        count += len(ids)
    if count:
        _ENGINES[connection.dialect.name].settled(connection)
    connection.info.pop(_MARK, None)
    return count


def note_all(connection: Connection, above: int, most: int) -> int | None:
    """Note the next titles whose number is above this; return the last of them, None at the end."""
    values = {"above": above, "most": most}
    last = connection.execute(_LAST_OF_NEXT, values).scalar()
    if last is not None:
        connection.execute(_NOTE, {"above": above, "last": last})
    return last


def forget_gone(connection: Connection) -> None:
    """Note the entries whose titles are gone without anybody having noticed, and settle them."""
    connection.execute(text(_GONE))
    settle(connection)


def index_titles(connection: Connection, ids: Sequence[int]) -> None:
    """Make the entries of these titles say what their records say; titles that are gone too."""
    engine = _ENGINES[connection.dialect.name]
    engine.lock(connection, ids)
    titles = connection.execute(_ENTRIES, {"ids": ids}).mappings().all()
    numbers = {title["id"]: [title["isbn"]] for title in titles}
    for statement in (_NUMBERS, _BARCODES):
        for title_id, number in connection.execute(statement, {"ids": ids}):
            numbers[title_id].append(number)
    entries = [entry_of({**title}, numbers[title["id"]]) for title in titles]
    engine.remove(connection, ids)
    if entries:
        engine.write(connection, entries)
        _add_words(connection, titles, entries)


def tidy(connection: Connection) -> None:
    """Lay the index together after much was written."""
    _ENGINES[connection.dialect.name].tidy(connection)


def titles_in_index(connection: Connection) -> int:
    """Return how many titles have an entry."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM title_index").scalar_one())


def _add_words(
    connection: Connection, titles: Iterable[RowMapping], entries: Sequence[Entry]
) -> None:
    """Add the words that no title had so far, as the first title with them writes them."""
    spoken = sorted(filter(correctable, set[str]().union(*(entry.spoken for entry in entries))))
    new = set(spoken)
    if spoken:
        new.difference_update(connection.execute(_KNOWN, {"asked": spoken}).scalars())
    if not new:
        return
    shown: dict[str, str] = {}
    for title, entry in zip(titles, entries, strict=True):
        if not new.isdisjoint(entry.spoken):
            shown |= {word: said for word, said in _written(title) if word not in shown}
    pairs = [(word, shown.get(word, word)) for word in sorted(new)]
    near = [(form, word) for word in sorted(new) for form in forms(word)]
    _ENGINES[connection.dialect.name].add_words(connection, pairs, near)


def _written(title: RowMapping) -> Iterable[tuple[str, str]]:
    for names in COLUMNS.values():
        for name in names:
            for piece in _WRITTEN.findall(title[name]):
                for word in words(piece):
                    yield word, piece.lower()


def remove_titles(connection: Connection, ids: Sequence[int]) -> None:
    """Remove the entries of these titles, which come back when they change or by `note_all`."""
    _ENGINES[connection.dialect.name].remove(connection, ids)
