"""One question at a time on any cable: what all reader families have in common.

A question that stayed without its answer leaves the line out of step: the answer may still come and
would be taken for that to the next question, for answers of one kind look alike. So the next
question is preceded by a ping, a question whose answer can be mistaken for no other, and everything
before the ping's answer is thrown away.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from drivers.errors import FramingError, NoAnswer, ReaderError
from drivers.framing import FrameDecoder
from drivers.interface import ByteLink

F = TypeVar("F")
A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)

_GAP: Final = 0.1
"""Seconds without a byte after which an answer that was begun, or damaged, is given up."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """The answer has more frames: say this, and listen again."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Asking(Generic[F, A_co]):
    """A question as the line needs it.

    `encode` gives its bytes at the moment they are sent. `hear` is given each frame that arrives:
    it gives the answer, or the error that the answer is; None for a frame that answers something
    else; and raises `FramingError` for an answer that makes no sense.
    """

    name: str
    encode: Callable[[], bytes]
    hear: Callable[[F], A_co | ReaderError | GoOn | None]


class Conversation(Generic[F]):
    """Questions and answers over one link; the one place where bytes and time become errors.

    Whoever asks holds a lock: the conversation itself has none.
    """

    def __init__(
        self,
        link: ByteLink,
        decoder: Callable[[], FrameDecoder[F]],
        ping: Callable[[], Asking[F, object]],
        *,
        patience: float,
        turnaround: float,
    ) -> None:
        """Talk over `link`: a whole answer within `patience` seconds.

        `turnaround` is the rest, in seconds, that a reader needs between an answer and the next
        question.
        """
        self._link = link
        self._new_decoder = decoder
        self._decoder = decoder()
        self._ping = ping
        self._patience = patience
        self._turnaround = turnaround
        self._in_step = False
        self._may_ask_at = 0.0

    @property
    def in_step(self) -> bool:
        """Whether the last question got its answer, so that no other one can be under way."""
        return self._in_step

    async def ask(self, asking: Asking[F, A]) -> A:
        """Put a question, after a ping if the one before stayed without its answer."""
        if not self._in_step:
            await self.exchange(self._ping())
        return await self.exchange(asking)

    async def exchange(self, asking: Asking[F, A]) -> A:
        """Put a question as it is. Raise its error, or `NoAnswer`, or `ReaderLost`."""
        clock = asyncio.get_running_loop().time
        if (rest := self._may_ask_at - clock()) > 0:
            await asyncio.sleep(rest)
        self._in_step = False  # until the answer is here, whatever happens
        self._decoder = self._new_decoder()  # what came before is no answer to this
        try:
            async with asyncio.timeout(self._patience) as limit:
                await self._link.send(asking.encode())
                answer = await self._answer(asking, limit)
        except TimeoutError:
            raise NoAnswer(f"no answer to {asking.name} within {self._patience:g} s") from None
        except FramingError as error:
            raise NoAnswer(f"a senseless answer to {asking.name}: {error}") from error
        finally:
            self._may_ask_at = clock() + self._turnaround
        self._in_step = True
        if isinstance(answer, ReaderError):
            raise answer
        return answer

    async def close(self) -> None:
        """Let go of the link; closing twice is harmless."""
        await self._link.close()

    async def _answer(self, asking: Asking[F, A], limit: asyncio.Timeout) -> A | ReaderError:
        """Wait for the answer, dropping frames that answer questions given up."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._patience
        while True:
            try:
                frame = self._decoder.next_frame()
            except FramingError:
                # That was most likely the answer, and it will not come again.
                limit.reschedule(min(deadline, clock() + _GAP))
                continue
            if frame is None:
                await self._receive()
                continue
            heard = asking.hear(frame)
            if isinstance(heard, GoOn):
                await self._link.send(heard.data)
            elif heard is not None:
                return heard

    async def _receive(self) -> None:
        """Wait for bytes; or, in the middle of a frame, learn that its end will not come."""
        try:
            async with asyncio.timeout(_GAP if self._decoder.unfinished else None):
                self._decoder.receive(await self._link.receive())
        except TimeoutError:
            self._decoder.silence()
