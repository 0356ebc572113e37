"""How an RL866 reader connects tags and carries out what is asked of them."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final, TypeVar

from drivers.interface import Uid
from drivers.iso15693 import TagError
from drivers.rl866.commands import (
    ALL_HANDLES,
    UID_LENGTH,
    Access,
    Error,
    SystemInfoFlag,
    ebv,
    expect,
    number_in,
    split_ebv,
    uid_of,
    uid_to_wire,
    word,
)
from simulator.antenna import Antenna, Heard
from simulator.field import Anyone, Silence
from simulator.tags import SimTag
from simulator.timing import Air

T = TypeVar("T")

MOST_HANDLES: Final = 16

_ADDRESS_MODES: Final = MappingProxyType({0: Anyone.PRESENT, 2: Anyone.SELECTED})
_ADDRESSED = 1
_DONE, _FAILED = b"\x01", b"\x00"

_ERRORS: Final = MappingProxyType(
    {
        TagError.BLOCK_NOT_AVAILABLE: Error.NO_SUCH_BLOCK,
        TagError.LOCKED: Error.LOCKED_OR_NO_SUCH_BLOCK,
        TagError.ALREADY_LOCKED: Error.LOCKED_OR_NO_SUCH_BLOCK,
        Silence.NOBODY: Error.TAG_NOT_FOUND,
        Silence.COLLISION: Error.COLLISION,
    }
)

Told = tuple[int, bytes]


class TagCommands:
    """Handles, and what is done through them."""

    def __init__(self, antenna: Antenna) -> None:
        self._antenna = antenna
        self._handles: dict[int, Uid | Anyone] = {}

    @property
    def _air(self) -> Air:
        return self._antenna.air

    def connect(self, data: bytes) -> Told:
        """Give a handle: status and data. Nothing is sent on the air."""
        expect(len(data) >= 5 and len(data) == 4 + data[3], "connect takes a tag")
        mode = data[4]
        if mode == _ADDRESSED:
            expect(len(data) == 5 + UID_LENGTH, "an addressed connection without its UID")
            who: Uid | Anyone = uid_of(data[5:])
        elif mode in _ADDRESS_MODES:
            who = _ADDRESS_MODES[mode]
        else:
            return Error.ADDRESS_MODE, b""
        free = (handle for handle in range(1, MOST_HANDLES + 1) if handle not in self._handles)
        handle = next(free, None)
        if handle is None:
            return Error.MEMORY, b""
        self._handles[handle] = who
        return Error.NONE, bytes([handle])

    def disconnect(self, data: bytes) -> Told:
        """Give back one handle, or all."""
        expect(len(data) == 1, "disconnect takes a handle")
        if data[0] == ALL_HANDLES:
            self._handles.clear()
        elif self._handles.pop(data[0], None) is None:
            return Error.WRONG_HANDLE, b""
        return Error.NONE, b""

    def access(self, data: bytes) -> tuple[int, bytes, float]:
        """Carry out every operation: status, results, seconds on the air."""
        expect(len(data) > 1, "access takes a handle and an operation")
        who = self._handles.get(data[0])
        if who is None:
            return Error.WRONG_HANDLE, b"", 0.0
        results, air, rest = b"", 0.0, data[1:]
        while rest:
            length, rest = split_ebv(rest)
            expect(2 <= length <= len(rest), "an operation without its end")
            operation, rest = rest[:length], rest[length:]
            heard = self._carry_out(who, number_in(operation[:2]), operation[2:])
            result = operation[:2] + _result(heard)
            results += ebv(len(result)) + result
            air += heard.air
        return Error.NONE, results, air

    def _carry_out(self, who: Uid | Anyone, what: int, data: bytes) -> Heard[bytes]:
        match what:
            case Access.READ_BLOCKS:
                expect(len(data) == 5, "read multiple blocks takes five bytes")
                first, count = number_in(data[1:3]), number_in(data[3:5])
                return self._read(who, first, count, locks=bool(data[0]), counted=True)
            case Access.READ_BLOCK:
                expect(len(data) == 3, "read single block takes three bytes")
                first = number_in(data[1:3])
                return self._read(who, first, 1, locks=bool(data[0]), counted=False)
            case Access.WRITE_BLOCKS:
                return self._write(who, data)
            case Access.WRITE_BLOCK:
                expect(len(data) > 2, "write single block takes a block")
                return _quiet(self._antenna.write(who, number_in(data[:2]), [data[2:]]))
            case Access.SYSTEM_INFO:
                return _then(self._antenna.describe(who), _system_info)
            case Access.EAS_ALARM:
                return self._alarm(who)
            case _:
                return self._change(who, what, data)

    def _change(self, who: Uid | Anyone, what: int, data: bytes) -> Heard[bytes]:
        acts: dict[int, Callable[[SimTag], TagError | None]] = {
            Access.RESET: SimTag.power_off,
            Access.SELECT: SimTag.select,
            Access.LOCK_AFI: SimTag.lock_afi,
            Access.LOCK_DSFID: SimTag.lock_dsfid,
            Access.EAS_ON: lambda tag: tag.set_eas(on=True),
            Access.EAS_OFF: lambda tag: tag.set_eas(on=False),
        }
        if what in {Access.WRITE_AFI, Access.WRITE_DSFID}:
            expect(len(data) == 1, "this access takes one byte")
            acts[Access.WRITE_AFI] = lambda tag: tag.write_afi(data[0])
            acts[Access.WRITE_DSFID] = lambda tag: tag.write_dsfid(data[0])
        act = acts.get(what)
        if act is None:
            return Heard(TagError.NOT_SUPPORTED, 0.0)
        return _quiet(self._antenna.change(who, act, len(data)))

    def _read(
        self, who: Uid | Anyone, first: int, count: int, *, locks: bool, counted: bool
    ) -> Heard[bytes]:
        """Read blocks, as many as the tag has: hosts ask for 256 to get all."""
        there = self._antenna.field.command(who, lambda tag: tag.model.block_count)
        if isinstance(there, int):
            count = max(1, min(count, there - first))
        memory = self._antenna.read(who, first, count, locks=locks)
        status = self._antenna.locks(who, first, count).result if locks else b""
        if not isinstance(status, bytes):
            return Heard(status, memory.air)

        def tell(data: bytes) -> bytes:
            size = len(data) // count
            blocks = (data[at * size : (at + 1) * size] for at in range(count))
            joined = b"".join(status[at : at + 1] + block for at, block in enumerate(blocks))
            return (word(count) if counted else b"") + joined

        return _then(memory, tell)

    def _write(self, who: Uid | Anyone, data: bytes) -> Heard[bytes]:
        """Write blocks; a byte behind them is let pass."""
        expect(len(data) > 4, "write multiple blocks takes blocks")
        first, count = number_in(data[:2]), number_in(data[2:4])
        size = self._antenna.block_size(who)
        expect(len(data) - 4 - count * size in {0, 1}, f"{count} blocks of {size} were announced")
        blocks = [data[4 + at * size : 4 + (at + 1) * size] for at in range(count)]
        return _quiet(self._antenna.write(who, first, blocks))

    def _alarm(self, who: Uid | Anyone) -> Heard[bytes]:
        """Tell a flag: nobody's alarm is no alarm."""
        heard = self._antenna.eas(who)
        if isinstance(heard.result, Silence):
            return Heard(b"\0", heard.air)
        return _then(heard, lambda _: b"\1")


def _then(heard: Heard[T], tell: Callable[[T], bytes]) -> Heard[bytes]:
    if isinstance(heard.result, TagError | Silence):
        return Heard(heard.result, heard.air)
    return Heard(tell(heard.result), heard.air)


def _quiet(heard: Heard[bool]) -> Heard[bytes]:
    return _then(heard, lambda _: b"")


def _result(heard: Heard[bytes]) -> bytes:
    if isinstance(heard.result, TagError | Silence):
        return _FAILED + word(_ERRORS.get(heard.result, Error.TAG_REFUSED))
    return _DONE + heard.result


def _system_info(tag: SimTag) -> bytes:
    flags = (
        SystemInfoFlag.DSFID
        | SystemInfoFlag.AFI
        | SystemInfoFlag.MEMORY
        | SystemInfoFlag.IC_REFERENCE
    )
    model = tag.model
    sizes = bytes([model.block_count, model.block_size, model.ic_reference])
    return bytes([flags]) + uid_to_wire(tag.uid) + bytes([tag.dsfid, tag.afi]) + sizes
