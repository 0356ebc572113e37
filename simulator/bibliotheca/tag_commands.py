"""How a 3M / Bibliotheca reader carries out commands to one tag."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

from drivers.bibliotheca.commands import (
    BLOCK_SIZE,
    FIELD_LENGTH,
    UID_LENGTH,
    Command,
    Error,
    InfoMask,
    ReadOption,
    uid_of,
)
from drivers.interface import Uid
from drivers.iso15693 import TagError
from simulator.antenna import Antenna, Heard
from simulator.field import Silence
from simulator.tags import SimTag

T = TypeVar("T")

_ERRORS: Final = MappingProxyType(
    {
        TagError.NOT_SUPPORTED: Error.TAG_DOES_NOT_SUPPORT,
        TagError.NOT_RECOGNISED: Error.TAG_DOES_NOT_RECOGNISE,
        TagError.OPTION_NOT_SUPPORTED: Error.TAG_HAS_NO_SUCH_OPTION,
        TagError.BLOCK_NOT_AVAILABLE: Error.NOT_AVAILABLE,
        TagError.ALREADY_LOCKED: Error.LOCKED,
        TagError.LOCKED: Error.LOCKED,
        TagError.NOT_PROGRAMMED: Error.NOT_WRITTEN,
        TagError.NOT_LOCKED: Error.NOT_WRITTEN,
    }
)

_LENGTHS: Final = MappingProxyType(
    {
        Command.WRITE_BLOCK: 1 + BLOCK_SIZE,
        Command.WRITE_AND_LOCK_BLOCK: 1 + BLOCK_SIZE,
        Command.LOCK_BLOCK: 1,
        Command.WRITE_AFI: 1,
        Command.WRITE_DSFID: 1,
        Command.CONTROL_EAS: 1,
        Command.TAG_INFO: 1,
    }
)
"""Bytes behind the UID."""

_READ_OPTIONS: Final = (
    ReadOption.EACH | ReadOption.PROPAGATE | ReadOption.NEW_STYLE | ReadOption.NO_LOCK
)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer without its command byte, and the seconds on the air."""

    error: int
    data: bytes = b""
    air: float = 0.0


