"""Which bin an item goes into, as the library has ordered it: kept on disk, over the own settings.

The bins themselves are the kiosk's: an order that names another one is refused, with a reason that
the catalogue is told, and the kiosk goes on as before.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import structlog

from catalogue_api.contract.returns import Outcome
from catalogue_api.contract.sorting import (
    FlawKind,
    Line,
    SortedAs,
    SortingLine,
    SortingOrder,
    SortingUsed,
    flaw_of,
)
from kiosk.journal import Journal, JournalFailed
from kiosk.outcomes import KioskOutcome, Verdict
from kiosk.running import Run
from kiosk.session.events import Event, SortingChanged
from kiosk.session.sorting import Sorting, SortLine

log = structlog.get_logger(__name__)


_KEPT = "SELECT said FROM orders"
_KEEP = "INSERT OR REPLACE INTO orders (one, said) VALUES (1, ?)"


class OrderedSorting:
    """The table of one kiosk."""

    def __init__(
        self,
        journal: Journal,
        run: Run,
        own: Sorting,
        emit: Callable[[Event], None],
        failed: Callable[[JournalFailed], None],
    ) -> None:
        """`own`: the table of its settings; `failed` is told when the journal keeps nothing."""
        self._journal = journal
        self._run = run
        self._own = own
        self._emit = emit
        self._failed = failed
        self._used = SortingUsed(own=_told(own))

    @property
    def used(self) -> SortingUsed:
        """By what the kiosk sorts now."""
        return self._used

    async def load(self) -> None:
        """Go on by the last order that was followed. Raises `JournalFailed`."""
        for (said,) in await self._run(partial(self._journal.read, _KEPT)):
            try:
                order = SortingOrder.model_validate_json(said)
            except ValueError as error:  # written by another release: the catalogue says it anew
                log.error("sorting_unreadable", error=str(error))
            else:
                self._follow(order)

    async def take(self, order: SortingOrder) -> None:
        """Keep an order, and follow it, or remember why not; what is not kept comes again."""
        if self._refuse(order):
            return
        try:
            await self._run(partial(self._journal.write, _KEEP, order.model_dump_json()))
        except JournalFailed as error:
            self._failed(error)
        else:
            self._follow(order)

    def _follow(self, order: SortingOrder) -> None:
        if self._refuse(order):
            return
        table = tuple(_line(line) for line in order.lines) or self._own.table
        self._used = SortingUsed(version=order.version, own=self._used.own)
        log.info("sorting", version=order.version, lines=len(order.lines))
        self._emit(SortingChanged(replace(self._own, table=table)))

    def _refuse(self, order: SortingOrder) -> bool:
        reason = _wrong(order, [one.name for one in self._own.bins])
        if reason:
            log.error("sorting_refused", version=order.version, reason=reason)
            update = {"refused": order.version, "reason": reason}
            self._used = self._used.model_copy(update=update)
        return reason != ""


def _wrong(order: SortingOrder, bins: list[str]) -> str:
    flaw = flaw_of([line.line() for line in order.lines], bins) if order.lines else None
    if flaw is None:
        return ""
    if flaw.kind is FlawKind.NO_BIN:
        return f"line {flaw.line + 1}: there is no bin {flaw.bin!r} here ({', '.join(bins)})"
    return f"line {flaw.line + 1}: {flaw.kind.value}"


def _line(line: SortingLine) -> SortLine:
    outcome = None if line.outcome is None else _verdict(line.outcome)
    return SortLine(line.bin, outcome, line.hint, line.destination, line.kind)


def _verdict(outcome: SortedAs) -> Verdict:
    if outcome is SortedAs.KEPT_FOR_LATER:
        return KioskOutcome.KEPT_FOR_LATER
    return Outcome(outcome.value)


def _told(own: Sorting) -> tuple[SortingLine, ...]:
    """Return the own table as the catalogue reads it, without lines that decide nothing."""
    known = {it.value for it in SortedAs}
    return tuple(
        SortingLine.of(Line(line.bin, _sorted_as(line), line.hint, line.destination, line.kind))
        for line in own.table
        if line.outcome is None or line.outcome.value in known
    )


def _sorted_as(line: SortLine) -> SortedAs | None:
    return None if line.outcome is None else SortedAs(line.outcome.value)
