"""A 3M / Bibliotheca reader (210, 810), behind any cable."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Final, TypeVar, Unpack

from drivers.bibliotheca.commands import (
    BLOCK_SIZE,
    SETTLE,
    UID_LENGTH,
    WAKE,
    Command,
    Error,
    InfoMask,
    ReadOption,
    blocks_in,
    expect,
    info_in,
    inventory,
    question,
    tags_in,
)
from drivers.bibliotheca.frames import START, Decoder, Frame
from drivers.conversation import Asking
from drivers.errors import NoAnswer, ReaderError, ReaderRefused, TagGone, TagRefused
from drivers.interface import ByteLink, Capability, ChipInfo, ReaderInfo, Sighting, Uid
from drivers.line_reader import LineReader, Manner, each_once

A = TypeVar("A")

_REACTIONS: Final = MappingProxyType(
    {
        Error.NO_TRANSPONDER: TagGone,
        Error.UNKNOWN: NoAnswer,
        Error.NOT_AVAILABLE: TagRefused,
        Error.LOCKED: TagRefused,
        Error.NOT_READ: NoAnswer,
        Error.NOT_WRITTEN: NoAnswer,
        Error.TAG_DOES_NOT_SUPPORT: TagRefused,
        Error.TAG_DOES_NOT_RECOGNISE: TagRefused,
        Error.TAG_HAS_NO_SUCH_OPTION: TagRefused,
        Error.NOT_SUPPORTED: TagRefused,
        Error.CANCELLED: NoAnswer,
    }
)
"""What the caller should do about an error. Any other: nothing, the reader itself refuses."""

_NEEDED: Final = InfoMask.DSFID | InfoMask.AFI | InfoMask.MEMORY


class BibliothecaReader(LineReader[Frame]):
    """A `Reader`. The ping is *reader version*.

    Blocks are read in the new style without locks, which is shorter; where the firmware has no such
    option, in the old style.
    """

    def __init__(self, link: ByteLink, **manner: Unpack[Manner]) -> None:
        """Use `open`, which also learns who answers."""
        super().__init__(link, **manner)
        self._options = bytes([ReadOption.NEW_STYLE | ReadOption.NO_LOCK])

    def _decoder(self) -> Decoder:
        return Decoder()

    def _ping(self) -> Asking[Frame, bytes]:
        return _asking("Version", question(Command.VERSION), _anything)

    async def _introduce(self) -> ReaderInfo:
        version = await self._line.exchange(Asking("Wake", WAKE.encode, _woken))
        with suppress(ReaderRefused):  # older readers do not know it, and do not need it
            await self._line.ask(_asking("Settle", SETTLE, _anything))
        numbers = ".".join(str(number) for number in version)
        return ReaderInfo("Bibliotheca", numbers, frozenset(Capability))

    async def _inventory(self) -> Sequence[Sighting]:
        return each_once(await self._line.ask(_asking("Inventory", inventory(), tags_in)))

    async def _read(self, uid: Uid, first: int, count: int) -> bytes:
        where = bytes([first, count])
        try:
            blocks = await self._ask(
                Command.READ_BLOCKS,
                uid,
                where + self._options,
                lambda data: blocks_in(data, first, count),
            )
        except ReaderRefused:
            if not self._options:
                raise
            self._options = b""
            return await self._read(uid, first, count)
        if blocks.error:
            raise _error(Command.READ_BLOCKS.name, blocks.error)
        return blocks.memory

    async def _chip_info(self, uid: Uid) -> ChipInfo:
        fields = await self._ask(Command.TAG_INFO, uid, bytes([_NEEDED]), info_in)
        memory, afi = fields.get(InfoMask.MEMORY), fields.get(InfoMask.AFI)
        if memory is None or afi is None:
            raise TagRefused(f"tag {uid} does not tell its size and its AFI")
        dsfid = fields.get(InfoMask.DSFID, b"\0")
        return ChipInfo(uid, dsfid[0], afi[0], memory[0] + 1, memory[1] + 1)

    async def _write_afi(self, uid: Uid, afi: int) -> None:
        await self._ask(Command.WRITE_AFI, uid, bytes([afi]), _anything)

    async def _write_dsfid(self, uid: Uid, dsfid: int) -> None:
        await self._ask(Command.WRITE_DSFID, uid, bytes([dsfid]), _anything)

    async def _write(self, uid: Uid, first: int, size: int, data: bytes) -> None:
        if size != BLOCK_SIZE:
            raise ReaderRefused(f"the reader writes blocks of {BLOCK_SIZE} bytes, not of {size}")
        head = bytes([first, len(data) // size, 0])
        await self._ask(Command.WRITE_BLOCKS, uid, head + data, _anything)

    async def _eas_alarm(self, uid: Uid) -> bool:
        return await self._ask(Command.CHECK_EAS, uid, b"", lambda data: data != b"\0")

    async def _set_eas(self, uid: Uid, *, on: bool) -> None:
        await self._ask(Command.CONTROL_EAS, uid, bytes([on]), _anything)

    async def _find(self, uid: Uid) -> None:
        """Look for the tag in an inventory: a chip may be there and tell nothing of itself."""
        if uid not in {sighting.uid for sighting in await self._inventory()}:
            raise TagGone(f"tag {uid} is not in the field")

    async def _ask(self, command: Command, uid: Uid, data: bytes, read: Callable[[bytes], A]) -> A:
        """Ask about one tag: the answer must name the same."""
        name = bytes.fromhex(uid)

        def behind_uid(answer: bytes) -> A:
            expect(answer[:UID_LENGTH] == name, "another tag answered")
            return read(answer[UID_LENGTH:])

        asking = _asking(command.name, question(command, uid, data), behind_uid)
        return await self._line.ask(asking)


def _asking(name: str, asked: Frame, read: Callable[[bytes], A]) -> Asking[Frame, A]:
    """Put a question; `read` gets what stands behind an error byte that is none."""

    def hear(frame: Frame) -> A | ReaderError | None:
        if frame.start != START or frame.command != asked.command:
            return None
        expect(len(frame.body) > 1, "an answer without its error byte")
        if error := frame.body[1]:
            return _error(name, error)
        return read(frame.body[2:])

    return Asking(name, asked.encode, hear)


def _woken(frame: Frame) -> bytes | None:
    """The version behind the repeated question."""
    length = len(WAKE.body)
    if frame.start != WAKE.start or frame.body[:length] != WAKE.body:
        return None
    return frame.body[length:]


def _anything(data: bytes) -> bytes:
    return data


def _error(name: str, code: int) -> ReaderError:
    """Choose the error by what the caller should do."""
    try:
        error = Error(code)
    except ValueError:
        return ReaderRefused(f"the reader answers {name} with error {code:02X}")
    kind = _REACTIONS.get(error, ReaderRefused)
    return kind(f"the reader answers {name} with {error.name} ({code:02X})")
