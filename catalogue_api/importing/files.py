"""What a file is, by its content, and what it holds: records or lines, each with its place."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.csv_files import encoding_of_table, read_lines, table_of
from catalogue_api.importing.csv_rows import Kind, Row, Table
from catalogue_api.importing.faults import Fault
from catalogue_api.importing.iso2709 import Chunk, chunks
from catalogue_api.importing.iso_records import Read, read_record
from catalogue_api.importing.marcxml import (
    encoding_of,
    holds_records,
    read_xml,
    refuse_entities,
    xml_chunks,
)
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.utf16 import AsUtf8, utf16_of

HEAD = 1 << 16
_ISO_2709 = re.compile(rb"[0-9]{5}[ -~]{7}[0-9]{5}[ -~]{7}[0-9]{9,}")
"""A leader (length, seven characters, base address, seven characters) and a directory's beginning.

One sound record near the beginning tells what a file is, be the first one damaged.
"""

_FIELDS = re.compile(rb"\x1e..\x1f[0-9a-z]")
_FEW = 3
"""Fields that follow each other so often are no chance, whatever happened to the leaders."""

_BEFORE_XML = b"\xef\xbb\xbf \r\n\t"
_OTHERS = (
    (b"PK\x03\x04", Fault.PACKED, "a ZIP file or a spreadsheet: unpack it, or save it as CSV"),
    (b"\xd0\xcf\x11\xe0", Fault.NO_MARC, "an old spreadsheet or document: save its sheets as CSV"),
    (b"\x1f\x8b", Fault.PACKED, "compressed with gzip: unpack it first"),
    (b"%PDF", Fault.NO_MARC, "a PDF: ask for MARC or CSV"),
    (b"SQLite format 3", Fault.NO_MARC, "a SQLite database"),
)


class Container(StrEnum):
    """How records or lines are laid down in a file."""

    ISO_2709 = "ISO 2709"
    XML = "MARCXML"
    CSV = "CSV"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its file something stands: a record or line, and the first byte of a record."""

    position: int
    byte: int | None = None


def container_of(head: bytes, given: RecordFormat | None) -> Container:
    """Say what a file is by its beginning; `given`: somebody said that it holds MARC records.

    Raise `Unreadable` for an empty file and for what holds neither records nor lines.
    """
    if not head.strip(b" \r\n\t\0"):
        raise Unreadable("the file is empty", Fault.EMPTY)
    for beginning, fault, what in _OTHERS:
        if head.startswith(beginning):
            raise Unreadable(what, fault)
    if _ISO_2709.search(head) or len(_FIELDS.findall(head)) >= _FEW:
        return Container.ISO_2709
    if _text_of(head).lstrip(_BEFORE_XML).startswith(b"<"):
        return Container.XML
    return Container.ISO_2709 if given else Container.CSV


def read_records(
    stream: BinaryIO,
    container: Container,
    given: RecordFormat | None,
    precious: frozenset[str],
) -> Iterator[tuple[Place, Read | str]]:
    """Yield each record of a file, or why it cannot be read. Raise `Unreadable` for the file."""
    if container is Container.XML:
        head = stream.read(HEAD)
        stream.seek(0)
        utf16 = utf16_of(head)
        head = _text_of(head)
        encoding = "UTF-8" if utf16 else encoding_of(head)
        if utf16:
            refuse_entities(head)
        if not holds_records(head):
            raise Unreadable("XML without a MARC record", Fault.NO_MARC)
        found = xml_chunks(AsUtf8(stream, utf16) if utf16 else stream)
        yield from _each(found, lambda data: read_xml(data, encoding, given), known=not utf16)
    else:
        yield from _each(chunks(stream), lambda data: read_record(data, given, precious))


def _text_of(head: bytes) -> bytes:
    """Return a file's beginning as UTF-8, if it is UTF-16; else as it is."""
    utf16 = utf16_of(head)
    return AsUtf8(BytesIO(head[: len(head) // 2 * 2]), utf16).read(HEAD) if utf16 else head


def _each(
    found: Iterator[Chunk], read: Callable[[bytes], Read], *, known: bool = True
) -> Iterator[tuple[Place, Read | str]]:
    """Yield what is read of each; `known`: where it begins in the file is known too."""
    for chunk in found:
        result: Read | str = chunk.fault
        if not chunk.fault:
            try:
                result = read(chunk.data)
            except Unreadable as error:
                result = error.why
        yield Place(chunk.number, chunk.offset if known else None), result


def open_rows(stream: BinaryIO, zone: tzinfo) -> tuple[Kind, Iterator[tuple[Place, Row | str]]]:
    """Return what the lines of a CSV file are, and each line, or why it cannot be used.

    Raise `Unreadable` for a file whose columns are unknown.
    """
    encoding = encoding_of_table(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline="")
    header = text.readline(HEAD)
    try:
        table = table_of(header)
    except Unreadable:
        text.detach()
        raise
    return table.kind, _rows(text, header, table, zone)


def _rows(
    text: io.TextIOWrapper, header: str, table: Table, zone: tzinfo
) -> Iterator[tuple[Place, Row | str]]:
    for line in read_lines(text, header, table, zone):
        yield Place(line.number), line.why if line.row is None else line.row
    text.detach()