class TagCommands:
    """Commands to the tags on one antenna."""

    def __init__(self, antenna: Antenna, *, new_style: bool) -> None:
        self._antenna = antenna
        self._new_style = new_style

    def carry_out(self, command: int, data: bytes) -> Told:
        """Carry out an addressed command, or answer that it is not implemented."""
        if command not in set(Command) or command == Command.PASS_THROUGH:
            return Told(Error.NOT_IMPLEMENTED)
        if len(data) < UID_LENGTH + _LENGTHS.get(Command(command), 0):
            return Told(Error.PARAMETER)
        uid, rest = uid_of(data[:UID_LENGTH]), data[UID_LENGTH:]
        match command:
            case Command.READ_BLOCKS:
                return self._read(uid, rest)
            case Command.WRITE_BLOCKS:
                return self._write(uid, rest)
            case Command.TAG_INFO:
                return self._info(uid, InfoMask(rest[0] & 0x0F))
            case Command.CHECK_EAS:
                return self._check_eas(uid)
            case Command.GET_AFI:
                return _told(uid, self._antenna.describe(uid), lambda tag: bytes([tag.afi]))
            case Command.GET_DSFID:
                return _told(uid, self._antenna.describe(uid), lambda tag: bytes([tag.dsfid]))
            case Command.QUIET:
                return _told(uid, self._antenna.hush(uid))
            case _:
                return self._change(command, uid, rest)

    def _change(self, command: int, uid: Uid, rest: bytes) -> Told:
        block, data = rest[0] if rest else 0, rest[1 : 1 + BLOCK_SIZE]
        acts: list[Callable[[SimTag], TagError | None]] = []
        match command:
            case Command.WRITE_BLOCK:
                acts = [lambda tag: tag.write(block, data)]
            case Command.WRITE_AND_LOCK_BLOCK:
                acts = [lambda tag: tag.write(block, data), lambda tag: tag.lock(block)]
            case Command.LOCK_BLOCK:
                acts = [lambda tag: tag.lock(block)]
            case Command.WRITE_AFI:
                acts = [lambda tag: tag.write_afi(rest[0])]
            case Command.LOCK_AFI:
                acts = [SimTag.lock_afi]
            case Command.WRITE_DSFID:
                acts = [lambda tag: tag.write_dsfid(rest[0])]
            case Command.LOCK_DSFID:
                acts = [SimTag.lock_dsfid]
            case Command.CONTROL_EAS:
                acts = [lambda tag: tag.set_eas(on=bool(rest[0]))]
            case _:
                return Told(Error.NOT_IMPLEMENTED)
        return _told(uid, self._antenna.each(uid, acts))

    def _read(self, uid: Uid, rest: bytes) -> Told:
        if len(rest) < 2:
            return Told(Error.PARAMETER)
        first, count = rest[:2]
        options = ReadOption(rest[2]) if len(rest) > 2 else ReadOption(0)
        if options & ~(_READ_OPTIONS if self._new_style else ReadOption(0)):
            return Told(Error.NO_SUCH_OPTION, bytes.fromhex(uid))
        with_locks = not options & ReadOption.NO_LOCK
        read = self._antenna.read(uid, first, count, locks=with_locks)
        if options & ReadOption.EACH and isinstance(read.result, TagError):
            return self._read_each(uid, first, count, options)
        locks = self._antenna.locks(uid, first, count).result if with_locks else b""
        if not isinstance(locks, bytes):
            return _told(uid, read)
        return _told(uid, read, lambda memory: _blocks(first, memory, locks, options))

    def _read_each(self, uid: Uid, first: int, count: int, options: ReadOption) -> Told:
        """Tell every block; behind the last one of the tag there are only zeros and errors."""
        memory, status, air = b"", b"", 0.0
        for block in range(first, first + count):
            read = self._antenna.read(uid, block, 1, locks=True)
            lock = self._antenna.locks(uid, block, 1).result
            air += read.air
            if isinstance(read.result, Silence) or isinstance(lock, Silence):
                return Told(Error.NO_TRANSPONDER, bytes.fromhex(uid), air)
            if isinstance(read.result, TagError) or isinstance(lock, TagError):
                missing = first + count - block
                memory += bytes(missing * BLOCK_SIZE)
                status += bytes([Error.NOT_AVAILABLE]) * missing
                break
            memory, status = memory + read.result, status + lock
        locks = b"" if options & ReadOption.NO_LOCK else status
        blocks = _blocks(first, memory, locks, options)
        return Told(Error.NONE, bytes.fromhex(uid) + blocks, air)

    def _write(self, uid: Uid, rest: bytes) -> Told:
        if len(rest) < 3 or len(rest) < 3 + rest[1] * BLOCK_SIZE:
            return Told(Error.PARAMETER)
        first, count = rest[:2]
        if rest[2]:
            return Told(Error.NO_SUCH_OPTION, bytes.fromhex(uid))
        air = 0.0
        for at in range(count):
            start = 3 + at * BLOCK_SIZE
            heard = self._antenna.write(uid, first + at, [rest[start : start + BLOCK_SIZE]])
            air += heard.air
            told = _told(uid, heard)
            if told.error:
                return Told(told.error, told.data + bytes([first + at & 0xFF]), air)
        return Told(Error.NONE, bytes.fromhex(uid) + bytes([first + count & 0xFF]), air)

    def _info(self, uid: Uid, mask: InfoMask) -> Told:
        def fields(tag: SimTag) -> bytes:
            model = tag.model
            values = {
                InfoMask.DSFID: bytes([tag.dsfid]),
                InfoMask.AFI: bytes([tag.afi]),
                InfoMask.MEMORY: bytes([model.block_size - 1, model.block_count - 1]),
                InfoMask.IC_REFERENCE: bytes([0, model.ic_reference]),
            }
            return bytes([mask]) + b"".join(values[bit] for bit in FIELD_LENGTH if bit & mask)

        return _told(uid, self._antenna.describe(uid), fields)

    def _check_eas(self, uid: Uid) -> Told:
        told = _told(uid, self._antenna.eas(uid), lambda on: bytes([on]))
        data = told.data if told.error == Error.NONE else told.data + b"\0"
        return Told(told.error, data, told.air)


def _blocks(first: int, memory: bytes, locks: bytes, options: ReadOption) -> bytes:
    blocks = [memory[at : at + BLOCK_SIZE] for at in range(0, len(memory), BLOCK_SIZE)]
    status = [bytes([lock]) for lock in locks] or [b""] * len(blocks)
    new = bool(options & ReadOption.NEW_STYLE)
    head = bytes([first, len(blocks)]) if new else bytes([len(blocks)])
    numbers = [b"" if new else bytes([first + at & 0xFF]) for at in range(len(blocks))]
    parts = zip(numbers, status, blocks, strict=True)
    return head + b"".join(number + lock + block for number, lock, block in parts)


def _told(uid: Uid, heard: Heard[T], tell: Callable[[T], bytes] = lambda _: b"") -> Told:
    """Put what came from the air into an answer: the UID, and what `tell` makes of the result."""
    name = bytes.fromhex(uid)
    match heard.result:
        case Silence():
            return Told(Error.NO_TRANSPONDER, name, heard.air)
        case TagError() as error:
            return Told(_ERRORS.get(error, Error.UNKNOWN), name, heard.air)
        case result:
            return Told(Error.NONE, name + tell(result), heard.air)
