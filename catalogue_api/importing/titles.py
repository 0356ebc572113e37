"""From a record as it was read to the title that is stored: what both formats have in common."""

import re
from collections.abc import Sequence
from dataclasses import replace

from catalogue_api.domain.collection import LOCAL_SOURCE, NumberKind, RecordFormat, TitleKind
from catalogue_api.importing import marc21, unimarc
from catalogue_api.importing.faults import Fault
from catalogue_api.importing.iso_records import Read
from catalogue_api.importing.item_fields import items_of, profile_for
from catalogue_api.importing.profiles import Profile
from catalogue_api.importing.records import Description, ItemRecord, TitleRecord, Unreadable

ISBN_SOURCE = "isbn"
"""The source of records without a control number: they are known by their ISBN or EAN."""

_ELSEWHERE = re.compile(r"(?:\(([^()]+)\)\s*)?(\S.*)")
LONGEST_SOURCE = 64
_LONGEST_NUMBER = 64
_DELETED = "d"
_FORMATS = {RecordFormat.UNIMARC: unimarc, RecordFormat.MARC21: marc21}
_TITLE_FIELD = {RecordFormat.UNIMARC: "200 $a", RecordFormat.MARC21: "245 $a"}
_NOT_OF_TITLES = {
    RecordFormat.UNIMARC: dict.fromkeys("xyz", "an authority record"),
    RecordFormat.MARC21: {"z": "an authority record", "w": "a classification record"}
    | dict.fromkeys("uvxy", "a holdings record")
    | {"q": "community information"},
}
"""What else travels in MARC, by leader position 6."""


def title_of(read: Read, profiles: Sequence[Profile] = (), source: str = "") -> TitleRecord:
    """Return the title that a record describes, with its copies. Raise `Unreadable`.

    `profiles` holds the one profile to be used, or none for the usual ones; `source` overrides
    what the record says of its catalogue.
    """
    record, format_ = read.record, read.format
    if other := _NOT_OF_TITLES[format_].get(record.leader[6:7]):
        what = f"{other}, which describes no title (leader position 6)"
        raise Unreadable(what, Fault.NO_TITLE_RECORD)
    bibliographic = _FORMATS[format_]
    numbers = bibliographic.numbers_of(record)
    source, number = _identity(read, numbers, source)
    deleted = record.leader[5:6] == _DELETED
    description = bibliographic.describe(record)
    if not description.title and not deleted:
        raise Unreadable(f"no title (field {_TITLE_FIELD[format_]})", Fault.NO_TITLE)
    profile = profile_for(record, format_, profiles)
    items, left_out = items_of(record, profile)
    items = tuple(_with_contents(item, description) for item in items)
    return TitleRecord(
        source=source,
        control_number=number,
        description=replace(description, kind=_kind(description.kind, profile, items)),
        format=format_,
        record=record,
        numbers=numbers,
        items=items,
        left_out=left_out,
        deleted=deleted,
    )


def _with_contents(item: ItemRecord, said: Description) -> ItemRecord:
    """A copy that says nothing of its parts has those of its title."""
    if item.contents or not said.contents:
        return item
    return replace(item, contents=said.contents, parts_count=said.parts_count)


def _identity(read: Read, numbers: Sequence[tuple[NumberKind, str]], given: str) -> tuple[str, str]:
    """Return source and control number; without one, what else a record is known by.

    That is its number in another system (035 `(OCoLC)123`), else the first of the trade.
    """
    bibliographic = _FORMATS[read.format]
    number = bibliographic.control_number(read.record)
    source = given or bibliographic.source_of(read.record)
    if not number and (found := _ELSEWHERE.fullmatch(read.record.first("035", "a"))):
        number, source = found[2], given or found[1] or ""
    if not number:
        source = ISBN_SOURCE
        number = next((n for kind, n in numbers if kind is not NumberKind.ISSN), "")
    if not number:
        what = "no control number (field 001 or 035), and no ISBN or EAN to know it by"
        raise Unreadable(what, Fault.NO_NUMBER)
    if len(number) > _LONGEST_NUMBER:
        what = f"the control number is longer than {_LONGEST_NUMBER} characters"
        raise Unreadable(what, Fault.LONG_VALUE)
    return (source or LOCAL_SOURCE)[:LONGEST_SOURCE], number


def _kind(kind: TitleKind, profile: Profile, items: Sequence[ItemRecord]) -> TitleKind:
    """What the copies say of their kind, where the library has said how; comics by shelf mark."""
    for item in items:
        if item.category in profile.kinds:
            return profile.kinds[item.category]
    if kind is TitleKind.BOOK and any(profile.comic_mark.search(i.shelf_mark) for i in items):
        return TitleKind.COMIC
    return kind
