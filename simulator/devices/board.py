"""A Numato Lab relay board with inputs, as its host sees it: words in, words and a prompt out."""

from collections.abc import Sequence
from typing import Final

from simulator.cable import Exchange
from simulator.devices.mechanics import Slot
from simulator.field import Field

DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
_RELAYS, _INPUTS = 16, 10
_VERSION = "A0M08.01"


class BoardFace:
    """The board of a `Slot`. It echoes what it hears, answers on a line of its own, and prompts."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot
        self.field = Field((), ())
        self._heard = b""

    @property
    def unfinished(self) -> bool:
        """Whether a command has begun; the board waits for its end as long as a person types."""
        return False

    def receive(self, data: bytes) -> Sequence[Exchange]:
        """Take bytes and carry out every command that they end."""
        *commands, self._heard = (self._heard + data.replace(b"\n", b"")).split(b"\r")
        return [Exchange(self._answer(command)) for command in commands]

    def silence(self) -> Sequence[Exchange]:
        """A host that has gone leaves no half command behind."""
        self._heard = b""
        return ()

    def _answer(self, command: bytes) -> bytes:
        text = command.decode("ascii", errors="replace")
        said = self._do(text.split())
        return "".join([text, "\n\r", said, "\n\r" if said else "", ">"]).encode()

    def _do(self, words: list[str]) -> str:
        match words:
            case ["ver"]:
                return _VERSION
            case ["relay", ("on" | "off") as how, number] if _number(number) < _RELAYS:
                self.slot.switch(_number(number), on=how == "on")
                return ""
            case ["relay", "read", number] if _number(number) < _RELAYS:
                return "on" if _number(number) in self.slot.on else "off"
            case ["gpio", "read", number] if _number(number) < _INPUTS:
                return "1" if self.slot.is_on(_number(number)) else "0"
            case []:
                return ""
            case _:
                return "ERROR: unknown command"


def _number(digit: str) -> int:
    """Read the number of a relay or input; what is none is beyond all of them."""
    found = DIGITS.find(digit) if len(digit) == 1 else -1
    return found if found >= 0 else len(DIGITS)
