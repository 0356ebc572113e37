"""How the tags of a field answer ISO 15693 commands as they cross the air, without CRC.

Flags that matter here: addressed (20), selected (10), option (40: a read also tells what is
locked). An inventory is the reader's own business and is not answered.
"""

from collections.abc import Callable
from typing import Final

from drivers.interface import Uid
from drivers.iso15693 import TagError
from drivers.pcsc.air import ERROR_FLAG, NXP, Command
from simulator.field import Anyone, Field, Silence
from simulator.tags import SimTag

CHANGES: Final = frozenset(
    {
        Command.WRITE_BLOCK,
        Command.LOCK_BLOCK,
        Command.WRITE_AFI,
        Command.LOCK_AFI,
        Command.WRITE_DSFID,
        Command.LOCK_DSFID,
        Command.SET_EAS,
        Command.RESET_EAS,
    }
)
"""Commands during which a tag takes its time."""

_INVENTORY, _SELECTED, _ADDRESSED, _OPTION = 0x04, 0x10, 0x20, 0x40
_UID = 8
_ALARM: Final = bytes.fromhex("F4CD") + bytes(30)
"""256 bits; what is known of them is how they begin (data sheet of the ICODE SLIX)."""

_Answer = bytes | TagError | None
"""Data, an error, or silence of a tag that keeps it."""


def respond(field: Field, request: bytes) -> bytes | None:
    """Let the tags of the field answer; None: nobody does, or several at once."""
    if len(request) < 2 or request[0] & _INVENTORY:
        return None
    flags, command, rest = request[0], request[1], request[2:]
    if command >= 0xA0:
        if rest[:1] != bytes([NXP]):
            return None
        rest = rest[1:]
    who: Uid | Anyone = Anyone.SELECTED if flags & _SELECTED else Anyone.PRESENT
    if flags & _ADDRESSED:
        who, rest = Uid(rest[_UID - 1 :: -1].hex().upper()), rest[_UID:]
    parameters = list(rest)
    act = _action(command, parameters, option=bool(flags & _OPTION))
    heard = field.command(who, act, writes=command in CHANGES)
    match heard:
        case bytes():
            return b"\x00" + heard
        case TagError():
            return bytes([ERROR_FLAG, heard])
        case None | Silence():
            return None


def _action(command: int, parameters: list[int], *, option: bool) -> Callable[[SimTag], _Answer]:
    match command, parameters:
        case (Command.READ_BLOCK, [block]):
            return lambda tag: _read(tag, block, 1, option=option)
        case (Command.READ_BLOCKS, [block, more]):
            return lambda tag: _read(tag, block, more + 1, option=option)
        case (Command.SYSTEM_INFORMATION, []):
            return _system_information
        case (Command.EAS_ALARM, []):
            return lambda tag: _ALARM if tag.eas else None
        case (Command.STAY_QUIET, []):
            return _hush
        case _:
            return _change(command, parameters)


def _change(command: int, parameters: list[int]) -> Callable[[SimTag], _Answer]:
    match command, parameters:
        case (Command.WRITE_BLOCK, [block, *data]):
            return lambda tag: _done(tag.write(block, bytes(data)))
        case (Command.LOCK_BLOCK, [block]):
            return lambda tag: _done(tag.lock(block))
        case (Command.WRITE_AFI, [afi]):
            return lambda tag: _done(tag.write_afi(afi))
        case (Command.LOCK_AFI, []):
            return lambda tag: _done(tag.lock_afi())
        case (Command.WRITE_DSFID, [dsfid]):
            return lambda tag: _done(tag.write_dsfid(dsfid))
        case (Command.LOCK_DSFID, []):
            return lambda tag: _done(tag.lock_dsfid())
        case (Command.SET_EAS, []):
            return lambda tag: _done(tag.set_eas(on=True))
        case (Command.RESET_EAS, []):
            return lambda tag: _done(tag.set_eas(on=False))
        case _:
            return lambda _: TagError.NOT_SUPPORTED


def _done(error: TagError | None) -> bytes | TagError:
    return b"" if error is None else error


def _hush(tag: SimTag) -> None:
    tag.quiet = True
    tag.selected = False


def _read(tag: SimTag, first: int, count: int, *, option: bool) -> bytes | TagError:
    memory = tag.read(first, count)
    locks = tag.security(first, count)
    if isinstance(memory, TagError) or isinstance(locks, TagError) or not option:
        return memory
    size = tag.model.block_size
    return b"".join(
        bytes([lock]) + memory[at * size : (at + 1) * size] for at, lock in enumerate(locks)
    )


def _system_information(tag: SimTag) -> bytes:
    model = tag.model
    about = [tag.dsfid, tag.afi, model.block_count - 1, model.block_size - 1, model.ic_reference]
    return b"\x0f" + bytes.fromhex(tag.uid)[::-1] + bytes(about)
