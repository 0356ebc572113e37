"""One slot of a PC/SC reader in asyncio: one thread, one context, one question at a time.

Calls of PC/SC block, so each slot has a thread of its own. To give up waiting for an answer does
not stop the thread: the exchange goes on to its end, and whatever is asked next waits for that.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar

from drivers.errors import NoAnswer, ReaderError, ReaderLost
from drivers.pcsc import card
from drivers.pcsc.card import BlockingSlot, Lying, Transmit

T = TypeVar("T")


class Slot:
    """One slot, in asyncio. `open` it.

    A wait ends when the card has answered nothing for `patience` seconds.
    """

    def __init__(self, patience: float) -> None:
        """Use `open`, which also finds the reader."""
        self.name = ""
        self._patience = patience
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="PC/SC card")
        self._blocking: BlockingSlot | None = None
        self._closed = False

    @classmethod
    async def open(cls, wanted: str = "", *, patience: float = 2.0) -> Self:
        """Take the reader whose name is, or begins with, `wanted`; without one, the first.

        Raise `ReaderLost` if there is none, or no PC/SC service; `ReaderRefused` without pyscard.
        """
        slot = cls(patience)
        try:
            slot._blocking = await slot._run(lambda: BlockingSlot.open(wanted))
            slot.name = slot._blocking.reader
        except BaseException:
            await slot.close()
            raise
        return slot

    async def look(self) -> Lying | None:
        """The card that lies there now, if any. Raise `ReaderLost`, `ReaderRefused`."""
        return await self._run(lambda: self._opened().look())

    async def converse(self, lying: Lying, talk: Callable[[Transmit], T]) -> T:
        """Let `talk` ask this card, in the slot's thread and with no other program in between.

        Once begun it goes on to its end, even if the caller is cancelled: a card is not left in
        the middle of a write. Raise `TagGone` if another card lies there now, or none.
        """
        return await self._run(lambda: self._opened().converse(lying, talk))

    async def close(self) -> None:
        """Let go of the card and the reader, at once or when what was begun has ended.

        Closing twice is harmless.
        """
        if self._closed:
            return
        self._closed = True
        if self._blocking:
            closing = self._thread.submit(self._blocking.close)
            self._thread.shutdown(wait=False)
            await asyncio.to_thread(futures.wait, (closing,), self._patience)
        else:
            self._thread.shutdown(wait=False)

    def _opened(self) -> "BlockingSlot":
        if self._blocking is None:
            raise ReaderLost("the PC/SC reader is not open")
        return self._blocking

    async def _run(self, job: Callable[[], T]) -> T:
        """Run `job` in the slot's thread, after all that was begun before."""
        if self._closed:
            raise ReaderLost(f"the PC/SC reader {self.name} was closed")
        begun = threading.Event()

        def begin() -> T:
            begun.set()
            return job()

        future = asyncio.get_running_loop().run_in_executor(self._thread, begin)
        try:
            if not await self._ends(future):
                raise self._stuck(begun=begun.is_set())
            return await future
        finally:
            future.cancel()

    async def _ends(self, future: asyncio.Future[T]) -> bool:
        """Wait for the end of a job; False when the card answers nothing any more."""
        answered = -1
        while answered != self._answered:
            answered = self._answered
            done, _ = await asyncio.wait((future,), timeout=self._patience)
            if done:
                return True
        return False

    @property
    def _answered(self) -> int:
        return self._blocking.answered if self._blocking else 0

    def _stuck(self, *, begun: bool) -> ReaderError:
        if begun:
            return NoAnswer(f"{self.name} gives no answer in {self._patience:g} s")
        return ReaderLost(f"{self.name} is still busy with an earlier question")


async def plugged_in() -> Sequence[str]:
    """Names of the PC/SC readers of this machine. Errors as of `Slot.open`, but none is none."""
    return await asyncio.to_thread(card.plugged_in)
