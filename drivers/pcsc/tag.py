"""The two ways to an ISO 15693 tag through a PC/SC reader: storage card commands, and raw commands.

Both run in the thread of a `Slot`, on one card, whose UID they are given. Errors are those of
`drivers.errors`. Nothing is believed of a write but what is read back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, Protocol, TypeVar

from drivers.errors import FramingError, NoAnswer, ReaderError
from drivers.interface import Capability, ChipInfo, Uid
from drivers.iso15693 import TagError
from drivers.pcsc import air, apdu, transparent
from drivers.pcsc.air import Command
from drivers.pcsc.apdu import Response, Status
from drivers.pcsc.card import Transmit

T = TypeVar("T")

_BLOCKS_AT_ONCE: Final = 16
_USUAL_BLOCK: Final = 4
"""Bytes in a block of nearly every library tag: the first guess where a reader does not tell."""


class Tag(Protocol):
    """What a `Reader` is asked about one tag, with calls that block."""

    def info(self) -> ChipInfo:
        """Geometry, AFI and DSFID."""

    def read(self, first: int, count: int) -> bytes:
        """`count` blocks from `first`, joined."""

    def write(self, first: int, data: bytes) -> None:
        """Replace whole blocks from `first`, and see that they were."""

    def write_afi(self, afi: int) -> None:
        """Replace the AFI, and see that it was."""

    def write_dsfid(self, dsfid: int) -> None:
        """Replace the DSFID, and see that it was."""


class StorageCard:
    """A tag through the storage card commands of part 3; not every reader has all of them."""

    can: Final = frozenset({Capability.AFI, Capability.WRITE})

    def __init__(self, transmit: Transmit, uid: Uid, block_size: int = _USUAL_BLOCK) -> None:
        self._transmit = transmit
        self._uid = uid
        self._size = block_size

    def knows_afi(self) -> bool:
        """Whether the reader has the optional `FF 30`; False also if the tag was not heard."""
        answer = self._ask(apdu.READ_AFI)
        return answer.done and len(answer.data) == 1

    def block_size(self) -> int:
        """Learn it from a block: a reader that is asked for another length names the right one."""
        answer = self._ask(apdu.read_blocks(0, _USUAL_BLOCK))
        if answer.status >> 8 == Status.OTHER_LENGTH >> 8 and answer.status & 0xFF:
            return answer.status & 0xFF
        return _USUAL_BLOCK

    def info(self) -> ChipInfo:
        """Geometry, AFI and DSFID. Raise `ReaderRefused` where `FF 30` is not there."""
        (afi,) = self._field("the AFI", apdu.READ_AFI, 1)
        (dsfid,) = self._field("the DSFID", apdu.READ_DSFID, 1)
        blocks, size = self._field("the geometry", apdu.READ_GEOMETRY, 2)
        return ChipInfo(self._uid, dsfid, afi, (size & 0x1F) + 1, blocks + 1)

    def read(self, first: int, count: int) -> bytes:
        """Several blocks at once where the reader hands them over, otherwise one by one."""
        size = self._size
        memory = b""
        for start in range(first, first + count, _BLOCKS_AT_ONCE):
            wanted = min(_BLOCKS_AT_ONCE, first + count - start)
            answer = self._ask(apdu.read_blocks(start, wanted * size))
            if answer.done and len(answer.data) == wanted * size:
                memory += answer.data
            else:
                memory += b"".join(
                    self._block(number, size) for number in range(start, start + wanted)
                )
        return memory

    def write(self, first: int, data: bytes) -> None:
        """Replace blocks one by one, then read them all."""
        blocks = _whole_blocks(data, self._size)
        with _doubted(lambda: self.read(first, len(blocks)) == data, "the blocks"):
            for number, block in enumerate(blocks, first):
                self._order(f"the write of block {number}", apdu.write_block(number, block))

    def write_afi(self, afi: int) -> None:
        """Replace the AFI, then read it."""
        with _doubted(lambda: self._field("the AFI", apdu.READ_AFI, 1)[0] == afi, "the AFI"):
            self._order("the write of the AFI", apdu.write_afi(afi))

    def write_dsfid(self, dsfid: int) -> None:
        """Replace the DSFID, then read it."""
        with _doubted(
            lambda: self._field("the DSFID", apdu.READ_DSFID, 1)[0] == dsfid, "the DSFID"
        ):
            self._order("the write of the DSFID", apdu.write_dsfid(dsfid))

    def _block(self, number: int, size: int) -> bytes:
        return self._field(f"block {number}", apdu.read_blocks(number, size), size)

    def _field(self, what: str, command: bytes, length: int) -> bytes:
        data = self._order(f"the reading of {what}", command)
        if len(data) != length:
            raise NoAnswer(f"{len(data)} bytes came for {what} instead of {length}")
        return data

    def _order(self, what: str, command: bytes) -> bytes:
        answer = self._ask(command)
        if not answer.done:
            raise apdu.complaint(what, answer.status)
        return answer.data

    def _ask(self, command: bytes) -> Response:
        return apdu.hear(self._transmit(command))


class RawTag:
    """A tag through commands that a transparent session hands over. Make it with `raw_tag`."""

    can: Final = frozenset({Capability.AFI, Capability.WRITE, Capability.EAS})

    def __init__(self, transmit: Transmit, uid: Uid) -> None:
        self._transmit = transmit
        self._uid = uid

    def info(self) -> ChipInfo:
        """Geometry, AFI and DSFID."""
        info = air.system_information(
            self._ask("its system information", Command.SYSTEM_INFORMATION)
        )
        if info.uid != self._uid:
            raise NoAnswer(f"tag {info.uid} answered instead of {self._uid}")
        return info

    def read(self, first: int, count: int) -> bytes:
        """Several blocks at once, or one by one from a tag that has no such command."""
        memory = b""
        for start in range(first, first + count, _BLOCKS_AT_ONCE):
            wanted = min(_BLOCKS_AT_ONCE, first + count - start)
            memory += self._blocks(start, wanted)
        return memory

    def write(self, first: int, data: bytes) -> None:
        """Replace blocks one by one, then read them all."""
        blocks = _whole_blocks(data, len(self._blocks(first, 1)))
        with _doubted(lambda: self.read(first, len(blocks)) == data, "the blocks"):
            for number, block in enumerate(blocks, first):
                self._change(air.request(Command.WRITE_BLOCK, self._uid, number, *block))

    def write_afi(self, afi: int) -> None:
        """Replace the AFI, then read it."""
        with _doubted(lambda: self.info().afi == afi, "the AFI"):
            self._change(air.request(Command.WRITE_AFI, self._uid, afi))

    def write_dsfid(self, dsfid: int) -> None:
        """Replace the DSFID, then read it."""
        with _doubted(lambda: self.info().dsfid == dsfid, "the DSFID"):
            self._change(air.request(Command.WRITE_DSFID, self._uid, dsfid))

    def eas(self) -> bool:
        """Whether the tag sends its alarm; that it is silent counts if it answers otherwise."""
        try:
            return bool(
                self._exchange("the EAS alarm", air.custom_request(Command.EAS_ALARM, self._uid))
            )
        except NoAnswer:
            self.info()
            return False

    def set_eas(self, *, on: bool) -> None:
        """Switch the EAS bit, then look at it."""
        command = Command.SET_EAS if on else Command.RESET_EAS
        with _doubted(lambda: self.eas() == on, "the EAS bit"):
            self._change(air.custom_request(command, self._uid))

    def _blocks(self, first: int, count: int) -> bytes:
        what = f"the reading of block {first}"
        answer = self._hear(what, air.request(Command.READ_BLOCKS, self._uid, first, count - 1))
        if answer is TagError.NOT_SUPPORTED:
            numbers = range(first, first + count)
            return b"".join(self._ask(what, Command.READ_BLOCK, number) for number in numbers)
        if isinstance(answer, TagError):
            raise air.complaint(what, answer)
        if not answer or len(answer) % count:
            raise NoAnswer(f"{len(answer)} bytes came for {count} blocks")
        return answer

    def _ask(self, what: str, command: Command, *parameters: int) -> bytes:
        return self._exchange(what, air.request(command, self._uid, *parameters))

    def _change(self, request: bytes) -> None:
        self._exchange("a write", request, patient=True)

    def _exchange(self, what: str, request: bytes, *, patient: bool = False) -> bytes:
        answer = self._hear(what, request, patient=patient)
        if isinstance(answer, TagError):
            raise air.complaint(what, answer)
        return answer

    def _hear(self, what: str, request: bytes, *, patient: bool = False) -> bytes | TagError:
        step = transparent.transceive(request, patient=patient)
        result = _step(self._transmit, step, what)
        if result.air_status:
            raise NoAnswer(f"the answer to {what} was garbled on the air ({result.air_status:04X})")
        try:
            return air.hear(result.answer)
        except FramingError as error:
            raise NoAnswer(f"a senseless answer to {what}: {error}") from error


@contextmanager
def raw_tag(transmit: Transmit, uid: Uid) -> Iterator[RawTag]:
    """A transparent session with one tag. Raise `ReaderRefused` if the reader has none."""
    _step(transmit, transparent.START, "a transparent session")
    try:
        _step(transmit, transparent.USE_ISO15693, "the choice of ISO 15693")
        yield RawTag(transmit, uid)
    finally:
        # What the session was for is done, or its error is on its way; a card that is gone took
        # the session with it.
        with suppress(ReaderError):
            _step(transmit, transparent.END, "the end of the session")


def _step(transmit: Transmit, command: bytes, what: str) -> transparent.Result:
    answer = apdu.hear(transmit(command))
    if not answer.done:
        raise apdu.complaint(what, answer.status)
    try:
        result = transparent.hear(answer.data)
    except FramingError as error:
        raise NoAnswer(f"a senseless answer to {what}: {error}") from error
    if result.status != Status.DONE:
        raise apdu.complaint(what, result.status)
    return result


@contextmanager
def _doubted(is_so: Callable[[], bool], what: str) -> Iterator[None]:
    """Write within the block; what counts is whether it `is_so` afterwards.

    A reader may report a failure although the tag was written, and success although it was not.
    """
    failure: NoAnswer | None = None
    try:
        yield
    except NoAnswer as error:
        failure = error
    if not is_so():
        raise NoAnswer(f"{what} read back otherwise than written") from failure


def _whole_blocks(data: bytes, size: int) -> list[bytes]:
    if not data or len(data) % size:
        raise ValueError(f"{len(data)} bytes are no whole blocks of {size}")
    return [data[at : at + size] for at in range(0, len(data), size)]
