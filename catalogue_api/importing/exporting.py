"""The way back: every title's record as it came, with corrections and copies as they are now."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Any, BinaryIO

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.collection import (
    Audience,
    ItemStatus,
    NumberKind,
    RecordFormat,
    TitleKind,
)
from catalogue_api.importing.correcting import corrected
from catalogue_api.importing.item_fields import profile_for
from catalogue_api.importing.item_state import barcode_in, new_field, renewed
from catalogue_api.importing.made_records import made_record
from catalogue_api.importing.marc_record import MarcField, MarcRecord, unpacked
from catalogue_api.importing.profiles import Profile
from catalogue_api.importing.records import Description, ItemRecord
from catalogue_api.importing.storing_titles import COLUMNS
from catalogue_api.importing.writing import XML_BEGIN, XML_END, TooLong, iso2709, xml
from catalogue_api.storage.whole_titles import WholeTitle, page_of_titles

_PAGE = 200
Read = Callable[[Callable[[Session], list[WholeTitle]]], list[WholeTitle]]
"""Run a unit of work on a snapshot: `Database.read_now`."""


_By = tuple[Profile, str]
"""How copies are described, and what lies in the case of every copy of the title."""


class Layout(StrEnum):
    """How records are written down."""

    ISO_2709 = "iso2709"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Which records (of one format, changed since), in which layout, copies by which profile."""

    format: RecordFormat
    layout: Layout = Layout.ISO_2709
    profiles: tuple[Profile, ...] = ()
    since: datetime | None = None


@dataclass(slots=True)
class Exported:
    """What an export wrote; `other_format` counts records that it passed over for theirs.

    `left_out` says of each record that the layout cannot hold why not.
    """

    records: int = 0
    items: int = 0
    other_format: int = 0
    left_out: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return the JSON summary."""
        return {
            "records": self.records,
            "items": self.items,
            "other_format": self.other_format,
            "left_out": self.left_out,
        }


def export_titles(
    stream: BinaryIO,
    read: Read,
    settings: ExportSettings,
    moved: Callable[[int], None] = lambda _titles: None,
) -> Exported:
    """Write the records of all titles, page by page; `moved` hears how many titles were seen."""
    done, after = Exported(), 0
    if settings.layout is Layout.XML:
        stream.write(XML_BEGIN.encode())
    while page := read(
        lambda session, after=after: page_of_titles(  # type: ignore[misc]
            session.connection(), after, _PAGE, settings.since
        )
    ):
        for title in page:
            _export(stream, title, settings, done)
        after = page[-1].columns["id"]
        moved(len(page))
    if settings.layout is Layout.XML:
        stream.write(XML_END.encode())
    return done


def exporter(profiles: tuple[Profile, ...]) -> Callable[[Session, int], bytes]:
    """Return what gives the record of one title: ISO 2709, or XML where that cannot hold it.

    In UNIMARC, unless the title came in MARC 21 only. A title that is not there is refused.
    """

    def exported(session: Session, title_id: int) -> bytes:
        found = page_of_titles(session.connection(), title_id - 1, 1, None)
        if not found or found[0].columns["id"] != title_id:
            raise Refused(ProblemType.NOT_FOUND, f"there is no title {title_id}")
        formats = {RecordFormat(row["format"]) for row in found[0].records}
        only = RecordFormat.MARC21 if formats == {RecordFormat.MARC21} else RecordFormat.UNIMARC
        settings = ExportSettings(only, profiles=profiles)
        stream, done = BytesIO(), Exported()
        _export(stream, found[0], settings, done)
        if not done.left_out:
            return stream.getvalue()
        stream = BytesIO()
        _export(stream, found[0], replace(settings, layout=Layout.XML), Exported())
        return XML_BEGIN.encode() + stream.getvalue() + XML_END.encode()

    return exported


def _export(stream: BinaryIO, title: WholeTitle, settings: ExportSettings, done: Exported) -> None:
    for record in _records(title, settings, done):
        try:
            written = xml(record).encode() if settings.layout is Layout.XML else iso2709(record)
        except TooLong as error:
            number = record.first("001") or title.columns["control_number"]
            done.left_out.append(f"record {number}: {error}: only XML can hold it (--xml)")
            continue
        stream.write(written)
        done.records += 1


def _records(title: WholeTitle, settings: ExportSettings, done: Exported) -> Iterator[MarcRecord]:
    """Yield the title's records of the format that is asked for, with its copies as they are."""
    shared = title.columns["contents"]
    items = {row["barcode"]: _item(row) for row in title.items}
    if not title.records:
        record = _made(title, settings.format)
        profile = profile_for(record, settings.format, settings.profiles)
        done.items += len(items)
        yield _with_copies(record, (), items.values(), (profile, shared))
        return
    undescribed = dict(items)
    kept: list[tuple[RecordFormat, MarcRecord, Profile, list[MarcField]]] = []
    for row in title.records:
        record, format_ = _corrected(title, row), RecordFormat(row["format"])
        profile = profile_for(record, format_, settings.profiles)
        fields, found = _renewed(record, items, (profile, shared))
        for barcode in found:
            undescribed.pop(barcode, None)
        kept.append((format_, record, profile, fields))
    for place, (format_, record, profile, fields) in enumerate(kept):
        if format_ is not settings.format:
            done.other_format += 1
            continue
        done.items += sum(barcode_in(f, profile) in items for f in fields if f.tag == profile.field)
        new = list(undescribed.values()) if place == 0 else []
        done.items += len(new)
        yield _with_copies(record, fields, new, (profile, shared))


