"""Finding out which reader is at the other end of a cable, and at which speed."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from drivers.errors import ReaderError, ReaderLost
from drivers.interface import ReaderInfo
from drivers.opening import FAMILIES, open_reader

_SPEEDS = (9600, 19200, 38400, 57600, 115200)
_PATIENCE = 0.4  # seconds for an answer: a reader that is there answers in a few milliseconds


@dataclass(frozen=True, slots=True)
class Attempt:
    """One family tried at one place: what answered, or why nothing did."""

    url: str
    found: ReaderInfo | None
    why: str = ""


async def probe(where: str) -> AsyncIterator[Attempt]:
    """Try each family at a serial port's path or at `HOST:PORT`, until one answers.

    First at the speed each family leaves the factory with, then at all others. Raises `ReaderLost`
    if the place itself cannot be reached.
    """
    for url in _candidates(where):
        attempt = await _try(url)
        yield attempt
        if attempt.found:
            return


def _candidates(where: str) -> Iterator[str]:
    if "/" not in where:
        yield from (f"{name}+tcp://{where}?timeout={_PATIENCE}" for name in FAMILIES)
        return
    for name, family in FAMILIES.items():
        yield _serial(name, where, family.baud, family.parity)
    for name, family in FAMILIES.items():
        for baud in _SPEEDS:
            if baud != family.baud:
                yield _serial(name, where, baud, family.parity)


def _serial(name: str, path: str, baud: int, parity: str) -> str:
    return f"{name}+serial://{path}?baud={baud}&parity={parity}&timeout={_PATIENCE}"


async def _try(url: str) -> Attempt:
    try:
        reader = await open_reader(url)
    except ReaderLost:
        raise
    except ReaderError as error:
        return Attempt(url, None, str(error))
    await reader.close()
    return Attempt(url, reader.info)
