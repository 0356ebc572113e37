"""Titles with their whole records and copies, a page at a time, for exports."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlmodel import col

from catalogue_api.storage.tables import Item, Title, TitleNumber, TitleRecord


@dataclass(slots=True)
class WholeTitle:
    """A title: its columns, its records oldest first, its copies and numbers."""

    columns: dict[str, Any]
    records: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)


def count_titles(connection: Connection) -> int:
    """Return how many titles there are."""
    return connection.execute(select(func.count()).select_from(Title)).scalar() or 0


def page_of_titles(
    connection: Connection, after: int, size: int, since: datetime | None
) -> list[WholeTitle]:
    """Return the titles behind a number, in the order of their numbers.

    With `since` only those of which something changed at that time or later: title, record, copy.
    """
    rows = connection.execute(_titles(after, size, since)).mappings().all()
    found = {row["id"]: WholeTitle(dict(row)) for row in rows}
    ids = list(found)
    for title, records in _rows_of(connection, TitleRecord, ids):
        found[title].records = records
    for title, items in _rows_of(connection, Item, ids):
        found[title].items = items
    for title, numbers in _rows_of(connection, TitleNumber, ids):
        found[title].numbers = {row["number"]: row["kind"] for row in numbers}
    return list(found.values())


def _titles(after: int, size: int, since: datetime | None) -> Any:  # noqa: ANN401 - a statement of all columns
    titles: Any = Title.__table__  # type: ignore[attr-defined]
    query = select(titles).where(titles.c.id > after).order_by(titles.c.id).limit(size)
    if since is None:
        return query
    records = select(col(TitleRecord.title_id)).where(col(TitleRecord.changed_at) >= since)
    items = select(col(Item.title_id)).where(col(Item.updated_at) >= since)
    return query.where(
        or_(titles.c.updated_at >= since, titles.c.id.in_(records), titles.c.id.in_(items))
    )


def _rows_of(
    connection: Connection, table: type[Any], titles: Sequence[int]
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    columns: Any = table.__table__
    order = columns.c.id if "id" in columns.c else columns.c.number
    query = select(columns).where(columns.c.title_id.in_(titles)).order_by(order)
    by_title: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        by_title[row["title_id"]].append(dict(row))
    yield from by_title.items()
