"""A FEIG OBID reader in ISO host mode, behind any cable."""

import asyncio
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final, Self, TypeVar

from drivers.errors import FramingError, NoAnswer, ReaderError, ReaderRefused, TagGone, TagRefused
from drivers.feig.commands import (
    Answer,
    EasAlarm,
    GetSoftwareVersion,
    GetSystemInfo,
    Inventory,
    Question,
    ReadMultipleBlocks,
    Refusal,
    ResetEas,
    RfReset,
    SetEas,
    Status,
    TagError,
    Version,
    WriteAfi,
    WriteMultipleBlocks,
    ask,
    hear,
)
from drivers.feig.frames import Decoder, Direction, Frame
from drivers.interface import ByteLink, Capability, ChipInfo, ReaderInfo, Sighting, Uid

A = TypeVar("A", bound=Answer)

_GAP: Final = 0.1
"""Seconds without a byte after which an answer that was begun, or damaged, is given up."""

_BYTES_AT_ONCE: Final = 128
"""Tag memory that a reader hands over at a time."""

_BLOCKS_AT_ONCE: Final = 16
"""Blocks of so many bytes, for the largest common ones have 8."""

CAN: Final = frozenset(Capability)
"""What a FEIG reader can do. Newer series have no EAS: they refuse it when first asked."""

_MOST_BLOCKS: Final = 256
"""A block number is one byte (ISO 15693-3)."""

_REACTIONS: Final = MappingProxyType(
    {
        Status.NO_TRANSPONDER: TagGone,
        Status.DATA_FALSE: NoAnswer,
        Status.WRITE_ERROR: NoAnswer,
        Status.ADDRESS_ERROR: TagRefused,
        Status.WRONG_TRANSPONDER_TYPE: TagRefused,
        Status.AUTHENTICATION_ERROR: TagRefused,
        Status.GENERAL_ERROR: NoAnswer,
        Status.RF_COMMUNICATION: NoAnswer,
        Status.RF_WARNING: NoAnswer,
        Status.BUFFER_OVERFLOW: NoAnswer,
        Status.ISO15693_ERROR: TagRefused,
        Status.ISO14443_ERROR: TagRefused,
    }
)
"""What the caller should do about a status. Any other: nothing, the reader itself refuses."""

_PASSING: Final = frozenset({TagError.UNKNOWN, TagError.NOT_PROGRAMMED})
"""What a tag may answer today and not tomorrow."""


