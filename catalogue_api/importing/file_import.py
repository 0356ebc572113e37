"""One file on its way into the database, batch by batch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar

from sqlmodel import Session

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.csv_rows import Kind, Row
from catalogue_api.importing.faults import Fault, Why
from catalogue_api.importing.files import (
    HEAD,
    Container,
    Place,
    container_of,
    open_rows,
    read_records,
)
from catalogue_api.importing.iso_records import Read
from catalogue_api.importing.item_fields import fields_of_copies
from catalogue_api.importing.pieces import together
from catalogue_api.importing.profiles import Profile
from catalogue_api.importing.records import TitleRecord, Unreadable
from catalogue_api.importing.report import Complaint, Report, Stored
from catalogue_api.importing.storing_loans import store_loans, store_reservations
from catalogue_api.importing.storing_people import Moment, store_blocks, store_readers, store_sites
from catalogue_api.importing.storing_titles import Rules, store_titles
from catalogue_api.importing.titles import title_of

Value = TypeVar("Value")


class Write(Protocol):
    """Run a unit of work in one transaction and wait for it: `Database.write_now`."""

    def __call__(self, work: Callable[[Session], Value], /) -> Value:
        """Return what the work returned."""
        ...


_STORES: dict[Kind, Callable[[Session, Sequence[Any], Moment], Stored]] = {
    Kind.SITES: store_sites,
    Kind.READERS: store_readers,
    Kind.LOANS: store_loans,
    Kind.RESERVATIONS: store_reservations,
    Kind.BLOCKS: store_blocks,
}

_BATCH = 500
"""Rows and copies in one transaction; a record counts one and its copies."""


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How to read, and by which rules to store.

    `profiles` holds the one profile by which copies are read, or none for the usual ones. Without
    a `source` the records say themselves whose they are, without a `format` what they are. `zone`
    is local time. With `most_complaints` a file of which more is wrong is given up, so that the
    report of whatever somebody sends stays bounded.
    """

    zone: tzinfo
    now: datetime
    profiles: tuple[Profile, ...] = ()
    source: str = ""
    format: RecordFormat | None = None
    match_isbn: bool = True
    most_complaints: int | None = None


def _same(one: TitleRecord, other: TitleRecord) -> bool:
    return (one.source, one.control_number) == (other.source, other.control_number)


class FileImport:
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
        container = container_of(stream.read(HEAD), self._settings.format)
        stream.seek(0)
        if container is Container.CSV:
            kind, rows = open_rows(stream, self._settings.zone)
            self._import_rows(stream, kind, rows)
        else:
            self._import_titles(stream, container)

    def complain(self, place: Place, why: str) -> None:
        """Note a record or a line that is passed over."""
        self.complaints += 1
        self._report.unreadable.append(self._complaint(place, why))

    def _import_titles(self, stream: BinaryIO, container: Container) -> None:
        rules = Rules(self._settings.now, self._settings.match_isbn)

        def store(batch: Sequence[tuple[Place, TitleRecord]]) -> None:
            records = [record for _, record in batch]
            stored = self._write(lambda session: store_titles(session, records, rules))
            self._report.counts += stored.counts
            for place, record in batch:
                self._leave_out(place, record.left_out)
            for index, why in stored.refused:
                self._leave_out(batch[index][0], [why])

        titles = self._titles(stream, container)
        self._in_batches(stream, titles, lambda title: 1 + len(title.items), store)

    def _titles(
        self, stream: BinaryIO, container: Container
    ) -> Iterator[tuple[Place, TitleRecord]]:
        """Yield the titles of a file; pieces of a record that follow each other are one."""
        last: tuple[Place, Read, TitleRecord] | None = None
        for place, read in self._reads(stream, container):
            found: tuple[Place, Read, TitleRecord] | None = self._title(place, read)
            if found is None:
                continue
            if last is not None and _same(last[2], found[2]):
                found = self._one_of(last, found)
            elif last is not None:
                yield self._finished(*last)
            last = found
        if last is not None:
            yield self._finished(*last)

    def _reads(self, stream: BinaryIO, container: Container) -> Iterator[tuple[Place, Read]]:
        settings = self._settings
        precious = fields_of_copies(settings.profiles)
        for place, read in read_records(stream, container, settings.format, precious):
            if isinstance(read, Read):
                yield place, read
            else:
                self.complain(place, read)
            self._give_up_if_hopeless()

    def _give_up_if_hopeless(self) -> None:
        most, report = self._settings.most_complaints, self._report
        wrong = len(report.unreadable) + len(report.left_out) + len(report.mended)
        if most is not None and wrong > most:
            what = f"given up here: more than {most} records have something wrong"
            raise Unreadable(what, Fault.HOPELESS)

    def _title(self, place: Place, read: Read) -> tuple[Place, Read, TitleRecord] | None:
        try:
            title = title_of(read, self._settings.profiles, self._settings.source)
        except Unreadable as error:
            why = Why("; ".join([error.why, *read.mended]), error.why.fault)
            self.complain(place, why)
            return None
        return place, read, title

    def _one_of(
        self, first: tuple[Place, Read, TitleRecord], second: tuple[Place, Read, TitleRecord]
    ) -> tuple[Place, Read, TitleRecord]:
        """Return the record that two in a row with one number make: the later, if they differ."""
        whole = together(first[1], second[1])
        if whole is not None:
            return self._title(first[0], whole) or second
        number = second[2].control_number
        why = f"record {number} follows once more, with another description: that one counts"
        self._report.mended.append(self._complaint(first[0], Why(why, Fault.AGAIN)))
        return second

    def _finished(self, place: Place, read: Read, title: TitleRecord) -> tuple[Place, TitleRecord]:
        self._report.mended.extend(self._complaint(place, why) for why in read.mended)
        return place, title

    def _import_rows(
        self, stream: BinaryIO, kind: Kind, rows: Iterator[tuple[Place, Row | str]]
    ) -> None:
        moment = Moment(self._settings.now, self._settings.zone)

        def store(batch: Sequence[tuple[Place, Row]]) -> None:
            rows = [row for _, row in batch]
            stored = self._write(lambda session: _STORES[kind](session, rows, moment))
            self._report.counts += stored.counts
            for index, why in stored.refused:
                self.complain(batch[index][0], why)

        self._in_batches(stream, self._good(rows), lambda _row: 1, store)

    def _good(self, rows: Iterator[tuple[Place, Row | str]]) -> Iterator[tuple[Place, Row]]:
        for place, row in rows:
            if isinstance(row, str):
                self.complain(place, row)
            else:
                yield place, row

    def _in_batches(
        self,
        stream: BinaryIO,
        found: Iterable[tuple[Place, Value]],
        weight: Callable[[Value], int],
        store: Callable[[Sequence[tuple[Place, Value]]], None],
    ) -> None:
        """Store what is found in batches of about `_BATCH`, so that memory stays bounded."""
        batch: list[tuple[Place, Value]] = []
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

    def _leave_out(self, place: Place, reasons: Iterable[str]) -> None:
        self._report.left_out.extend(self._complaint(place, why) for why in reasons)

    def _complaint(self, place: Place, why: str) -> Complaint:
        return Complaint(str(self._path), place.position, why, place.byte)
