"""An RL866 / RL8600 reader, behind any cable."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Final, TypeVar, Unpack

from drivers.conversation import Asking, GoOn
from drivers.errors import NoAnswer, ReaderError, ReaderRefused, TagGone, TagRefused
from drivers.interface import ByteLink, Capability, ChipInfo, ReaderInfo, Sighting, Uid
from drivers.line_reader import LineReader, Manner, each_once
from drivers.rl866.commands import (
    ALL_HANDLES,
    ICODE_SLI,
    Access,
    Command,
    Error,
    Seen,
    access,
    connect,
    disconnect,
    expect,
    inventory,
    inventory_in,
    number_in,
    result_in,
    system_info_in,
    word,
)
from drivers.rl866.frames import Block, Decoder, information, ready, resync

A = TypeVar("A")

_LARGEST_PART: Final = 112
"""Bytes of memory in one question: lengths stay within one byte, answers within one block."""

_USUAL_BLOCK: Final = 4

_REFUSED_BY_READER: Final = frozenset(
    {
        Error.ARGUMENT,
        Error.NO_SYSTEM,
        Error.NOT_SUPPORTED,
        Error.MESSAGE_SIZE,
        Error.MESSAGE_COMMAND,
        Error.MESSAGE_PARAMETER,
        Error.CHIP_DEAD,
        Error.CHIP_MEMORY,
        Error.ADDRESS_MODE,
    }
)
_REFUSED_BY_TAG: Final = frozenset(
    {
        Error.AUTHENTICATION,
        Error.LOCKED_OR_NO_SUCH_BLOCK,
        Error.NO_SUCH_BLOCK,
        Error.PASSWORD_LOCKED,
        Error.NOT_AUTHORISED,
        Error.UNKNOWN_TAG,
        Error.TAG_REFUSED,
    }
)
_REACTIONS: Final = MappingProxyType(
    dict.fromkeys(Error, NoAnswer)
    | dict.fromkeys(_REFUSED_BY_READER, ReaderRefused)
    | dict.fromkeys(_REFUSED_BY_TAG, TagRefused)
    | {Error.TAG_NOT_FOUND: TagGone}
)
"""What the caller should do about an error. One that has no name: the reader itself refuses."""

_ON_THE_AIR: Final = frozenset({Error.TRANSMISSION_TIMEOUT, Error.SHORT_FRAME, Error.NO_DATA})
"""How a reader may tell that no tag answered."""


class Rl866Reader(LineReader[Block]):
    """A `Reader`. The ping is RESYNC, which also begins the sequence numbers anew.

    A tag is spoken to through a handle. One is kept as long as the same tag is asked, for a handle
    costs two exchanges; after a question without its answer all are given back.
    """

    blocks_at_once = _LARGEST_PART // _USUAL_BLOCK
    bytes_at_once = _LARGEST_PART

    def __init__(self, link: ByteLink, **manner: Unpack[Manner]) -> None:
        """Use `open`, which also learns who answers."""
        super().__init__(link, **manner)
        self._sequence = 0
        self._seen: dict[Uid, Seen] = {}
        self._connected: tuple[Uid, int] | None = None
        self._handles_known = False

    def _decoder(self) -> Decoder:
        return Decoder()

    def _ping(self) -> Asking[Block, Block]:
        def hear(block: Block) -> Block | None:
            if not block.is_resync_answer:
                return None
            self._sequence = 0
            return block

        return Asking("Resync", resync().encode, hear)

    async def _introduce(self) -> ReaderInfo:
        answer = await self._line.exchange(self._ping())
        return ReaderInfo("RL866", f"address {answer.address:02X}", frozenset(Capability))

    async def _inventory(self) -> Sequence[Sighting]:
        seen: dict[Uid, Seen] = {}
        more = True
        while more:
            known = len(seen)
            try:
                found = await self._ask(inventory(more=known > 0), inventory_in)
            except TagGone:
                break
            for tag in found.tags:
                seen.setdefault(tag.sighting.uid, tag)
            # A reader that announces more and brings nothing new would do so for ever.
            more = found.more and len(seen) > known
        self._seen = seen
        return each_once(tag.sighting for tag in seen.values())

    async def _read(self, uid: Uid, first: int, count: int) -> bytes:
        where = b"\0" + word(first) + word(count)
        data = await self._access(uid, Access.READ_BLOCKS, where)
        if len(data) < 2:
            raise NoAnswer("blocks came without their number")
        if (came := number_in(data[:2])) != count:
            raise TagRefused(f"the tag gave {came} blocks from {first} on instead of {count}")
        return data[2:]

    async def _chip_info(self, uid: Uid) -> ChipInfo:
        info = system_info_in(await self._access(uid, Access.SYSTEM_INFO))
        if info.uid != uid:
            raise NoAnswer(f"tag {info.uid} answered instead of {uid}")
        if info.afi is None or not info.block_size or not info.block_count:
            raise TagRefused(f"tag {uid} does not tell its size and its AFI")
        return ChipInfo(uid, info.dsfid or 0, info.afi, info.block_size, info.block_count)

    async def _write_afi(self, uid: Uid, afi: int) -> None:
        await self._access(uid, Access.WRITE_AFI, bytes([afi]))

    async def _write_dsfid(self, uid: Uid, dsfid: int) -> None:
        await self._access(uid, Access.WRITE_DSFID, bytes([dsfid]))

    async def _write(self, uid: Uid, first: int, size: int, data: bytes) -> None:
        where = word(first) + word(len(data) // size)
        await self._access(uid, Access.WRITE_BLOCKS, where + data + b"\0")

    async def _eas_alarm(self, uid: Uid) -> bool:
        flag = await self._access(uid, Access.EAS_ALARM, silence=_ON_THE_AIR)
        return flag[-1:] != b"\0"

    async def _set_eas(self, uid: Uid, *, on: bool) -> None:
        await self._access(uid, Access.EAS_ON if on else Access.EAS_OFF)

    async def _access(
        self,
        uid: Uid,
        what: Access,
        parameters: bytes = b"",
        silence: frozenset[Error] = frozenset(),
    ) -> bytes:
        """Do something to one tag; errors of `silence` count as a tag that is not there."""
        handle = await self._handle(uid)
        self._handles_known = False  # until this one has proved to be good
        result = await self._ask(
            access(handle, what, parameters), lambda data: result_in(data, what), what.name
        )
        self._handles_known = result.error != Error.WRONG_HANDLE
        if result.error in silence:
            raise TagGone(f"no tag answers {what.name}")
        if result.error:
            raise _error(what.name, result.error)
        return result.data

    async def _handle(self, uid: Uid) -> int:
        """Give the handle of a tag, which may have to be connected first."""
        if not (self._line.in_step and self._handles_known):
            self._connected = None
            with suppress(ReaderRefused):  # there was none to give back
                await self._ask(disconnect(ALL_HANDLES), bytes)
            self._handles_known = True
        if self._connected and self._connected[0] == uid:
            return self._connected[1]
        if self._connected:
            (_, handle), self._connected = self._connected, None
            await self._ask(disconnect(handle), bytes)
        seen = self._seen.get(uid)
        asked = connect(uid, seen.tag_type, seen.antenna) if seen else connect(uid, ICODE_SLI)
        handle = await self._ask(asked, _handle_in)
        self._connected = (uid, handle)
        return handle

    async def _ask(self, question: bytes, read: Callable[[bytes], A], name: str | None = None) -> A:
        name = name or Command(question[0]).name
        parts: list[bytes] = []

        def encode() -> bytes:
            sequence, self._sequence = self._sequence, 1 - self._sequence
            return information(question, sequence).encode()

        def hear(block: Block) -> A | ReaderError | GoOn | None:
            if not block.is_information or (not parts and block.information[:1] != question[:1]):
                return None
            parts.append(block.information)
            if block.chained:
                return GoOn(ready(1 - block.sequence).encode())
            return _read_answer(name, b"".join(parts), read)

        return await self._line.ask(Asking(name, encode, hear))


def _read_answer(name: str, answer: bytes, read: Callable[[bytes], A]) -> A | ReaderError:
    """Read command, status and what stands behind them."""
    expect(len(answer) >= 3, f"an answer of {len(answer)} bytes")
    if status := number_in(answer[1:3]):
        return _error(name, status)
    return read(answer[3:])


def _handle_in(data: bytes) -> int:
    expect(len(data) == 1 and data[0] > 0, "a connection without its handle")
    return data[0]


def _error(name: str, code: int) -> ReaderError:
    """Choose the error by what the caller should do."""
    try:
        error = Error(code)
    except ValueError:
        return ReaderRefused(f"the reader answers {name} with error {code:03X}")
    return _REACTIONS[error](f"the reader answers {name} with {error.name} ({code:03X})")
