"""Storing titles and their items: the same file twice changes nothing the second time.

A title is known by source and control number, an item by its barcode. Where an item is and what
state it is in belongs to circulation: a file decides that for new items only.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalogue_api.importing.records import ItemRecord, TitleRecord
from catalogue_api.importing.report import Count, Stored
from catalogue_api.storage.tables import Item, Site, Title

_Key = tuple[str, str]


@dataclass(slots=True)
class _Known:
    """What the database has of a batch, kept up to date while the batch is stored."""

    titles: dict[_Key, Title]
    items: dict[str, Item]
    sources: dict[int, _Key]
    """Whose the title is that an item of the batch already belongs to."""


def store_titles(session: Session, batch: Sequence[TitleRecord]) -> Stored:
    """Add or update the titles of a batch, then their items.

    `refused` are copies: their barcode belongs to a title of another source.
    """
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    known = _load(session, batch)
    _add_sites(session, batch, counts)
    for record in batch:
        _store_title(session, record, known, counts)
    session.flush()
    refused: list[tuple[int, str]] = []
    for place, record in enumerate(batch):
        title_id = _id_of(known.titles[record.source, record.control_number])
        known.sources[title_id] = (record.source, record.control_number)
        reasons = [_store_item(session, item, title_id, known, counts) for item in record.items]
        refused += [(place, why) for why in reasons if why]
    return Stored(counts, tuple(refused))


def _load(session: Session, batch: Sequence[TitleRecord]) -> _Known:
    titles = session.exec(
        select(Title).where(
            col(Title.source).in_({record.source for record in batch}),
            col(Title.control_number).in_({record.control_number for record in batch}),
        )
    ).all()
    items = session.exec(
        select(Item, Title.source, Title.control_number)
        .join(Title)
        .where(col(Item.barcode).in_({item.barcode for record in batch for item in record.items}))
    ).all()
    return _Known(
        titles={(title.source, title.control_number): title for title in titles},
        items={item.barcode: item for item, _, _ in items},
        sources={item.title_id: (source, number) for item, source, number in items},
    )


def _add_sites(session: Session, batch: Iterable[TitleRecord], counts: Counter[Count]) -> None:
    """A site that nobody has named yet is called by its code."""
    items = [item for record in batch for item in record.items]
    codes = dict.fromkeys(code for item in items for code in (item.home, item.current))
    known = set(session.exec(select(Site.code).where(col(Site.code).in_(codes))).all())
    new = [Site(code=code, name=code) for code in codes if code not in known]
    session.add_all(new)
    session.flush()
    counts[Count.SITES_NEW] += len(new)


def _store_title(
    session: Session, record: TitleRecord, known: _Known, counts: Counter[Count]
) -> None:
    key = (record.source, record.control_number)
    title = known.titles.get(key)
    if title is None:
        known.titles[key] = title = Title(
            source=record.source, control_number=record.control_number, title=record.title
        )
        session.add(title)
        _describe(title, record)
        counts[Count.TITLES_NEW] += 1
    elif _describe(title, record):
        counts[Count.TITLES_UPDATED] += 1


def _describe(title: Title, record: TitleRecord) -> bool:
    """Make the row say what the record says; return whether it said anything else."""
    return _change(
        title,
        isbn=record.isbn,
        title=record.title,
        subtitle=record.subtitle,
        volume=record.volume,
        author=record.author,
        publisher=record.publisher,
        year=record.year,
        kind=record.kind.value,
        language=record.language,
        audience=record.audience.value,
    )


def _store_item(
    session: Session, record: ItemRecord, title_id: int, known: _Known, counts: Counter[Count]
) -> str:
    """Add or update one copy; return why not, if it is somebody else's."""
    item = known.items.get(record.barcode)
    if item is None:
        item = Item(
            barcode=record.barcode,
            title_id=title_id,
            home_site=record.home,
            current_site=record.current,
            shelf_mark=record.shelf_mark,
            status=record.status.value,
        )
        known.items[record.barcode] = item
        session.add(item)
        counts[Count.ITEMS_NEW] += 1
        return ""
    owner, number = known.sources[item.title_id]
    if owner != known.sources[title_id][0]:
        return f"barcode {record.barcode} belongs to record {number} of {owner}"
    if _change(item, title_id=title_id, home_site=record.home, shelf_mark=record.shelf_mark):
        counts[Count.ITEMS_UPDATED] += 1
    return ""


def _change(row: Title | Item, **values: object) -> bool:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _id_of(title: Title) -> int:
    if title.id is None:
        raise ValueError("a title has its number once it is flushed")
    return title.id