class FeigReader:
    """A `Reader`: one question on the line at a time, each answered within `patience` seconds.

    A question that stayed without its answer leaves the line out of step: the answer may still
    come and would be taken for that to the next question, for answers of one kind look alike. So
    the next question is preceded by a ping (*get software version*), and everything before the
    ping's answer is thrown away.
    """

    def __init__(
        self,
        link: ByteLink,
        *,
        patience: float = 1.0,
        turnaround: float = 0.0,
        advanced: bool = False,
        reset_field: bool = False,
    ) -> None:
        """Use `open`, which also learns who answers."""
        self._link = link
        self._patience = patience
        self._turnaround = turnaround
        self._advanced = advanced
        self._reset_field = reset_field
        self._info = ReaderInfo("FEIG", "")
        self._decoder = Decoder(Direction.ANSWER)
        self._lock = asyncio.Lock()
        self._in_step = False
        self._may_ask_at = 0.0

    @classmethod
    async def open(
        cls,
        link: ByteLink,
        *,
        patience: float = 1.0,
        turnaround: float = 0.0,
        advanced: bool = False,
        reset_field: bool = False,
    ) -> Self:
        """Take over `link` and ask the reader who it is; if that fails the link is closed.

        `patience` and `turnaround` (the rest a serial reader needs between an answer and the next
        question) are seconds. `advanced` forces advanced frames. `reset_field` resets the field
        before each inventory, for readers configured to report only new tags.
        """
        reader = cls(
            link,
            patience=patience,
            turnaround=turnaround,
            advanced=advanced,
            reset_field=reset_field,
        )
        try:
            reader._info = _describe(await reader._synchronise())
        except BaseException:
            await link.close()
            raise
        return reader

    @property
    def info(self) -> ReaderInfo:
        """The reader's own description."""
        return self._info

    async def inventory(self) -> Sequence[Sighting]:
        """All tags in the field now, each once. An empty field is an empty sequence."""
        seen: dict[Uid, Sighting] = {}
        async with self._lock:
            if self._reset_field:
                await self._ask(RfReset())
            more = True
            while more:
                known = len(seen)
                try:
                    found = await self._ask(Inventory(more=known > 0))
                except TagGone:
                    break
                for sighting in found.tags:
                    seen.setdefault(sighting.uid, sighting)
                # A reader that announces more and brings nothing new would do so for ever.
                more = found.more and len(seen) > known
        return tuple(seen.values())

    async def read_blocks(self, uid: Uid, first: int, count: int) -> bytes:
        """`count` blocks from block `first`, joined."""
        if first + count > _MOST_BLOCKS:
            raise TagRefused(f"no tag has a block {first + count - 1}")
        memory = b""
        async with self._lock:
            for start in range(first, first + count, _BLOCKS_AT_ONCE):
                wanted = min(_BLOCKS_AT_ONCE, first + count - start)
                read = await self._ask(ReadMultipleBlocks(uid, start, wanted))
                if len(read.security) != wanted:
                    raise NoAnswer(f"{len(read.security)} blocks came instead of {wanted}")
                memory += read.memory
        return memory

    async def chip_info(self, uid: Uid) -> ChipInfo:
        """Geometry, AFI and DSFID of one tag."""
        async with self._lock:
            return await self._chip_info(uid)

    async def _chip_info(self, uid: Uid) -> ChipInfo:
        info = await self._ask(GetSystemInfo(uid))
        if info.uid != uid:
            raise NoAnswer(f"tag {info.uid} answered instead of {uid}")
        return ChipInfo(uid, info.dsfid, info.afi, info.block_size, info.block_count)

    async def write_afi(self, uid: Uid, afi: int) -> None:
        """Write the AFI byte. What counts is what `chip_info` reads back: this does not."""
        async with self._lock:
            await self._ask(WriteAfi(uid, afi))

    async def write_blocks(self, uid: Uid, first: int, data: bytes) -> None:
        """Write whole blocks from block `first`; only reading them back proves it was done."""
        async with self._lock:
            size = (await self._chip_info(uid)).block_size
            if len(data) % size:
                raise ValueError(f"{len(data)} bytes are no whole blocks of {size}")
            step = _BYTES_AT_ONCE // size * size
            for start in range(0, len(data), step):
                part = data[start : start + step]
                await self._ask(WriteMultipleBlocks(uid, first + start // size, size, part))

    async def eas(self, uid: Uid) -> bool:
        """Whether the EAS bit is on: a gate would raise the alarm."""
        async with self._lock:
            try:
                await self._ask(EasAlarm(uid))
            except TagGone:
                # A tag without the bit is as silent as one that is not there: see whether it is.
                await self._chip_info(uid)
                return False
        return True

    async def set_eas(self, uid: Uid, *, on: bool) -> None:
        """Switch the EAS bit. What counts is what `eas` says afterwards."""
        async with self._lock:
            await self._ask(SetEas(uid) if on else ResetEas(uid))

    async def rf_reset(self) -> None:
        """Take the field away for a moment: every tag starts anew."""
        async with self._lock:
            await self._ask(RfReset())

    async def close(self) -> None:
        """Let go of the reader; closing twice is harmless."""
        await self._link.close()

    async def _ask(self, question: Question[A]) -> A:
        """Put one question and get its answer. The caller holds the lock."""
        if not self._in_step:
            await self._synchronise()
        return await self._exchange(question)

    async def _synchronise(self) -> Version:
        return await self._exchange(GetSoftwareVersion())

    async def _exchange(self, question: Question[A]) -> A:
        """Turn bytes into an answer or an error: the one place that does."""
        clock = asyncio.get_running_loop().time
        name = type(question).__name__
        if (rest := self._may_ask_at - clock()) > 0:
            await asyncio.sleep(rest)
        self._in_step = False  # until the answer is here, whatever happens
        self._decoder = Decoder(Direction.ANSWER)  # what came before is no answer to this
        try:
            async with asyncio.timeout(self._patience) as limit:
                await self._link.send(ask(question, advanced=self._advanced).encode())
                frame = await self._answer(question.code[0], limit)
            answer = hear(question, frame)
        except TimeoutError:
            raise NoAnswer(f"no answer to {name} within {self._patience:g} s") from None
        except FramingError as error:
            raise NoAnswer(f"a senseless answer to {name}: {error}") from error
        finally:
            self._may_ask_at = clock() + self._turnaround
        self._in_step = True
        if isinstance(answer, Refusal):
            raise _error(name, answer)
        return answer

    async def _answer(self, command: int, limit: asyncio.Timeout) -> Frame:
        """Wait for the answer to `command`, dropping others: they answer questions given up."""
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
            elif frame.command == command:
                return frame

    async def _receive(self) -> None:
        """Wait for bytes; or, in the middle of a frame, learn that its end will not come."""
        try:
            async with asyncio.timeout(_GAP if self._decoder.unfinished else None):
                self._decoder.receive(await self._link.receive())
        except TimeoutError:
            self._decoder.silence()


def _describe(version: Version) -> ReaderInfo:
    major, minor = divmod(version.software, 0x100)
    revision = f"{major:02X}.{minor:02X}.{version.development:02X}"
    return ReaderInfo("FEIG", f"{revision} (reader type {version.reader:02X})", CAN)


def _error(question: str, refusal: Refusal) -> ReaderError:
    """Choose the error by what the caller should do."""
    try:
        status = Status(refusal.status)
    except ValueError:
        return ReaderRefused(f"the reader answers {question} with status {refusal.status:02X}")
    if status is not Status.ISO15693_ERROR:
        kind = _REACTIONS.get(status, ReaderRefused)
        return kind(f"the reader answers {question} with {status.name} ({status:02X})")
    kind = NoAnswer if refusal.detail in _PASSING else TagRefused
    return kind(f"the tag answers {question} with {_tag_error(refusal.detail)}")


def _tag_error(code: int | None) -> str:
    if code is None:
        return "an error that it does not name"
    name = TagError(code).name if code in set(TagError) else "error"
    return f"{name} ({code:02X})"
