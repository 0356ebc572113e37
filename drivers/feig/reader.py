"""A FEIG OBID reader in ISO host mode, behind any cable."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final, Self, TypeVar, Unpack

from drivers.conversation import Asking
from drivers.errors import NoAnswer, ReaderError, ReaderRefused, TagGone, TagRefused
from drivers.feig.commands import (
    Answer,
    EasAlarm,
    GetReaderInfo,
    GetSoftwareVersion,
    GetSystemInfo,
    Inventory,
    Question,
    ReadConfiguration,
    ReadMultipleBlocks,
    Refusal,
    ResetEas,
    RfReset,
    SetEas,
    Status,
    Version,
    WriteAfi,
    WriteDsfid,
    WriteMultipleBlocks,
    ask,
    hear,
)
from drivers.feig.frames import Decoder, Direction, Frame
from drivers.interface import ByteLink, Capability, ChipInfo, ReaderInfo, Sighting, Uid
from drivers.iso15693 import TagError
from drivers.line_reader import LineReader, Manner, each_once

A = TypeVar("A", bound=Answer)

_BYTES_AT_ONCE: Final = 128
"""Tag memory that a reader hands over at a time, as far as its buffer goes."""

_LARGEST_BLOCK: Final = 8
"""Bytes of the largest common blocks."""

_WRITE_OVERHEAD: Final = 20
"""Bytes around the memory in an advanced *write multiple blocks*, the longest question."""

_READ_OVERHEAD: Final = 10
"""Bytes around the blocks in an advanced answer to *read multiple blocks*."""

_RX_BUFFER: Final = slice(7, 9)
_TX_BUFFER: Final = slice(9, 11)
"""Where *get reader info* in mode 0 has the buffer sizes, behind the version."""

_ANTICOLLISION_PAGE: Final = 5
_MODE_BYTE, _ONLY_NEW = 11, 0x01
"""CFG5.ONT: with it, an inventory reports a tag once until it leaves or the field is reset."""

_NOBODY: Final = Uid("E004010000000000")
"""A UID that no tag has."""

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


class FeigReader(LineReader[Frame]):
    """A `Reader`. The ping is *get software version*."""

    blocks_at_once = _BYTES_AT_ONCE // _LARGEST_BLOCK
    bytes_at_once = _BYTES_AT_ONCE

    def __init__(
        self,
        link: ByteLink,
        *,
        advanced: bool = False,
        reset_field: bool = False,
        **manner: Unpack[Manner],
    ) -> None:
        """Use `open`, which also learns who answers."""
        super().__init__(link, **manner)
        self._advanced = advanced
        self._reset_field = reset_field

    @classmethod
    async def open(
        cls,
        link: ByteLink,
        *,
        advanced: bool = False,
        reset_field: bool = False,
        **manner: Unpack[Manner],
    ) -> Self:
        """Take over `link` and learn who answers; if that fails the link is closed.

        `advanced` forces advanced frames. `reset_field` resets the field before each inventory; it
        is done in any case where the reader is configured to report only new tags.
        """
        reader = cls(link, advanced=advanced, reset_field=reset_field, **manner)
        return await reader.begin()

    def _decoder(self) -> Decoder:
        return Decoder(Direction.ANSWER)

    def _ping(self) -> Asking[Frame, Version]:
        return self._asking(GetSoftwareVersion())

    async def rf_reset(self) -> None:
        """Take the field away for a moment: every tag starts anew."""
        async with self._lock:
            await self._ask(RfReset())

    async def _introduce(self) -> ReaderInfo:
        version = await self._line.exchange(self._ping())
        await self._learn_buffers()
        await self._learn_mode()
        can = set(Capability)
        if not await self._knows_eas():
            can.discard(Capability.EAS)
        major, minor = divmod(version.software, 0x100)
        firmware = f"{major:02X}.{minor:02X}.{version.development:02X}"
        return ReaderInfo("FEIG", f"{firmware} (reader type {version.reader:02X})", frozenset(can))

    async def _learn_buffers(self) -> None:
        """Keep questions and answers within the reader's buffers, if it tells of them."""
        try:
            info = (await self._ask(GetReaderInfo())).data
        except ReaderRefused:
            return
        if receives := int.from_bytes(info[_RX_BUFFER], "big"):
            room = max(receives - _WRITE_OVERHEAD, _LARGEST_BLOCK)
            self.bytes_at_once = min(_BYTES_AT_ONCE, room)
        if sends := int.from_bytes(info[_TX_BUFFER], "big"):
            room = max(sends - _READ_OVERHEAD, _LARGEST_BLOCK + 1)
            self.blocks_at_once = min(self.blocks_at_once, room // (_LARGEST_BLOCK + 1))

    async def _learn_mode(self) -> None:
        """Find out whether only new tags are reported."""
        try:
            page = (await self._ask(ReadConfiguration(_ANTICOLLISION_PAGE))).data
        except ReaderRefused:
            return
        if len(page) > _MODE_BYTE and page[_MODE_BYTE] & _ONLY_NEW:
            self._reset_field = True

    async def _knows_eas(self) -> bool:
        """Ask nobody for an alarm: newer series do not know the question."""
        try:
            await self._ask(EasAlarm(_NOBODY))
        except ReaderRefused:
            return False
        except TagGone:
            pass
        return True

    async def _inventory(self) -> Sequence[Sighting]:
        if self._reset_field:
            await self._ask(RfReset())
        seen: Sequence[Sighting] = ()
        more = True
        while more:
            known = len(seen)
            try:
                found = await self._ask(Inventory(more=known > 0))
            except TagGone:
                break
            seen = each_once((*seen, *found.tags))
            # A reader that announces more and brings nothing new would do so for ever.
            more = found.more and len(seen) > known
        return seen

    async def _read(self, uid: Uid, first: int, count: int) -> bytes:
        read = await self._ask(ReadMultipleBlocks(uid, first, count))
        if len(read.security) != count:
            raise NoAnswer(f"{len(read.security)} blocks came instead of {count}")
        return read.memory

    async def _chip_info(self, uid: Uid) -> ChipInfo:
        info = await self._ask(GetSystemInfo(uid))
        if info.uid != uid:
            raise NoAnswer(f"tag {info.uid} answered instead of {uid}")
        return ChipInfo(uid, info.dsfid, info.afi, info.block_size, info.block_count)

    async def _write_afi(self, uid: Uid, afi: int) -> None:
        await self._ask(WriteAfi(uid, afi))

    async def _write_dsfid(self, uid: Uid, dsfid: int) -> None:
        await self._ask(WriteDsfid(uid, dsfid))

    async def _write(self, uid: Uid, first: int, size: int, data: bytes) -> None:
        await self._ask(WriteMultipleBlocks(uid, first, size, data))

    async def _eas_alarm(self, uid: Uid) -> bool:
        await self._ask(EasAlarm(uid))
        return True

    async def _set_eas(self, uid: Uid, *, on: bool) -> None:
        await self._ask(SetEas(uid) if on else ResetEas(uid))

    async def _ask(self, question: Question[A]) -> A:
        return await self._line.ask(self._asking(question))

    def _asking(self, question: Question[A]) -> Asking[Frame, A]:
        name = type(question).__name__

        def hear_frame(frame: Frame) -> A | ReaderError | None:
            if frame.command != question.code[0]:
                return None
            answer = hear(question, frame)
            return _error(name, answer) if isinstance(answer, Refusal) else answer

        return Asking(name, ask(question, advanced=self._advanced).encode, hear_frame)


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
