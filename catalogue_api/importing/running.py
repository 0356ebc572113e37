"""An import from its files to its report: what each file is, batch by batch into the database."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from sqlmodel import Session

from catalogue_api.importing.csv_files import Kind, Row, Table, read_lines, table_of
from catalogue_api.importing.iso2709 import chunks
from catalogue_api.importing.profiles import Profile
from catalogue_api.importing.records import TitleRecord, Unreadable
from catalogue_api.importing.report import Complaint, Report, Stored
from catalogue_api.importing.storing_people import (
    store_loans,
    store_readers,
    store_reservations,
    store_sites,
)
from catalogue_api.importing.storing_titles import store_titles
from catalogue_api.importing.unimarc import read_title

Value = TypeVar("Value")
Write = Callable[[Callable[[Session], Stored]], Stored]
"""Run a unit of work in one transaction and wait for it: `Database.write_now`."""

_STORES: dict[Kind, Callable[[Session, Sequence[Any]], Stored]] = {
    Kind.SITES: store_sites,
    Kind.READERS: store_readers,
    Kind.LOANS: store_loans,
    Kind.RESERVATIONS: store_reservations,
}
_HEAD = 1 << 16
_BATCH = 500
"""Rows and copies in one transaction; a record counts one and its copies."""

_ISO_2709 = re.compile(rb"[0-9]{5}[ -~]{7}[0-9]{5}[ -~]{7}[0-9]{9,}")
"""A leader (length, seven characters, base address, seven characters) and a directory's beginning.

One sound record near the beginning tells what a file is, be the first one damaged.
"""


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How to read: where copies are described, what local time is, whose records they are.

    Without a `source` the records say themselves whose they are.
    """

    profile: Profile
    zone: tzinfo
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in its file something stands: a record or line, and the first byte of a record."""

    position: int
    byte: int | None = None


def import_files(
    paths: Iterable[Path],
    write: Write,
    settings: ImportSettings,
    moved: Callable[[int], None] = lambda _bytes: None,
) -> Report:
    """Import the files in this order, each as what its content says it is.

    `moved` hears by how many bytes the reading went on. What is wrong with the files is in the
    report; an error of the database is raised, and all batches before it are stored.
    """
    report = Report()
    for path in paths:
        one = _FileImport(path, write, settings, moved, report)
        try:
            with path.open("rb") as stream:
                one.run(stream)
        except OSError as error:
            one.complain(_Place(0), f"cannot be read: {error.strerror}")
        except Unreadable as error:
            one.complain(_Place(0), str(error))
        if one.complaints and not one.good:
            report.failed.append(str(path))
    return report


class _FileImport:
    """One file on its way into the database; `good` counts what could be read of it."""

    def __init__(
        self,
        path: Path,
        write: Write,
        settings: ImportSettings,
        moved: Callable[[int], None],
        report: Report,
    ) -> None:
        self.good = 0
        self.complaints = 0
        self._path = path
        self._write = write
        self._settings = settings
        self._moved = moved
        self._report = report

    def run(self, stream: BinaryIO) -> None:
        """Import what the stream holds. Raise `Unreadable` if it is nothing that is known."""
        head = stream.read(_HEAD)
        stream.seek(0)
        if not head.strip():
            raise Unreadable("the file is empty")
        if _ISO_2709.search(head):
            self._import_titles(stream)
        elif head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            raise Unreadable("XML: only UNIMARC in ISO 2709 is read, and CSV")
        else:
            lines = head.decode("utf-8-sig", "replace").splitlines()
            self._import_table(stream, table_of(lines[0]))

    def complain(self, place: _Place, why: str) -> None:
        """Note a record or a line that is passed over."""
        self.complaints += 1
        self._report.unreadable.append(self._complaint(place, why))

    def _import_titles(self, stream: BinaryIO) -> None:
        def store(batch: Sequence[tuple[_Place, TitleRecord]]) -> None:
            records = [record for _, record in batch]
            stored = self._write(lambda session: store_titles(session, records))
            self._report.counts += stored.counts
            for place, record in batch:
                self._leave_out(place, record.left_out)
            for index, why in stored.refused:
                self._leave_out(batch[index][0], [why])

        self._in_batches(stream, self._titles(stream), lambda title: 1 + len(title.items), store)

    def _titles(self, stream: BinaryIO) -> Iterator[tuple[_Place, TitleRecord]]:
        for chunk in chunks(stream):
            place = _Place(chunk.number, chunk.offset)
            if chunk.fault:
                self.complain(place, chunk.fault)
                continue
            try:
                record = read_title(chunk.data, self._settings.profile, self._settings.source)
            except Unreadable as error:
                self.complain(place, str(error))
            else:
                yield place, record

    def _import_table(self, stream: BinaryIO, table: Table) -> None:
        def store(batch: Sequence[tuple[_Place, Row]]) -> None:
            rows = [row for _, row in batch]
            stored = self._write(lambda session: _STORES[table.kind](session, rows))
            self._report.counts += stored.counts
            for index, why in stored.refused:
                self.complain(batch[index][0], why)

        self._in_batches(stream, self._rows(stream, table), lambda _row: 1, store)

    def _rows(self, stream: BinaryIO, table: Table) -> Iterator[tuple[_Place, Row]]:
        text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
        for line in read_lines(text, table, self._settings.zone):
            if line.row is None:
                self.complain(_Place(line.number), line.why)
            else:
                yield _Place(line.number), line.row
        text.detach()

    def _in_batches(
        self,
        stream: BinaryIO,
        found: Iterable[tuple[_Place, Value]],
        weight: Callable[[Value], int],
        store: Callable[[Sequence[tuple[_Place, Value]]], None],
    ) -> None:
        """Store what is found in batches of about `_BATCH`, so that memory stays bounded."""
        batch: list[tuple[_Place, Value]] = []
        gathered = heard = 0
        for place, value in found:
            batch.append((place, value))
            gathered += weight(value)
            if gathered >= _BATCH:
                store(batch)
                self.good += len(batch)
                self._moved(stream.tell() - heard)
                batch, gathered, heard = [], 0, stream.tell()
        if batch:
            store(batch)
            self.good += len(batch)
        self._moved(stream.tell() - heard)

    def _leave_out(self, place: _Place, reasons: Iterable[str]) -> None:
        self._report.left_out.extend(self._complaint(place, why) for why in reasons)

    def _complaint(self, place: _Place, why: str) -> Complaint:
        return Complaint(str(self._path), place.position, why, place.byte)
