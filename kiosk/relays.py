"""A relay board with inputs that is spoken to in words: the Numato Lab USB relay modules.

A command ends with CR; the board echoes it, answers on a line of its own and ends with the prompt
`>`. `relay on 3`, `relay off 3` switch; `gpio read 1` answers 0 or 1; `ver` says which firmware it
is. Numbers above 9 are letters (10 is A). Source: the maker's manual of the 16 channel module
(docs.numato.com/doc/16-channel-usb-relay-module) and its sample programs (numato/samplecode).
"""

import asyncio
from typing import Final

from drivers.errors import ReaderLost
from drivers.interface import ByteLink

DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
"""How the board writes the numbers of its relays and inputs."""

PROMPT: Final = b">"

_LONGEST = 256  # bytes of one answer


class BoardLost(Exception):
    """The board or its cable is gone, or what answers is no such board: open it again."""


class RelayBoard:
    """An open board; one command at a time."""

    def __init__(self, link: ByteLink, patience: float = 1.0) -> None:
        """`patience`: seconds for an answer."""
        self._link = link
        self._patience = patience
        self._lock = asyncio.Lock()

    async def version(self) -> str:
        """Ask which firmware it is: proves that a board answers."""
        return await self._ask("ver")

    async def switch(self, relay: int, *, on: bool) -> None:
        """Switch a relay."""
        await self._ask(f"relay {'on' if on else 'off'} {DIGITS[relay]}")

    async def is_on(self, number: int) -> bool:
        """Read an input."""
        answer = await self._ask(f"gpio read {DIGITS[number]}")
        if answer not in {"0", "1"}:
            raise BoardLost(f"the board answers {answer!r} where it should say 0 or 1")
        return answer == "1"

    async def close(self) -> None:
        """Let go of the line."""
        await self._link.close()

    async def _ask(self, command: str) -> str:
        async with self._lock:
            try:
                async with asyncio.timeout(self._patience):
                    await self._link.send(command.encode() + b"\r")
                    return _answer(await self._until_prompt(), command)
            except TimeoutError as error:
                raise BoardLost("the board does not answer: check its cable and power") from error
            except ReaderLost as error:
                raise BoardLost(str(error)) from error

    async def _until_prompt(self) -> bytes:
        heard = b""
        while not heard.rstrip().endswith(PROMPT):
            heard += await self._link.receive()
            if len(heard) > _LONGEST:
                raise BoardLost("what answers is no relay board: look at the address")
        return heard


def _answer(heard: bytes, command: str) -> str:
    """Return what stands between the echo of the command and the prompt; empty if nothing does."""
    words = heard.decode("ascii", errors="replace").replace(">", " ").split()
    echo = command.split()
    return " ".join(words[len(echo) :] if words[: len(echo)] == echo else words)