def _renewed(
    record: MarcRecord, items: dict[str, ItemRecord], by: _By
) -> tuple[list[MarcField], list[str]]:
    """Return the record's fields with its copies as they are; copies that are gone go."""
    profile, shared = by
    fields: list[MarcField] = []
    found: list[str] = []
    for one in record.fields:
        barcode = barcode_in(one, profile) if one.tag == profile.field else ""
        if barcode in items:
            found.append(barcode)
            fields.append(renewed(one, items[barcode], profile, shared))
        elif not barcode:
            fields.append(one)
    return fields, found


def _with_copies(
    record: MarcRecord,
    fields: Sequence[MarcField],
    new: Iterable[ItemRecord],
    by: _By,
) -> MarcRecord:
    described = tuple(fields) or record.fields
    return MarcRecord(record.leader, (*described, *(new_field(item, *by) for item in new)))


def _item(row: dict[str, Any]) -> ItemRecord:
    """A copy as a record would say it."""
    return ItemRecord(
        barcode=row["barcode"],
        home=row["home_site"],
        current=row["current_site"],
        shelf_mark=row["shelf_mark"],
        status=ItemStatus(row["status"]),
        contents=row["contents"],
        note=row["note"],
        category=row["category"],
    )


def _corrected(title: WholeTitle, row: Mapping[str, Any]) -> MarcRecord:
    """Return a record as it came, with what staff corrected if it is the one that describes."""
    record, names = unpacked(row["body"]), set(title.columns["corrected"].split())
    key = ("source", "control_number")
    if not names or any(row[name] != title.columns[name] for name in key):
        return record
    return corrected(record, RecordFormat(row["format"]), *_said(title), names)


def _made(title: WholeTitle, format_: RecordFormat) -> MarcRecord:
    return made_record(format_, title.columns["control_number"], *_said(title))


def _said(title: WholeTitle) -> tuple[Description, dict[str, NumberKind]]:
    columns = {name: title.columns[name] for name in COLUMNS}
    columns |= {
        "kind": TitleKind(columns["kind"]),
        "audience": Audience(columns["audience"]),
    }
    numbers = {number: NumberKind(kind) for number, kind in title.numbers.items()}
    return Description(**columns), numbers
