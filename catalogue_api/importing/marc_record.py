"""A MARC record as text, whole and in its order: what is read, kept and written again.

Nothing is tidied here, so that a record can be given back as it came. Only the leader's lengths
and what a record says of its own character set depend on how it is written down.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from catalogue_api.importing.text import tidy


@dataclass(frozen=True, slots=True)
class MarcField:
    """A field; a control field has `data`, any other two indicators and (code, text) pairs."""

    tag: str
    data: str = ""
    indicators: str = "  "
    subfields: tuple[tuple[str, str], ...] = ()

    def all(self, codes: str) -> list[str]:
        """Return the texts that say something of these subfields, tidied, in their order."""
        texts = (tidy(text) for code, text in self.subfields if code in codes)
        return [text for text in texts if text]

    def first(self, codes: str) -> str:
        """Return the first such text, or an empty one."""
        return next(iter(self.all(codes)), "")


@dataclass(frozen=True, slots=True)
class MarcRecord:
    """A record: its leader of 24 characters, and its fields in the order of the record."""

    leader: str
    fields: tuple[MarcField, ...]

    def all(self, *tags: str) -> Iterator[MarcField]:
        """Yield the fields with these tags, in the order of the record."""
        return (field for field in self.fields if field.tag in tags)

    def first(self, tag: str, codes: str = "") -> str:
        """Return the data of the first such field, or the first such subfield, that has text."""
        texts = (field.first(codes) if codes else tidy(field.data) for field in self.all(tag))
        return next((text for text in texts if text), "")

    def coded(self, tag: str, code: str = "") -> str:
        """Return the first such text as it stands: positions count in it."""
        for field in self.all(tag):
            if not code:
                return field.data
            for one, text in field.subfields:
                if one == code:
                    return text
        return ""


def written(record: MarcRecord) -> bytes:
    """Return the record as JSON, for keeping; lengths in its leader, which it has not yet, aside.

    `read_again` gives back the very same record.
    """
    leader = f"00000{record.leader[5:12]}00000{record.leader[17:]}"
    fields = [
        [field.tag, field.data]
        if is_control(field.tag)
        else [field.tag, field.indicators, *chain.from_iterable(field.subfields)]
        for field in record.fields
    ]
    # A text may hold half of a surrogate pair (from XML of old programs): it stays an escape.
    return json.dumps([leader, fields], separators=(",", ":")).encode("ascii")


def read_again(data: bytes) -> MarcRecord:
    """Return the record that was written."""
    leader, fields = json.loads(data)
    return MarcRecord(leader, tuple(_field(*parts) for parts in fields))


def packed(content: bytes) -> bytes:
    """Return what was written, deflated: a fifth of its size."""
    return zlib.compress(content)


def unpacked(body: bytes) -> MarcRecord:
    """Return the record that was written and packed."""
    return read_again(zlib.decompress(body))


def _field(tag: str, first: str, *rest: str) -> MarcField:
    if is_control(tag):
        return MarcField(tag, first)
    return MarcField(tag, "", first, tuple(zip(rest[::2], rest[1::2], strict=True)))


def is_control(tag: str) -> bool:
    """Tell whether a field of this tag has neither indicators nor subfields."""
    return tag.startswith("00")
