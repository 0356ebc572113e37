"""The durable record of every return: what is written here is promised, and nothing else is.

One SQLite file (see `journal_file`): each call that changes anything has been synced to disk when
it returns. All calls block; they belong into one thread. The state of a return is only ever what
its row says: recorded, then answered or refused by the catalogue, settled in a bin with its tag
in some state, and that placement delivered in turn.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from catalogue_api.contract.returns import SECOND_TAG, Placement, Returned, ReturnItem, Security
from drivers.interface import Uid
from kiosk.clock import Moment
from kiosk.journal_file import Access, JournalFailed, JournalFile, Row, SqlValue
from kiosk.journal_schema import COUNTS

__all__ = ["CLOCK_UNSURE", "Access", "Counts", "Entry", "Journal", "JournalFailed"]

CLOCK_UNSURE = "clock_unsure"
"""The warning of a return whose time is not known: it was this late at the least."""

_COLUMNS = (
    "seq, uid, boot, uptime, dated, request, answer, refusal, bin, security, receipt, settled"
)

_RECORD = """
INSERT INTO returns (return_id, uid, barcode, request, boot, uptime, dated, known)
VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT max(at) FROM (
    SELECT max(heard) AS at FROM boots UNION ALL SELECT max(received) FROM returns)))
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One return as the journal holds it; `dated`: its `occurred_at` is final."""

    seq: int
    uid: Uid
    moment: Moment
    dated: bool
    request: ReturnItem
    answer: Returned | None
    refusal: str | None
    placement: Placement

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
    """A journal, opened when it is first used. Errors of the disk are `JournalFailed`."""

    def __init__(self, path: Path, vfs: str | None = None, access: Access = Access.HOLDER) -> None:
        """Use the file at `path`; `vfs` names the disk (for tests of power cuts)."""
        self.path = path
        self._file = JournalFile(path, vfs, access)

    def open(self) -> None:
        """Open or make the file now, and say so if that cannot be."""
        self._file.run("SELECT 1")

    def close(self) -> None:
        """Let go of the file; closing twice is harmless."""
        self._file.close()

    def set_aside(self) -> list[Path]:
        """Return the damaged files that were set aside: somebody should look at them."""
        return self._file.set_aside()

    def record(self, uid: Uid, request: ReturnItem, moment: Moment, *, dated: bool) -> None:
        """Put a return on disk: from here on it will reach the catalogue, whatever fails.

        `dated`: its time is the catalogue's. Otherwise it gets its date before it is delivered.
        """
        self._file.run(
            _RECORD,
            str(request.return_id),
            uid,
            request.barcode,
            request.model_dump_json(),
            moment.boot,
            moment.uptime,
            int(dated),
        )

    def answered(self, answer: Returned, *, secure: bool) -> None:
        """Keep the catalogue's answer; `secure`: whether the tag is to be secured at all."""
        self._file.run(
            "UPDATE returns SET answer = ?, received = ?, refusal = NULL, settled = settled + "
            "  (security = 'pending' AND NOT ?), "
            "security = CASE WHEN security = 'pending' AND NOT ? THEN 'not_wanted' "
            "  ELSE security END WHERE return_id = ?",
            answer.model_dump_json(),
            answer.received_at.timestamp(),
            int(secure),
            int(secure),
            str(answer.return_id),
        )

    def refused(self, return_id: UUID, reason: str) -> None:
        """Keep why the catalogue will never take this return: a person must look at it."""
        self._file.run("UPDATE returns SET refusal = ? WHERE return_id = ?", reason, str(return_id))

    def settle(self, return_id: UUID, placement: Placement) -> None:
        """Keep where the item went and how its tag is; it will be delivered (again)."""
        self._file.run(
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
        self._file.run(
            "UPDATE returns SET receipt = ?, settled = settled + 1 "
            "WHERE return_id IN (SELECT value FROM json_each(?))",
            code,
            json.dumps([str(return_id) for return_id in return_ids]),
        )

    def placed(self, entry: Entry) -> None:
        """The catalogue knows the placement of `entry` as that entry was when it was read."""
        revision = entry.placement.revision
        self._file.run("UPDATE returns SET placed = ? WHERE seq = ?", revision, entry.seq)

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

    def refusals(self) -> list[Entry]:
        """Return what the catalogue will never take, oldest first."""
        return list(self._entries("refusal IS NOT NULL"))

    def last_of(self, uid: Uid, barcode: str) -> Entry | None:
        """Return the latest return of this very tag with this very barcode."""
        return next(
            self._entries("uid = ? AND barcode = ?", uid, barcode, order="seq DESC", limit=1), None
        )

    def last_of_barcode(self, barcode: str) -> Entry | None:
        """Return the latest return of an item, whichever of its tags it was known by."""
        where = "barcode = ? AND instr(request, ?) = 0"
        report = f'"{SECOND_TAG}"'
        return next(self._entries(where, barcode, report, order="seq DESC", limit=1), None)

    def write(self, sql: str, *values: SqlValue) -> None:
        """Do a synced statement for another book of this file."""
        self._file.run(sql, *values)

    def read(self, sql: str, *values: SqlValue) -> list[Row]:
        """Answer a question for another book of this file."""
        return self._file.run(sql, *values)

    def together(self, work: Callable[[Callable[..., list[Row]]], list[Row]]) -> list[Row]:
        """Do several statements for another book of this file, as one change."""
        return self._file.together(work)

    def check(self) -> None:
        """Prove that the disk takes a synced write."""
        self._file.run("PRAGMA user_version = 1")

    def counts(self) -> Counts:
        """Count what is there and what is still to be done."""
        (row,) = self._file.run(COUNTS)
        return Counts(*row)

    # ------------------------------------------------------------------ time

    def heard(self, moment: Moment, began: float) -> None:
        """Keep what the catalogue's clock says of this boot, heard at `moment`."""
        self._file.run(
            "INSERT INTO boots (boot, began, heard) VALUES (?, ?, ?) ON CONFLICT (boot) "
            "DO UPDATE SET began = excluded.began, heard = excluded.heard",
            moment.boot,
            began,
            began + moment.uptime,
        )

    def date(self) -> None:
        """Give every return that has none its date by the catalogue's clock.

        One of a boot in which the catalogue was never heard gets the latest time that was certain
        before it, and a warning: rather too early than after a loan that began later.
        """
        found = self._file.run(
            "SELECT seq, request, uptime, known, began FROM returns "
            "LEFT JOIN boots USING (boot) WHERE NOT dated ORDER BY seq"
        )
        if found:
            self._file.together(
                lambda do: [
                    row
                    for seq, *values in found
                    for row in do(
                        "UPDATE returns SET request = ?, dated = 1 WHERE seq = ?",
                        _dated(*values),
                        seq,
                    )
                ]
            )

    # ------------------------------------------------------------------ keeping and offering again

    def delivered_since(self, since: datetime) -> tuple[int, int]:
        """Count what the catalogue took in at `since` or later, by its own clock.

        Returns, and the sum of the revisions of the placements that it was told of.
        """
        ((returns, placements),) = self._file.run(
            "SELECT count(*), coalesce(sum(placed), 0) FROM returns WHERE received >= ?",
            since.timestamp(),
        )
        return returns, placements

    def offer_again(self, since: datetime) -> None:
        """Deliver anew what the catalogue took in at `since` or later: it has lost some of it."""
        self._file.run(
            "UPDATE returns SET answer = NULL, received = NULL, placed = 0 WHERE received >= ?",
            since.timestamp(),
        )

    def forget(self, before: datetime) -> None:
        """Drop what was delivered, placement and all, before a time by the catalogue's clock."""
        self._file.run(
            "DELETE FROM returns WHERE received < ? AND placed >= settled", before.timestamp()
        )

    def _entries(
        self, where: str, *values: SqlValue, order: str = "seq", limit: int = -1
    ) -> Iterator[Entry]:
        sql = f"SELECT {_COLUMNS} FROM returns WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608
        return (_entry(row) for row in self._file.run(sql, *values, limit))


def _entry(row: Row) -> Entry:
    seq, uid, boot, uptime, dated, request, answer, refusal, bin_name, security, *rest = row
    receipt, settled = rest
    return Entry(
        seq=seq,
        uid=Uid(uid),
        moment=Moment(boot, uptime),
        dated=bool(dated),
        request=ReturnItem.model_validate_json(request),
        answer=None if answer is None else Returned.model_validate_json(answer),
        refusal=refusal,
        placement=Placement(
            bin=bin_name, security=Security(security), receipt=receipt, revision=settled
        ),
    )


def _dated(request: str, uptime: float, known: float | None, began: float | None) -> str:
    """Return a request with the date that is certain."""
    asked = ReturnItem.model_validate_json(request)
    zone = asked.occurred_at.tzinfo
    if began is not None:
        at, warnings = began + uptime, asked.warnings
    elif known is not None:
        at, warnings = known, (*asked.warnings, CLOCK_UNSURE)
    else:
        at, warnings = asked.occurred_at.timestamp(), (*asked.warnings, CLOCK_UNSURE)
    changes = {"occurred_at": datetime.fromtimestamp(at, zone or UTC), "warnings": warnings}
    return asked.model_copy(update=changes).model_dump_json()
