"""The reader at the end of a conversation: what all its families do alike.

One lock for every question, the parts in which memory is read and written, the order of blocks, and
what an ambiguous EAS check means. A family says how one question is put.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Final, Generic, Self, TypedDict, TypeVar, Unpack

from drivers.conversation import Asking, Conversation
from drivers.errors import NoAnswer, TagGone, TagRefused
from drivers.framing import FrameDecoder
from drivers.interface import ByteLink, ChipInfo, ReaderInfo, Sighting, Uid

F = TypeVar("F")

_MOST_BLOCKS: Final = 256
"""A block number is one byte (ISO 15693-3)."""


class Manner(TypedDict, total=False):
    """How to speak to a reader of any family; what is left out is usual."""

    patience: float
    """Seconds for a whole answer; usually 1."""
    turnaround: float
    """Seconds of rest between an answer and the next question; usually none."""
    reversed_blocks: bool
    """Whether the tags hold each block with its last byte first."""


class LineReader(ABC, Generic[F]):
    """A `Reader`; each of its methods is one turn, within which a family may ask several times."""

    blocks_at_once = 32
    """Blocks that one question reads."""

    bytes_at_once = 128
    """Bytes of tag memory that one question writes."""

    def __init__(self, link: ByteLink, **manner: Unpack[Manner]) -> None:
        """Use `open`, which also learns who answers."""
        self._line = Conversation(
            link,
            self._decoder,
            self._ping,
            patience=manner.get("patience", 1.0),
            turnaround=manner.get("turnaround", 0.0),
        )
        self._reversed = manner.get("reversed_blocks", False)
        self._lock = asyncio.Lock()
        self._info = ReaderInfo("", "")

    @classmethod
    async def open(cls, link: ByteLink, **manner: Unpack[Manner]) -> Self:
        """Take over `link` and learn who answers; if that fails the link is closed."""
        return await cls(link, **manner).begin()

    @property
    def info(self) -> ReaderInfo:
        """The reader's own description."""
        return self._info

    async def inventory(self) -> Sequence[Sighting]:
        """All tags in the field now, each once. An empty field is an empty sequence."""
        async with self._lock:
            return await self._inventory()

    async def read_blocks(self, uid: Uid, first: int, count: int) -> bytes:
        """`count` blocks from block `first`, joined."""
        if first + count > _MOST_BLOCKS:
            raise TagRefused(f"no tag has a block {first + count - 1}")
        parts: list[bytes] = []
        async with self._lock:
            for start in range(first, first + count, self.blocks_at_once):
                wanted = min(self.blocks_at_once, first + count - start)
                part = await self._read(uid, start, wanted)
                if not part or len(part) % wanted:
                    raise NoAnswer(f"{len(part)} bytes came instead of {wanted} blocks")
                parts.append(self._ordered(part, len(part) // wanted))
        return b"".join(parts)

    async def chip_info(self, uid: Uid) -> ChipInfo:
        """Geometry, AFI and DSFID of one tag."""
        async with self._lock:
            return await self._chip_info(uid)

    async def write_afi(self, uid: Uid, afi: int) -> None:
        """Write the AFI byte. What counts is what `chip_info` reads back: this does not."""
        async with self._lock:
            await self._write_afi(uid, afi)

    async def write_dsfid(self, uid: Uid, dsfid: int) -> None:
        """Write the DSFID. What counts is what `chip_info` reads back: this does not."""
        async with self._lock:
            await self._write_dsfid(uid, dsfid)

    async def write_blocks(self, uid: Uid, first: int, data: bytes) -> None:
        """Write whole blocks from block `first`; only reading them back proves it was done."""
        async with self._lock:
            size = (await self._chip_info(uid)).block_size
            if len(data) % size:
                raise ValueError(f"{len(data)} bytes are no whole blocks of {size}")
            if first + len(data) // size > _MOST_BLOCKS:
                raise TagRefused(f"no tag has a block {first + len(data) // size - 1}")
            step = max(1, self.bytes_at_once // size) * size
            for start in range(0, len(data), step):
                part = self._ordered(data[start : start + step], size)
                await self._write(uid, first + start // size, size, part)

    async def eas(self, uid: Uid) -> bool:
        """Whether the EAS bit is on: a gate would raise the alarm."""
        async with self._lock:
            try:
                if await self._eas_alarm(uid):
                    return True
            except TagGone:
                pass
            # A tag without the bit is as silent as one that is not there: see whether it is.
            await self._find(uid)
            return False

    async def set_eas(self, uid: Uid, *, on: bool) -> None:
        """Switch the EAS bit. What counts is what `eas` says afterwards."""
        async with self._lock:
            await self._set_eas(uid, on=on)

    async def close(self) -> None:
        """Let go of the reader; closing twice is harmless."""
        await self._line.close()

    async def begin(self) -> Self:
        """Learn who answers; if that fails the link is closed."""
        try:
            self._info = await self._introduce()
        except BaseException:
            await self.close()
            raise
        return self

    def _ordered(self, memory: bytes, size: int) -> bytes:
        """Turn each block of `memory` round where the tags hold them so."""
        if not self._reversed:
            return memory
        blocks = (memory[at : at + size][::-1] for at in range(0, len(memory), size))
        return b"".join(blocks)

    async def _find(self, uid: Uid) -> None:
        """Do nothing if the tag is in the field, else raise `TagGone`."""
        await self._chip_info(uid)

    @abstractmethod
    def _decoder(self) -> FrameDecoder[F]:
        """Give a fresh decoder of answers."""

    @abstractmethod
    def _ping(self) -> Asking[F, object]:
        """Give a question whose answer can be mistaken for no other."""

    @abstractmethod
    async def _introduce(self) -> ReaderInfo:
        """Begin the conversation, and learn who answers and what it can do."""

    @abstractmethod
    async def _inventory(self) -> Sequence[Sighting]:
        """All tags in the field now, each once."""

    @abstractmethod
    async def _read(self, uid: Uid, first: int, count: int) -> bytes:
        """Blocks of a tag, no more than `blocks_at_once`; exactly so many, or an error."""

    @abstractmethod
    async def _chip_info(self, uid: Uid) -> ChipInfo:
        """What this tag, and no other, says of itself."""

    @abstractmethod
    async def _write_afi(self, uid: Uid, afi: int) -> None:
        """Write the AFI byte."""

    @abstractmethod
    async def _write_dsfid(self, uid: Uid, dsfid: int) -> None:
        """Write the DSFID."""

    @abstractmethod
    async def _write(self, uid: Uid, first: int, size: int, data: bytes) -> None:
        """Write blocks of `size` bytes, no more than `bytes_at_once` in all."""

    @abstractmethod
    async def _eas_alarm(self, uid: Uid) -> bool:
        """Whether the tag raised the alarm; False or `TagGone` where it kept silent."""

    @abstractmethod
    async def _set_eas(self, uid: Uid, *, on: bool) -> None:
        """Switch the EAS bit."""


def each_once(sightings: Iterable[Sighting]) -> Sequence[Sighting]:
    """Leave out tags that were named before: readers may name a tag twice in one inventory."""
    seen: dict[Uid, Sighting] = {}
    for sighting in sightings:
        seen.setdefault(sighting.uid, sighting)
    return tuple(seen.values())
