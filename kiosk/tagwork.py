"""What a kiosk does with tags: read them, find what the journal knows of them, secure them."""

from collections.abc import Callable, Collection, Coroutine
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

import structlog

from catalogue_api.contract.returns import PartsCheck, Security
from drivers.errors import ReaderError, ReaderLost, TagGone, TagRefused
from drivers.interface import Uid
from kiosk.antenna import Antenna
from kiosk.clock import Clock
from kiosk.decisions import Expected, expect
from kiosk.journal import CLOCK_UNSURE, Entry, Journal, JournalFailed
from kiosk.outcomes import KioskOutcome
from kiosk.running import Run
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.sorting import UNKNOWN_BIN
from kiosk.session.states import Past
from kiosk.snapshot import Snapshot
from kiosk.staff_cards import StaffCards
from kiosk.tagging import (
    MISSING_PART,
    NotTaken,
    OurItem,
    Reading,
    StaffCard,
    make_sense,
    typed_item,
)

SAME_RETURN = timedelta(minutes=10)
"""A tag laid again within this time still belongs to its last return here."""

log = structlog.get_logger(__name__)


class TagWork:
    """Carries out effects on tags, and makes events of what came of them."""

    def __init__(
        self,
        owners: Collection[str],
        cards: StaffCards,
        antenna: Antenna,
        journal: Journal,
        run: Run,
        emit: Callable[[ev.Event], None],
        failed: Callable[[JournalFailed], None],
        clock: Clock,
        new_id: Callable[[], UUID],
        snapshot: Snapshot | None,
    ) -> None:
        """`failed` is told when the journal cannot be read."""
        self._owners = owners
        self._cards = cards
        self._antenna = antenna
        self._journal = journal
        self._run = run
        self._emit = emit
        self._failed = failed
        self._clock = clock
        self._new_id = new_id
        self._snapshot = snapshot

    def perform(self, effect: fx.TagEffect) -> Coroutine[None, None, None] | None:
        """Do what is asked; what takes time is returned to be awaited."""
        match effect:
            case fx.ReadTag(uid):
                return self._read(uid)
            case fx.Secure(uid):
                return self._secure(uid)
            case fx.LookAgain():
                self._antenna.forget()
                return None
            case _ as never:
                assert_never(never)

    async def take_barcode(self, text: str) -> None:
        """Somebody typed or scanned a barcode."""
        item = typed_item(text)
        if item is None:
            log.warning("no_barcode", length=len(text))
            return
        try:
            past = self._past_of(await self._entry(None, item))
        except JournalFailed as error:
            self._failed(error)
            return
        expected = await self._expected(item)
        now = self._clock.now()
        self._emit(ev.BarcodeGiven(item, past, self._new_id(), now, expected))

    async def _read(self, uid: Uid) -> None:
        try:
            reading = await self._make_sense(uid)
            past = await self._past(uid, reading)
            expected = await self._expected(reading)
        except (TagGone, ReaderLost):
            # That the tag or the reader has gone is told by the antenna itself.
            return
        except ReaderError as error:
            # Whether it was lent since cannot be told, and that decides too much to be guessed.
            reading, past, expected = NotTaken(KioskOutcome.UNREADABLE, str(error)), None, None
        except JournalFailed as error:
            self._failed(error)
            return
        _log_reading(uid, reading)
        now = self._clock.now()
        self._emit(ev.TagRead(uid, reading, past, self._new_id(), now, expected))

    async def _make_sense(self, uid: Uid) -> Reading:
        """Read a tag. Raises `TagGone` and `ReaderLost`; anything else it can say for itself."""
        try:
            content = await self._antenna.read(uid)
        except (TagGone, ReaderLost):
            raise
        except ReaderError as error:
            is_card = self._cards.know(uid, None, self._owners)
            return StaffCard() if is_card else NotTaken(KioskOutcome.UNREADABLE, str(error))
        if self._cards.know(uid, content, self._owners):
            return StaffCard()
        return make_sense(content, self._owners)

    async def _expected(self, reading: Reading) -> Expected | None:
        """What the snapshot says of an item, for the case that the catalogue says nothing."""
        snapshot = self._snapshot
        if snapshot is None or not isinstance(reading, OurItem):
            return None
        barcode = reading.barcode
        known, age = await self._run(lambda: snapshot.look_up(barcode))
        return expect(known, age, self._clock.now())

    async def _past(self, uid: Uid, reading: Reading) -> Past | None:
        """Find the return that this very item is still part of, if any."""
        if not isinstance(reading, OurItem):
            return None
        past = self._past_of(await self._entry(uid, reading))
        if past is None or past.security is not Security.SECURED or reading.part in past.missing:
            return past
        # We had secured it: where it says "on loan", somebody has borrowed it since. A part that
        # was missing then says so in any case.
        return None if await self._antenna.is_lent(uid) else past

    async def _entry(self, uid: Uid | None, item: OurItem) -> Entry | None:
        """The last return of this tag; any tag of a set, and no tag, stand for the whole item."""
        journal, barcode = self._journal, item.barcode
        if uid is None or item.parts > 1:
            return await self._run(lambda: journal.last_of_barcode(barcode))
        return await self._run(lambda: journal.last_of(uid, barcode))

    async def _secure(self, uid: Uid) -> None:
        try:
            await self._antenna.secure(uid)
        except TagRefused as error:
            log.error("tag_locked", uid=uid, error=str(error))
            self._emit(ev.NotSecured(uid, for_good=True))
        except ReaderError as error:
            log.warning("tag_not_secured", uid=uid, error=str(error))
            self._emit(ev.NotSecured(uid, for_good=False))
        else:
            self._emit(ev.Secured(uid))

    def _past_of(self, entry: Entry | None) -> Past | None:
        """Return what an entry says of its item, if that is not too long ago.

        One that was said to be incomplete is no return: its reader is asked again.
        """
        if entry is None or entry.request.parts_check is PartsCheck.INCOMPLETE:
            return None
        ago = self._clock.since(entry.moment, _latest(entry))
        return _past(entry) if abs(ago) <= SAME_RETURN else None


def _latest(entry: Entry) -> datetime | None:
    """Return the latest time a return can have been, by the catalogue's clock; None: not known.

    The date of one whose time is not certain is its earliest, and says nothing of this.
    """
    if entry.dated and CLOCK_UNSURE not in entry.request.warnings:
        return entry.request.occurred_at
    return None if entry.answer is None else entry.answer.received_at


def _past(entry: Entry) -> Past:
    placement = entry.placement
    bin_name = "" if placement.bin == UNKNOWN_BIN else placement.bin
    return Past(
        entry.return_id,
        entry.request.occurred_at,
        entry.answer,
        bin_name,
        placement.security,
        missing=_missing(entry.request.warnings),
        check=entry.request.parts_check,
    )


def _missing(warnings: Collection[str]) -> tuple[int, ...]:
    return tuple(
        int(warning.removeprefix(MISSING_PART))
        for warning in warnings
        if warning.startswith(MISSING_PART)
    )


def _log_reading(uid: Uid, reading: Reading) -> None:
    if isinstance(reading, NotTaken):
        log.warning("not_taken", uid=uid, verdict=reading.verdict.value, why=reading.why)
    elif isinstance(reading, StaffCard):
        log.info("staff_card")
    elif reading.warnings:
        log.warning("odd_tag", uid=uid, warnings=reading.warnings)
