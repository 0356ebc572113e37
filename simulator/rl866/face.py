"""The face of an RL866 reader: blocks in, blocks out, byte for byte.

Pure: what an exchange costs in time is told, not spent. A damaged block gets no answer, nor does
one for another bus address. Sequence numbers of the host are not insisted on: hosts were seen that
do not begin anew with RESYNC.
"""

from collections.abc import Iterator

from drivers.errors import FramingError
from drivers.rl866.commands import Command, Error, word
from drivers.rl866.frames import (
    ANY_ADDRESS,
    LONGEST_INFORMATION,
    Block,
    Decoder,
    information,
    ready,
    resync_answer,
)
from simulator.antenna import Antenna
from simulator.cable import Exchange
from simulator.field import Field
from simulator.framed_face import FramedFace
from simulator.rl866.inventory import Inventory
from simulator.rl866.tag_commands import TagCommands
from simulator.timing import Air

ADDRESS = 0x01
"""The bus address of a reader as it is delivered."""

_CONFIGURATION_BLOCK = 14


class Rl866Face(FramedFace[Block]):
    """One reader."""

    def __init__(self, field: Field, *, air: Air | None = None, address: int = ADDRESS) -> None:
        super().__init__(field, Decoder())
        self._address = address
        antenna = Antenna(field, air)
        self._inventory = Inventory(antenna)
        self._tag_commands = TagCommands(antenna)
        self._sequence = 0
        self._heard = b""
        self._untold: list[bytes] = []

    def _answer(self, block: Block) -> Iterator[Exchange]:
        if block.address not in {ANY_ADDRESS, self._address}:
            return
        if block.is_resync:
            self._sequence, self._heard = 0, b""
            self._untold.clear()
            yield Exchange(resync_answer(address=self._address).encode())
        elif block.is_ready and self._untold:
            yield self._next_part()
        elif block.is_information:
            self._heard += block.information
            if block.chained:
                awaited = 1 - block.sequence
                yield Exchange(ready(awaited, address=self._address).encode())
            else:
                yield self._carry_out()

    def _carry_out(self) -> Exchange:
        question, self._heard = self._heard, b""
        error, data, air = self._done(question)
        answer = question[:1] + word(error) + data
        step = LONGEST_INFORMATION
        self._untold = [answer[at : at + step] for at in range(0, len(answer), step)]
        return self._next_part(air)

    def _next_part(self, air: float = 0.0) -> Exchange:
        part = self._untold.pop(0)
        sequence, self._sequence = self._sequence, 1 - self._sequence
        block = information(part, sequence, chained=bool(self._untold), address=self._address)
        return Exchange(block.encode(), air)

    def _done(self, question: bytes) -> tuple[int, bytes, float]:
        """Give status, data and seconds on the air."""
        command, data = question[:1], question[1:]
        try:
            match command[0] if command else None:
                case Command.INVENTORY:
                    return self._inventory.take(data)
                case Command.CONNECT:
                    return *self._tag_commands.connect(data), 0.0
                case Command.DISCONNECT:
                    return *self._tag_commands.disconnect(data), 0.0
                case Command.ACCESS:
                    return self._tag_commands.access(data)
                case Command.READ_CONFIGURATION if len(data) == 2:
                    return Error.NONE, data[1:] + bytes(_CONFIGURATION_BLOCK * data[1]), 0.0
                case _:
                    return Error.MESSAGE_COMMAND, b"", 0.0
        except FramingError:
            return Error.MESSAGE_PARAMETER, b"", 0.0
