"""The face of a 3M / Bibliotheca reader: requests in, answers out, byte for byte.

Pure: what an exchange costs in time is told, not spent. A damaged request gets no answer.
"""

from collections.abc import Iterator

from drivers.bibliotheca.commands import WAKE, Command, Error, InventoryOption, answer
from drivers.bibliotheca.frames import START, WAKING, Decoder, Frame
from simulator.antenna import Antenna
from simulator.bibliotheca.tag_commands import TagCommands
from simulator.cable import Exchange
from simulator.field import Field
from simulator.framed_face import FramedFace
from simulator.timing import Air

VERSION = bytes([0x0A, 0x05, 0x02, 0x1B])
"""What a published host takes for a reader that is ready."""

_SETTLED = {1: b"\x02\x01", 2: b"\x01\x03", 3: b"\x02\x02", 4: b"\x03\x00"}
"""What a reader was seen to answer to command 13, for each number that it was asked for."""


class BibliothecaFace(FramedFace[Frame]):
    """One reader. `repeats`: an inventory names its first tag twice, as the specification warns.

    `new_style`: the firmware knows the options of *read multiblock*.
    """

    def __init__(
        self,
        field: Field,
        *,
        air: Air | None = None,
        version: bytes = VERSION,
        repeats: bool = False,
        new_style: bool = True,
    ) -> None:
        super().__init__(field, Decoder())
        self._antenna = Antenna(field, air)
        self._version = version
        self._repeats = repeats
        self._tag_commands = TagCommands(self._antenna, new_style=new_style)

    def _answer(self, frame: Frame) -> Iterator[Exchange]:
        if frame.start != WAKING:
            yield self._carry_out(frame)
        elif frame == WAKE:
            yield Exchange(Frame(WAKE.body + self._version, WAKING).encode())

    def _carry_out(self, frame: Frame) -> Exchange:
        data = frame.body[1:]
        match frame.command:
            case Command.VERSION:
                return _said(frame, Error.NONE, self._version)
            case Command.SETTLE:
                return _said(frame, Error.NONE, _settled(data))
            case Command.INVENTORY:
                return self._inventory(frame)
            case _:
                told = self._tag_commands.carry_out(frame.command, data)
                return _said(frame, told.error, told.data, told.air)

    def _inventory(self, frame: Frame) -> Exchange:
        if len(frame.body) < 3:
            return _said(frame, Error.PARAMETER)
        afi, options = frame.body[1], InventoryOption(frame.body[2])
        found, air = self._antenna.inventory()
        tags = [tag for tag in found if afi in {0, tag.afi}]
        if self._repeats:
            tags += tags[:1]
        told = b"".join(
            (bytes([tag.dsfid]) if options & InventoryOption.DSFID else b"")
            + bytes.fromhex(tag.uid)
            for tag in tags
        )
        return _said(frame, Error.NONE, bytes([afi, options, len(tags)]) + told, air)


def _said(frame: Frame, error: int, data: bytes = b"", air: float = 0.0) -> Exchange:
    reply = answer(frame.command, error, data)
    return Exchange(Frame(reply.body, START).encode(), air)


def _settled(data: bytes) -> bytes:
    """Answer each pair of bytes that was asked for."""
    numbers = data[1 : 1 + 2 * data[0] : 2] if data else b""
    return b"".join(_SETTLED.get(number, b"\0\0") for number in numbers)
