"""Which PC/SC readers are plugged in and which cards lie in them, as it changes.

One thread with a context of its own waits for changes; it outlives the PC/SC service, and looks for
it again with growing pauses. What it saw before the service went is reported as gone.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

from drivers.errors import ReaderError
from drivers.pcsc import winscard
from drivers.pcsc.winscard import Code, PcscError

_LONGEST_WAIT: Final = 5.0
"""Seconds after which readers are listed anew: one may have come between the list and the wait."""
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0
"""Seconds between attempts to reach the service."""
_CANCEL_AGAIN: Final = 0.05
"""Seconds: a wait that had not begun when it was cancelled has begun by then."""


@dataclass(frozen=True, slots=True)
class ServiceFound:
    """The PC/SC service answers."""


@dataclass(frozen=True, slots=True)
class ServiceLost:
    """The PC/SC service does not answer (any more), and why. Its readers and cards are gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReaderArrived:
    """A reader was plugged in."""

    reader: str


@dataclass(frozen=True, slots=True)
class ReaderLeft:
    """A reader was unplugged."""

    reader: str


@dataclass(frozen=True, slots=True)
class CardArrived:
    """A card was laid on a reader."""

    reader: str
    atr: bytes


@dataclass(frozen=True, slots=True)
class CardLeft:
    """A card was taken from a reader."""

    reader: str


Event: TypeAlias = ServiceFound | ServiceLost | ReaderArrived | ReaderLeft | CardArrived | CardLeft


@asynccontextmanager
async def watch(
    *, first_pause: float = _FIRST_PAUSE, longest_pause: float = _LONGEST_PAUSE
) -> AsyncIterator[AsyncIterator[Event]]:
    """Watch within the block: what there is comes first, as if it had just arrived.

    Raise `ReaderRefused` from the iterator where pyscard is not installed.
    """
    events: asyncio.Queue[Event | ReaderError] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    watcher = _Watcher(lambda event: _hand_over(loop, events, event), first_pause, longest_pause)
    watcher.start()
    try:
        yield _each(events)
    finally:
        # The thread must end before the loop does, whatever happens to this task.
        await asyncio.shield(asyncio.to_thread(watcher.stop))


async def _each(events: asyncio.Queue[Event | ReaderError]) -> AsyncIterator[Event]:
    while True:
        event = await events.get()
        if isinstance(event, ReaderError):
            raise event
        yield event


def _hand_over(
    loop: asyncio.AbstractEventLoop,
    events: asyncio.Queue[Event | ReaderError],
    event: Event | ReaderError,
) -> None:
    with suppress(RuntimeError):  # the loop was closed over our head: nobody listens any more
        loop.call_soon_threadsafe(events.put_nowait, event)


class _Watcher:
    """The thread. It alone touches what it knows; `stop` touches only the context's number."""

    def __init__(
        self, tell: Callable[[Event | ReaderError], None], first_pause: float, longest_pause: float
    ) -> None:
        self._tell = tell
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._stopped = threading.Event()
        self._context: int | None = None
        self._known: dict[str, int] = {}
        self._thread = threading.Thread(target=self._run, name="PC/SC monitor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the wait, and wait for the end of the thread."""
        self._stopped.set()
        while self._thread.is_alive():
            context = self._context
            if context is not None:
                with suppress(PcscError):  # the service may be gone
                    winscard.cancel(context)
            self._thread.join(_CANCEL_AGAIN)

    def _run(self) -> None:
        pause = self._first_pause
        reason = ""
        while not self._stopped.is_set():
            try:
                self._context = winscard.open_context()
                self._tell(ServiceFound())
                pause, reason = self._first_pause, ""
                self._follow(self._context)
            except PcscError as error:
                if error.code != Code.CANCELLED and str(error) != reason:
                    reason = str(error)
                    self._forget(reason)
            except ReaderError as error:  # without pyscard there is nothing to wait for
                self._tell(error)
                return
            finally:
                self._leave()
            self._stopped.wait(pause)
            pause = min(pause * 2, self._longest_pause)

    def _follow(self, context: int) -> None:
        while not self._stopped.is_set():
            self._compare_readers(winscard.readers(context))
            states = [*self._known.items(), (winscard.PLUG_AND_PLAY, winscard.UNAWARE)]
            try:
                for state in winscard.wait_for_change(context, states, _LONGEST_WAIT):
                    if state.reader in self._known:
                        self._compare_card(state)
            except PcscError as error:
                # A reader that went between the list and the wait is missed by the next list.
                if error.code not in {Code.TIMEOUT, Code.UNKNOWN_READER}:
                    raise

    def _compare_readers(self, present: Sequence[str]) -> None:
        for reader in [reader for reader in self._known if reader not in present]:
            self._lose(reader)
        for reader in present:
            if reader not in self._known:
                self._known[reader] = winscard.UNAWARE
                self._tell(ReaderArrived(reader))

    def _compare_card(self, state: winscard.State) -> None:
        before, now = self._known[state.reader], state.bits & ~winscard.CHANGED
        self._known[state.reader] = now
        # The count in the upper half tells a card from another that took its place meanwhile.
        same = _has_card(before) and _has_card(now) and before >> 16 == now >> 16
        if _has_card(before) and not same:
            self._tell(CardLeft(state.reader))
        if _has_card(now) and not same:
            self._tell(CardArrived(state.reader, state.atr))

    def _lose(self, reader: str) -> None:
        if _has_card(self._known.pop(reader)):
            self._tell(CardLeft(reader))
        self._tell(ReaderLeft(reader))

    def _forget(self, reason: str) -> None:
        for reader in tuple(self._known):
            self._lose(reader)
        self._tell(ServiceLost(reason))

    def _leave(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            with suppress(PcscError):  # the service may be gone
                winscard.close_context(context)


def _has_card(bits: int) -> bool:
    """A card that says nothing is no card."""
    return bool(bits & winscard.PRESENT) and not bits & winscard.MUTE
