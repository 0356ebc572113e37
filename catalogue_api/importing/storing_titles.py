"""Storing titles and their copies: the same file twice changes nothing the second time.

A record is known by source and control number, an item by its barcode. A record that is new may
join the title of another catalogue that has its ISBN or EAN (`matching`). Where an item is and
what state it is in belongs to circulation: a file decides that for new items only.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.importing import striking
from catalogue_api.importing.faults import Fault, Why
from catalogue_api.importing.marc_record import packed, written
from catalogue_api.importing.matching import joined
from catalogue_api.importing.records import Description, ItemRecord, TitleRecord
from catalogue_api.importing.report import Count, Stored
from catalogue_api.storage import records as sql
from catalogue_api.storage.engine.changes import titles_changed
from catalogue_api.storage.tables import Item, Site, Title, TitleNumber
from catalogue_api.storage.tables import TitleRecord as Whole

COLUMNS = tuple(field.name for field in fields(Description))


@dataclass(frozen=True, slots=True)
class Rules:
    """When it is, and whether a record may join the title that has its ISBN."""

    now: datetime
    match_isbn: bool = True


def store_titles(session: Session, batch: Sequence[TitleRecord], rules: Rules) -> Stored:
    """Add or update the titles of a batch, then their items; strike what was deleted.

    `refused` are copies whose barcode belongs to somebody else, and titles that cannot go.
    """
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    refused: list[tuple[int, str]] = []
    connection = session.connection()
    for start, run in _runs(batch):
        if run[0].deleted:
            why = striking.strike(connection, run[0], counts)
            refused += [(start, why)] if why else []
            continue
        storing = _Storing(connection, run, rules, counts)
        storing.store()
        refused += [(start + place, why) for place, why in storing.refused]
    return Stored(counts, tuple(refused))


def _runs(batch: Sequence[TitleRecord]) -> Iterator[tuple[int, list[TitleRecord]]]:
    """Cut a batch where a record, a number or a copy comes again, and around what is deleted.

    So each run can be looked up at once and stored in any order.
    """
    start, seen, run = 0, set[object](), list[TitleRecord]()
    for place, record in enumerate(batch):
        mine: set[object] = {(record.source, record.control_number), *record.numbers}
        mine |= {item.barcode for item in record.items}
        if run and (record.deleted or run[-1].deleted or mine & seen):
            yield start, run
            start, seen, run = place, set(), []
        run.append(record)
        seen |= mine
    if run:
        yield start, run


class _Storing:
    """One run of different records on its way into the database."""

    def __init__(
        self,
        connection: Connection,
        run: Sequence[TitleRecord],
        rules: Rules,
        counts: Counter[Count],
    ) -> None:
        self.refused: list[tuple[int, str]] = []
        self._connection = connection
        self._run = run
        self._rules = rules
        self._counts = counts
        self._written = [written(record.record) for record in run]
        self._digests = [_digest(*both) for both in zip(run, self._written, strict=True)]
        self._known = sql.records_of(connection, map(_key, run))
        self._items = sql.items_of(connection, [i.barcode for r in run for i in r.items])
        self._titles: list[int] = []
        self._touched: set[int] = set()

    def store(self) -> None:
        """Store titles, whole records, numbers and copies, each in one go."""
        self._add_sites()
        self._store_titles()
        self._store_records()
        self._store_items()
        titles_changed(self._connection, sorted(self._touched))

    def _add_sites(self) -> None:
        """A site that nobody has named yet is called by its code."""
        items = [item for record in self._run for item in record.items]
        codes = list(dict.fromkeys(code for item in items for code in (item.home, item.current)))
        new = [{"code": code, "name": code} for code in sql.unknown_sites(self._connection, codes)]
        sql.add(self._connection, Site, new)
        self._counts[Count.SITES_NEW] += len(new)

    def _store_titles(self) -> None:
        """Find or make the title of each record, and describe those whose record has changed."""
        joining = joined(
            self._connection,
            [record for record in self._run if _key(record) not in self._known]
            if self._rules.match_isbn
            else [],
        )
        new: list[TitleRecord] = []
        for record in self._run:
            known = self._known.get(_key(record))
            if known is None and _key(record) not in joining:
                new.append(record)
        self._describe_known()
        rows = [self._new_title(record) for record in new]
        ids = dict(zip(map(_key, new), sql.add_titles(self._connection, rows), strict=True))
        self._counts[Count.TITLES_NEW] += len(new)
        self._counts[Count.TITLES_JOINED] += len(joining)
        ids |= {key: known.title_id for key, known in self._known.items()} | joining
        self._titles = [ids[_key(record)] for record in self._run]

    def _new_title(self, record: TitleRecord) -> dict[str, Any]:
        return {
            "source": record.source,
            "control_number": record.control_number,
            "created_at": self._rules.now,
            "updated_at": self._rules.now,
        } | columns(record.description)

    def _describe_known(self) -> None:
        """Make rows say what their records say, where the record is another than it was."""
        changed = [
            (self._known[_key(record)], record)
            for record, now in zip(self._run, self._digests, strict=True)
            if _key(record) in self._known and self._known[_key(record)].digest != now
        ]
        described = [(known, record) for known, record in changed if known.describes]
        names = COLUMNS
        ids = [known.title_id for known, _ in described]
        before = sql.columns_of_titles(self._connection, ids, names)
        updates = []
        for known, record in described:
            row = before[known.title_id]
            said = columns(record.description).items()
            values = {name: value for name, value in said if row[name] != value}
            if values or known.id is not None:
                values |= {"updated_at": self._rules.now, "corrected": ""}
                updates.append(values | {"id": known.title_id})
        sql.change(self._connection, Title, updates)
        self._touched |= {update["id"] for update in updates}
        self._counts[Count.TITLES_UPDATED] += len(updates)

    def _store_records(self) -> None:
        """Keep the whole records that are new or changed, and the numbers that they bring."""
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        numbers: dict[tuple[int, str], str] = {}
        kept = zip(self._run, self._titles, self._written, self._digests, strict=True)
        for record, title, content, now in kept:
            known = self._known.get(_key(record))
            if known is not None and known.digest == now:
                continue
            values = {
                "digest": now,
                "format": record.format.value,
                "body": packed(content),
                "changed_at": self._rules.now,
            }
            if known is not None and known.id is not None:
                changed.append({"id": known.id} | values)
            else:
                source, number = _key(record)
                key = {"title_id": title, "source": source, "control_number": number}
                new.append(key | values)
            numbers |= {(title, number): kind.value for kind, number in record.numbers}
        sql.add(self._connection, Whole, new)
        sql.change(self._connection, Whole, changed)
        there = sql.numbers_of(self._connection, {title for title, _ in numbers})
        missing = [
            {"title_id": title, "number": number, "kind": kind}
            for (title, number), kind in numbers.items()
            if (title, number) not in there
        ]
        sql.add(self._connection, TitleNumber, missing)

    def _store_items(self) -> None:
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        moved: list[tuple[int, int]] = []
        for place, (record, title) in enumerate(zip(self._run, self._titles, strict=True)):
            for item in record.items:
                known = self._items.get(item.barcode)
                if known is None:
                    new.append(self._new_item(item, title))
                elif known.title_id != title and record.source not in known.sources:
                    owner = f"record {known.control_number} of {', '.join(sorted(known.sources))}"
                    what = f"barcode {item.barcode} belongs to {owner}"
                    self.refused.append((place, Why(what, Fault.BARCODE_TAKEN)))
                else:
                    said = (_described(item) | {"title_id": title}).items()
                    values = {name: value for name, value in said if getattr(known, name) != value}
                    if values:
                        moved.append((known.title_id, title))
                        changed.append(values | {"id": known.id, "updated_at": self._rules.now})
        sql.add(self._connection, Item, new)
        sql.change(self._connection, Item, changed)
        self._touched |= {item["title_id"] for item in new}
        self._touched |= {title for titles in moved for title in titles}
        self._counts[Count.ITEMS_NEW] += len(new)
        self._counts[Count.ITEMS_UPDATED] += len(changed)

    def _new_item(self, item: ItemRecord, title: int) -> dict[str, Any]:
        return {
            "barcode": item.barcode,
            "title_id": title,
            "current_site": item.current,
            "status": item.status.value,
            "updated_at": self._rules.now,
            "taken_in_at": self._rules.now,
        } | _described(item)


def columns(description: Description) -> dict[str, Any]:
    """Return the columns of `titles` that a description fills."""
    return {name: getattr(description, name) for name in COLUMNS} | {
        "kind": description.kind.value,
        "audience": description.audience.value,
    }


def _described(item: ItemRecord) -> dict[str, Any]:
    """Return the columns of `items` that a record decides, whatever circulation did since."""
    return {
        "home_site": item.home,
        "shelf_mark": item.shelf_mark,
        "contents": item.contents,
        "parts_count": item.parts_count,
        "note": item.note,
        "category": item.category,
    }


def _key(record: TitleRecord) -> sql.Key:
    return record.source, record.control_number


def _digest(record: TitleRecord, content: bytes) -> str:
    """Tell a record from what it was, and from what was read in it before under other rules."""
    reading = repr((record.description, record.numbers, record.format))
    return blake2b(content + reading.encode("utf-8", "replace"), digest_size=16).hexdigest()
