"""How a reader carries out the storage card commands of PC/SC part 3 on a tag of a field."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from drivers.iso15693 import TagError
from drivers.pcsc.apdu import Status
from simulator.field import Anyone, Field, Silence
from simulator.tags import SimTag

_WHY: Final = MappingProxyType(
    {
        TagError.BLOCK_NOT_AVAILABLE: Status.NOT_FOUND,
        TagError.LOCKED: Status.NOT_PERMITTED,
        TagError.ALREADY_LOCKED: Status.NOT_ALLOWED,
        TagError.NOT_RECOGNISED: Status.WRONG_LENGTH,
    }
)


class StorageCommands:
    """Commands of class FF to whichever tag lies there. Silence of the tag is `NOT_EXECUTED`."""

    def __init__(self, field: Field, *, part3: bool, uid_reversed: bool, most_blocks: int) -> None:
        self._field = field
        self._part3 = part3
        self._uid_reversed = uid_reversed
        self._most_blocks = most_blocks

    def answer(self, command: bytes) -> bytes:
        """Carry out one command: data and status word."""
        if len(command) < 5 or command[0] != 0xFF:
            return _status(Status.UNKNOWN_CLASS)
        match command[1]:
            case 0xCA if command[2:4] == b"\0\0":
                return self._ask(self._uid)
            case 0xB0:
                block, length = _number(command), command[4] or 256
                return self._ask(lambda tag: self._read(tag, block, length))
            case 0xD6:
                block, data = _number(command), command[5:]
                if len(data) != command[4]:
                    return _status(Status.WRONG_LENGTH)
                return self._change(lambda tag: tag.write(block, data))
            case 0x30 if self._part3:
                return self._special(command)
            case _:
                return _status(Status.FUNCTION_NOT_SUPPORTED)

    def _special(self, command: bytes) -> bytes:
        """`FF 30`: what P1 names is asked for; with P1 zero, P2 and the data say what to do."""
        match command[2], command[3], command[5:]:
            case 0x02, 0x00, b"":
                return self._ask(lambda tag: bytes([tag.afi]))
            case 0x03, 0x00, b"":
                return self._ask(lambda tag: bytes([tag.dsfid]))
            case 0x04, 0x00, b"":
                return self._ask(
                    lambda tag: bytes([tag.model.block_count - 1, tag.model.block_size - 1])
                )
            case 0x05, 0x00, b"":
                return self._ask(lambda tag: bytes([tag.model.ic_reference]))
            case 0x00, what, data:
                return self._order(what, data)
            case _:
                return _status(Status.WRONG_PARAMETERS)

    def _order(self, what: int, data: bytes) -> bytes:
        match what, *data:
            case 0x01, 0x01, 0x00, 0x01:
                return self._change(_hush)
            case 0x01, 0x01, 0x02, 0x00, afi:
                return self._change(lambda tag: tag.write_afi(afi))
            case 0x01, 0x01, 0x03, 0x00, dsfid:
                return self._change(lambda tag: tag.write_dsfid(dsfid))
            case 0x02, 0x01, 0x02, 0x00:
                return self._change(SimTag.lock_afi)
            case 0x02, 0x01, 0x03, 0x00:
                return self._change(SimTag.lock_dsfid)
            case 0x02, 0x01, 0x00, 0x00, high, low:
                return self._change(lambda tag: tag.lock(high << 8 | low))
            case _:
                return _status(Status.WRONG_PARAMETERS)

    def _uid(self, tag: SimTag) -> bytes:
        uid = bytes.fromhex(tag.uid)
        return uid[::-1] if self._uid_reversed else uid

    def _read(self, tag: SimTag, block: int, length: int) -> bytes | TagError | Status:
        size = tag.model.block_size
        if length % size or length > size * self._most_blocks:
            return Status.WRONG_LENGTH
        return tag.read(block, length // size)

    def _ask(self, act: Callable[[SimTag], bytes | TagError | Status]) -> bytes:
        heard = self._field.command(Anyone.PRESENT, act)
        match heard:
            case bytes():
                return heard + _status(Status.DONE)
            case Status():
                return _status(heard)
            case _:
                return _failure(heard)

    def _change(self, act: Callable[[SimTag], TagError | None]) -> bytes:
        heard = self._field.command(Anyone.PRESENT, act, writes=True)
        return _status(Status.DONE) if heard is None else _failure(heard)


def _failure(heard: TagError | Silence) -> bytes:
    if isinstance(heard, Silence):
        return _status(Status.NOT_EXECUTED)
    return _status(_WHY.get(heard, Status.MEMORY_FAILURE))


def _status(status: Status) -> bytes:
    return status.to_bytes(2, "big")


def _number(command: bytes) -> int:
    return int.from_bytes(command[2:4], "big")


def _hush(tag: SimTag) -> None:
    tag.quiet = True
