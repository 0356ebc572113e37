"""Records that were cut in pieces: ISO 2709 holds no more than 99,999 bytes in one.

Systems then write the same record several times in a row, each time with some of its copies.
"""

from dataclasses import replace

from catalogue_api.importing.iso_records import Read
from catalogue_api.importing.marc_record import MarcField, MarcRecord

_FIRST_OF_COPIES = "841"
"""Fields from here on hold copies and local data, in both formats."""


def together(first: Read, second: Read) -> Read | None:
    """Return the record of which both are pieces; None if they describe the title differently."""
    if first.format is not second.format or _description(first) != _description(second):
        return None
    there = set(first.record.fields)
    more = tuple(field for field in second.record.fields if field not in there)
    fields = (*first.record.fields, *more)
    mended = tuple(dict.fromkeys(first.mended + second.mended))
    return replace(first, record=MarcRecord(first.record.leader, fields), mended=mended)


def _description(read: Read) -> list[MarcField]:
    return [field for field in read.record.fields if field.tag < _FIRST_OF_COPIES]
