"""Titles, their whole records and their copies, many at a time: statements built once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlmodel import col

from catalogue_api.storage.tables import Item, Site, Title, TitleNumber, TitleRecord

Key = tuple[str, str]
"""Source and control number."""

Row = Mapping[str, Any]
"""Values by column."""


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record that is stored; `id` is None for a title whose whole record is not known."""

    id: int | None
    title_id: int
    digest: str
    describes: bool
    """Whether it is the one that the title is described by."""


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A copy as far as a record may change it, with whose the title is that it belongs to."""

    id: int
    title_id: int
    home_site: str
    shelf_mark: str
    contents: str
    parts_count: int
    note: str
    category: str
    sources: frozenset[str]
    control_number: str


@dataclass(frozen=True, slots=True)
class Namesake:
    """A title that has a number of the trade."""

    number: str
    title_id: int
    kind: str
    volume: str
    source: str


_RECORDS = (
    select(
        col(TitleRecord.control_number),
        col(TitleRecord.id),
        col(TitleRecord.title_id),
        col(TitleRecord.digest),
        (
            (col(TitleRecord.source) == col(Title.source))
            & (col(TitleRecord.control_number) == col(Title.control_number))
        ).label("describes"),
    )
    .join(Title, col(Title.id) == col(TitleRecord.title_id))
    .where(
        col(TitleRecord.source) == bindparam("of_source"),
        col(TitleRecord.control_number).in_(bindparam("numbers", expanding=True)),
    )
)
_TITLES_WITHOUT = select(col(Title.control_number), col(Title.id)).where(
    col(Title.source) == bindparam("of_source"),
    col(Title.control_number).in_(bindparam("numbers", expanding=True)),
)
_ITEMS = (
    select(
        col(Item.barcode),
        col(Item.id),
        col(Item.title_id),
        col(Item.home_site),
        col(Item.shelf_mark),
        col(Item.contents),
        col(Item.parts_count),
        col(Item.note),
        col(Item.category),
        col(Title.source),
        col(Title.control_number),
    )
    .join(Title, col(Title.id) == col(Item.title_id))
    .where(col(Item.barcode).in_(bindparam("barcodes", expanding=True)))
)
_SOURCES = select(col(TitleRecord.title_id), col(TitleRecord.source)).where(
    col(TitleRecord.title_id).in_(bindparam("titles", expanding=True))
)
_NAMESAKES = (
    select(
        col(TitleNumber.number),
        col(Title.id),
        col(Title.kind),
        col(Title.volume),
        col(Title.source),
    )
    .join(Title, col(Title.id) == col(TitleNumber.title_id))
    .where(
        col(TitleNumber.number).in_(bindparam("numbers", expanding=True)),
        col(TitleNumber.kind) != "issn",
    )
)
_SITES = select(col(Site.code)).where(col(Site.code).in_(bindparam("codes", expanding=True)))
_NUMBERS = select(col(TitleNumber.title_id), col(TitleNumber.number)).where(
    col(TitleNumber.title_id).in_(bindparam("titles", expanding=True))
)


def records_of(connection: Connection, keys: Iterable[Key]) -> dict[Key, KnownRecord]:
    """Return which of these records are stored, and of which title."""
    known: dict[Key, KnownRecord] = {}
    for source, numbers in _by_source(keys).items():
        asked = {"of_source": source, "numbers": numbers}
        for number, title in connection.execute(_TITLES_WITHOUT, asked):
            known[source, number] = KnownRecord(None, title or 0, "", describes=True)
        for number, id_, title, digest, describes in connection.execute(_RECORDS, asked):
            known[source, number] = KnownRecord(id_, title, digest, bool(describes))
    return known


def items_of(connection: Connection, barcodes: Collection[str]) -> dict[str, KnownItem]:
    """Return the copies with these barcodes."""
    if not barcodes:
        return {}
    rows = connection.execute(_ITEMS, {"barcodes": list(barcodes)}).all()
    sources = sources_of(connection, {row[2] for row in rows})
    return {
        row[0]: KnownItem(
            row[1] or 0,
            *row[2:9],
            frozenset(sources.get(row[2], ())) | {row[9]},
            control_number=row[10],
        )
        for row in rows
    }


def sources_of(connection: Connection, titles: Collection[int]) -> dict[int, set[str]]:
    """Return of which catalogues there are records of titles."""
    sources: dict[int, set[str]] = {}
    for title, source in connection.execute(_SOURCES, {"titles": list(titles)}) if titles else ():
        sources.setdefault(title, set()).add(source)
    return sources


def namesakes(connection: Connection, numbers: Collection[str]) -> list[Namesake]:
    """Return the titles that have one of these ISBNs or EANs."""
    if not numbers:
        return []
    rows = connection.execute(_NAMESAKES, {"numbers": list(numbers)})
    return [Namesake(row[0], row[1] or 0, row[2], row[3], row[4]) for row in rows]


def unknown_sites(connection: Connection, codes: Collection[str]) -> list[str]:
    """Return those of the codes that no site has, in their order."""
    if not codes:
        return []
    known = set(connection.execute(_SITES, {"codes": list(codes)}).scalars())
    return [code for code in codes if code not in known]


def numbers_of(connection: Connection, titles: Collection[int]) -> set[tuple[int, str]]:
    """Return the numbers of the trade that titles have."""
    if not titles:
        return set()
    rows = connection.execute(_NUMBERS, {"titles": list(titles)})
    return {(title, number) for title, number in rows}


def columns_of_titles(
    connection: Connection, titles: Collection[int], names: Sequence[str]
) -> dict[int, dict[str, Any]]:
    """Return these columns of titles, by title."""
    if not titles:
        return {}
    asked = select(col(Title.id), *(Title.__table__.c[name] for name in names)).where(  # type: ignore[attr-defined]
        col(Title.id).in_(list(titles))
    )
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in connection.execute(asked)}


def add_titles(connection: Connection, rows: Sequence[Row]) -> list[int]:
    """Insert titles; return their numbers in the same order."""
    if not rows:
        return []
    added = insert(Title).returning(col(Title.id), sort_by_parameter_order=True)
    return [number for (number,) in connection.execute(added, list(rows)) if number is not None]


def add(connection: Connection, table: type[Any], rows: Sequence[Row]) -> None:
    """Insert rows of a table."""
    if rows:
        connection.execute(insert(table), list(rows))


def change(connection: Connection, table: type[Any], rows: Sequence[Row]) -> None:
    """Update rows by their `id`; each names the columns that it changes.

    A table with a `version` counts it up.
    """
    columns = table.__table__.c
    for row in rows:
        values = {name: value for name, value in row.items() if name != "id"}
        if "version" in columns:
            values["version"] = columns.version + 1
        connection.execute(update(table).where(columns.id == row["id"]).values(values))


def forget_record(connection: Connection, record: int) -> None:
    """Delete a whole record."""
    connection.execute(delete(TitleRecord).where(col(TitleRecord.id) == record))


def _by_source(keys: Iterable[Key]) -> dict[str, list[str]]:
    numbers: dict[str, list[str]] = {}
    for source, number in keys:
        numbers.setdefault(source, []).append(number)
    return numbers
