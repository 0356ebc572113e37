"""The durable record of every return: what is written here is promised, and nothing else is.

One SQLite file through apsw, WAL with `synchronous=FULL`: each call that changes anything has
been synced to disk when it returns. All calls block; they belong into one thread. The state of
a return is only ever what its row says: recorded, then answered or refused by the catalogue,
settled in a bin with its tag in some state, and that placement delivered in turn.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import apsw

from catalogue_api.contract.returns import Placement, Returned, ReturnItem, Security
from drivers.interface import Uid
from kiosk.session.sorting import UNKNOWN_BIN

_SCHEMA = """
CREATE TABLE IF NOT EXISTS returns (
    seq INTEGER PRIMARY KEY,
    return_id TEXT NOT NULL UNIQUE,
    uid TEXT NOT NULL,
    barcode TEXT NOT NULL,
    request TEXT NOT NULL,
    answer TEXT,
    refusal TEXT,
    bin TEXT NOT NULL DEFAULT '',
    security TEXT NOT NULL DEFAULT 'pending',
    settled INTEGER NOT NULL DEFAULT 0,
    placed INTEGER NOT NULL DEFAULT 0,
    receipt TEXT NOT NULL DEFAULT '',
    emptying INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS returns_by_uid ON returns (uid, seq);
CREATE INDEX IF NOT EXISTS returns_undelivered ON returns (seq)
    WHERE answer IS NULL AND refusal IS NULL;
CREATE INDEX IF NOT EXISTS returns_unplaced ON returns (seq)
    WHERE answer IS NOT NULL AND placed < settled;
CREATE INDEX IF NOT EXISTS returns_to_secure ON returns (uid) WHERE security = 'pending';
CREATE INDEX IF NOT EXISTS returns_by_barcode ON returns (barcode, seq);
CREATE INDEX IF NOT EXISTS returns_in_bins ON returns (bin, seq) WHERE emptying IS NULL;
"""
# `settled` and `placed` count: a placement is delivered when `placed` has caught up. `emptying` is
# the one that took the item out of its bin (see `bins`).

_COLUMNS = "seq, uid, request, answer, refusal, bin, security, receipt, settled"


SqlValue = str | int


class JournalFailed(Exception):
    """The disk refused: full, read-only, broken or not a journal. Nothing may be promised."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One return as the journal holds it."""

    seq: int
    uid: Uid
    request: ReturnItem
    answer: Returned | None
    refusal: str | None
    placement: Placement
    settled: int

    @property
    def return_id(self) -> UUID:
        """The identifier of the return, and the idempotency key of its delivery."""
        return self.request.return_id


@dataclass(frozen=True, slots=True)
class Counts:
    """What a technician wants to know at a glance."""

    returns: int
    undelivered: int
    unplaced: int
    refused: int
    to_secure: int


class Journal:
    """An open journal. Errors of the disk are `JournalFailed`."""

    def __init__(self, path: Path, vfs: str | None = None) -> None:
        """Open or make the file at `path`; `vfs` names the disk (for tests of power cuts)."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = apsw.Connection(str(path), vfs=vfs)
            self._db.set_busy_timeout(5000)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.execute(_SCHEMA)
        except (apsw.Error, OSError) as error:
            raise JournalFailed(f"journal {path}: {error}") from error

    def close(self) -> None:
        """Let go of the file; closing twice is harmless."""
        self._db.close()

    def record(self, uid: Uid, request: ReturnItem) -> None:
        """Put a return on disk: from here on it will reach the catalogue, whatever fails."""
        self._run(
            "INSERT INTO returns (return_id, uid, barcode, request) VALUES (?, ?, ?, ?)",
            str(request.return_id),
            uid,
            request.barcode,
            request.model_dump_json(),
        )

    def answered(self, answer: Returned, *, secure: bool) -> None:
        """Keep the catalogue's answer; `secure`: whether the tag is to be secured at all."""
        self._run(
            "UPDATE returns SET answer = ?, refusal = NULL, settled = settled + "
            "  (security = 'pending' AND NOT ?), "
            "security = CASE WHEN security = 'pending' AND NOT ? THEN 'not_wanted' "
            "  ELSE security END WHERE return_id = ?",
            answer.model_dump_json(),
            int(secure),
            int(secure),
            str(answer.return_id),
        )

    def recover(self) -> None:
        """After a start: nobody knows any more where the unsettled items were put."""
        self._run(
            "UPDATE returns SET bin = ?, settled = 1 WHERE settled = 0 AND refusal IS NULL",
            UNKNOWN_BIN,
        )

    def refused(self, return_id: UUID, reason: str) -> None:
        """Keep why the catalogue will never take this return: a person must look at it."""
        self._run("UPDATE returns SET refusal = ? WHERE return_id = ?", reason, str(return_id))

    def settle(self, return_id: UUID, placement: Placement) -> None:
        """Keep where the item went and how its tag is; it will be delivered (again)."""
        self._run(
            "UPDATE returns SET bin = ?1, security = ?2, settled = settled + 1, "
            "emptying = CASE WHEN bin = ?1 THEN emptying END, "
            "receipt = CASE WHEN ?3 = '' THEN receipt ELSE ?3 END WHERE return_id = ?4",
            placement.bin,
            placement.security.value,
            placement.receipt,
            str(return_id),
        )

    def give_receipt(self, return_ids: Sequence[UUID], code: str) -> None:
        """Keep which receipt names these returns; the catalogue is told with their placement."""
        self._run(
            "UPDATE returns SET receipt = ?, settled = settled + 1 "
            "WHERE return_id IN (SELECT value FROM json_each(?))",
            code,
            json.dumps([str(return_id) for return_id in return_ids]),
        )

    def placed(self, entry: Entry) -> None:
        """The catalogue knows the placement of `entry` as that entry was when it was read."""
        self._run("UPDATE returns SET placed = ? WHERE seq = ?", entry.settled, entry.seq)

    def entry(self, return_id: UUID) -> Entry | None:
        """Return one return."""
        return next(self._entries("return_id = ?", str(return_id)), None)

    def undelivered(self, after: int, limit: int) -> list[Entry]:
        """Return the oldest returns behind number `after` that the catalogue has not answered."""
        where = "answer IS NULL AND refusal IS NULL AND seq > ?"
        return list(self._entries(where, after, limit=limit))

    def unplaced(self, after: int, limit: int) -> list[Entry]:
        """Return the oldest answered returns behind `after` whose placement is undelivered."""
        where = "answer IS NOT NULL AND placed < settled AND seq > ?"
        return list(self._entries(where, after, limit=limit))

    def last_of(self, uid: Uid, barcode: str) -> Entry | None:
        """Return the latest return of this very tag with this very barcode."""
        return next(
            self._entries("uid = ? AND barcode = ?", uid, barcode, order="seq DESC", limit=1), None
        )

    def last_of_barcode(self, barcode: str) -> Entry | None:
        """Return the latest return of an item, whichever of its tags it was known by."""
        return next(self._entries("barcode = ?", barcode, order="seq DESC", limit=1), None)

    def write(self, sql: str, *values: SqlValue) -> None:
        """Do a synced statement for another book of this file."""
        self._run(sql, *values)

    def read(self, sql: str, *values: SqlValue) -> list[tuple[Any, ...]]:
        """Answer a question for another book of this file."""
        return list(self._query(sql, *values))

    def check(self) -> None:
        """Prove that the disk takes a synced write."""
        self._run("PRAGMA user_version = 1")

    def counts(self) -> Counts:
        """Count what is there and what is still to be done."""
        row = self._query(
            "SELECT count(*), count(*) FILTER (WHERE answer IS NULL AND refusal IS NULL), "
            "count(*) FILTER (WHERE answer IS NOT NULL AND placed < settled), "
            "count(*) FILTER (WHERE refusal IS NOT NULL), "
            "count(*) FILTER (WHERE security = 'pending') FROM returns"
        )
        return Counts(*next(row))

    def _entries(
        self, where: str, *values: SqlValue, order: str = "seq", limit: int = -1
    ) -> Iterator[Entry]:
        sql = f"SELECT {_COLUMNS} FROM returns WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608
        return (_entry(row) for row in self._query(sql, *values, limit))

    def _run(self, sql: str, *values: SqlValue) -> None:
        for _ in self._query(sql, *values):
            pass

    def _query(self, sql: str, *values: SqlValue) -> Iterator[tuple[Any, ...]]:
        try:
            return iter(self._db.execute(sql, values).fetchall())
        except apsw.Error as error:
            raise JournalFailed(f"journal {self.path}: {error}") from error


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, uid, request, answer, refusal, bin_name, security, receipt, settled = row
    return Entry(
        seq=seq,
        uid=Uid(uid),
        request=ReturnItem.model_validate_json(request),
        answer=None if answer is None else Returned.model_validate_json(answer),
        refusal=refusal,
        placement=Placement(bin=bin_name, security=Security(security), receipt=receipt),
        settled=settled,
    )
