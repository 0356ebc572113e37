"""The wire between vpcd and a card: messages of a length (two bytes, big-endian) and so many bytes.

A message of one byte is no question to the card but an order: 00 power off, 01 power on, 02 reset,
04 give the ATR, which alone is answered. An answer is a message of the same form (vsmartcard's
documentation, "Creating a virtual smart card").
"""

from collections.abc import Sequence
from typing import Final

from simulator.cable import Exchange
from simulator.field import Field
from simulator.vpcd.pad import Pad

_LENGTH: Final = 2


class VpcdFace:
    """A `WireFace` that plays whatever lies on its pad."""

    def __init__(self, pad: Pad) -> None:
        self.pad = pad
        self._heard = bytearray()

    @property
    def field(self) -> Field:
        """The antenna behind this face."""
        return self.pad.field

    @property
    def unfinished(self) -> bool:
        """Never: vpcd sends the length and the rest apart, and either may take its time."""
        return False

    def receive(self, data: bytes) -> Sequence[Exchange]:
        """Take bytes from vpcd and answer every question that they complete."""
        self._heard += data
        exchanges = []
        while (message := self._next()) is not None:
            answer = self._answer(message)
            if answer:  # an empty one would stop vpcd: a card that has gone just says nothing
                exchanges.append(Exchange(len(answer).to_bytes(_LENGTH, "big") + answer))
        return exchanges

    def silence(self) -> Sequence[Exchange]:
        """Forget what was begun: another conversation begins."""
        self._heard.clear()
        return ()

    def _next(self) -> bytes | None:
        end = _LENGTH + int.from_bytes(self._heard[:_LENGTH], "big")
        if len(self._heard) < max(end, _LENGTH):
            return None
        message = bytes(self._heard[_LENGTH:end])
        del self._heard[:end]
        return message

    def _answer(self, message: bytes) -> bytes:
        if len(message) != 1:
            return self.pad.answer(message)
        match message[0]:
            case 0x00 | 0x02:
                self.pad.reset()
            case 0x04:
                return self.pad.atr
            case _:
                pass
        return b""
