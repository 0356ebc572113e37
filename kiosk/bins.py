"""What lies in the bins, as the journal knows it, and what was in them when they were emptied.

Other tables of the journal's file; all calls block and belong into the journal's thread.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from catalogue_api.contract.returns import Returned, ReturnItem
from drivers.interface import Uid
from kiosk.journal import Journal
from kiosk.journal_file import Row
from kiosk.session.contents import BinContent, InBin


class Bins:
    """The bins of one kiosk. Errors of the disk are `JournalFailed`."""

    def __init__(self, journal: Journal) -> None:
        """Use the tables of this journal's file."""
        self._journal = journal

    def counts(self) -> dict[str, int]:
        """Count what is in each bin that is not empty."""
        return dict(
            self._journal.read(
                "SELECT bin, count(*) FROM (SELECT bin FROM returns WHERE emptying IS NULL "
                "UNION ALL SELECT bin FROM unread WHERE emptying IS NULL) "
                "WHERE bin <> '' GROUP BY bin"
            )
        )

    def has(self, bin_name: str, many: int) -> bool:
        """Say whether there are at least so many things in a bin; in a time that is theirs only."""
        ((found,),) = self._journal.read(
            "SELECT count(*) FROM (SELECT 1 FROM returns WHERE bin = ?1 AND emptying IS NULL "
            "UNION ALL SELECT 1 FROM unread WHERE bin = ?1 AND emptying IS NULL LIMIT ?2)",
            bin_name,
            many,
        )
        return int(found) >= many

    def content(self, bin_name: str) -> BinContent:
        """Return what is in a bin now."""
        return BinContent(bin_name, self._things("bin = ? AND emptying IS NULL", bin_name))

    def all(self, names: Sequence[str]) -> list[BinContent]:
        """Return the content of the named bins, and of any other place that is not empty."""
        others = sorted(set(self.counts()) - set(names))
        return [self.content(name) for name in (*names, *others)]

    def empty(self, bin_name: str, at: datetime) -> BinContent:
        """Note that a bin was emptied: return what was in it, as the journal keeps it."""

        def work(do: Callable[..., list[Row]]) -> list[Row]:
            sql = "INSERT INTO emptyings (bin, at) VALUES (?, ?) RETURNING number"
            ((number,),) = do(sql, bin_name, at.isoformat())
            for table in ("returns", "unread"):
                do(
                    f"UPDATE {table} SET emptying = ? WHERE bin = ? AND emptying IS NULL",  # noqa: S608
                    number,
                    bin_name,
                )
            return [(number,)]

        ((number,),) = self._journal.together(work)
        return BinContent(bin_name, self._things("emptying = ?", number))

    def keep_closed(self, at: datetime, *, closed: bool) -> None:
        """Put on disk that staff have put the kiosk out of service, or into it again."""
        self._journal.write(
            "INSERT INTO closings (closed, at) VALUES (?, ?)", int(closed), at.isoformat()
        )

    def is_closed(self) -> bool:
        """Say whether staff have put the kiosk out of service."""
        last = self._journal.read("SELECT closed FROM closings ORDER BY number DESC LIMIT 1")
        return bool(last and last[0][0])

    def keep_unread(self, thing: UUID, uid: Uid, why: str, at: datetime, bin_name: str) -> None:
        """Put on disk that something without a readable barcode was taken."""
        self._journal.write(
            "INSERT INTO unread (id, uid, why, at, bin) VALUES (?, ?, ?, ?, ?)",
            str(thing),
            uid,
            why,
            at.isoformat(),
            bin_name,
        )

    def settle_unread(self, thing: UUID, bin_name: str) -> None:
        """Note in which bin such a thing lies; of a return nothing is changed."""
        self._journal.write("UPDATE unread SET bin = ? WHERE id = ?", bin_name, str(thing))

    def _things(self, where: str, value: str | int) -> tuple[InBin, ...]:
        returns = self._journal.read(
            f"SELECT request, answer FROM returns WHERE {where} ORDER BY seq",  # noqa: S608
            value,
        )
        unread = self._journal.read(
            f"SELECT why, at FROM unread WHERE {where} ORDER BY at",  # noqa: S608
            value,
        )
        things = [_returned(*row) for row in returns]
        things += [InBin("", datetime.fromisoformat(at), why=why) for why, at in unread]
        return tuple(things)


def _returned(request: str, answer: str | None) -> InBin:
    asked = ReturnItem.model_validate_json(request)
    if answer is None:
        return InBin(asked.barcode, asked.occurred_at)
    told = Returned.model_validate_json(answer)
    return InBin(asked.barcode, asked.occurred_at, told.outcome.value, told.title, told.shelf_mark)
