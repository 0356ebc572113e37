"""How fast tags are decoded: `python -m bench.codecs`.

What is decoded is what a kiosk reads of most tags, 8 blocks of 4 bytes and the DSFID, of tags that
all differ. Asking whether more must be read is counted too: a kiosk asks it of each tag.
"""

import json
import time
from dataclasses import dataclass
from typing import Annotated, Final

import typer

from bench.this_machine import this_machine
from drivers.tags.content import Encoding
from drivers.tags.recognise import FIRST_READ_BLOCKS, needs_more, recognise
from drivers.tags.writing import DSFIDS, encode

SLIX_BYTES: Final = 112
READ: Final = 4 * FIRST_READ_BLOCKS
DIFFERENT: Final = 10_000
"""How many tags differ; beyond that they come again. None of it is remembered by the codec."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@dataclass(frozen=True, slots=True)
class Speed:
    """What decoding the tags of one encoding took."""

    encoding: Encoding
    tags: int
    seconds: float

    def summary(self) -> dict[str, object]:
        """The figures as they are printed."""
        return {
            "encoding": self.encoding.value,
            "tags": self.tags,
            "seconds": round(self.seconds, 3),
            "tags_per_second": round(self.tags / self.seconds),
        }


@app.command(epilog="Example: .venv/bin/python -m bench.codecs --json")
def codecs(
    tags: Annotated[int, typer.Option(min=1, help="Tags of each encoding.")] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Decode tags of every encoding, and say how many a second."""
    encodings = (*DSFIDS, Encoding.BLANK, Encoding.UNKNOWN)
    speeds = [measure(encoding, make(encoding, tags), tags) for encoding in encodings]
    if as_json:
        figures = [speed.summary() for speed in speeds]
        typer.echo(json.dumps({"machine": this_machine(), "encodings": figures}))
        return
    for speed in speeds:
        typer.echo(f"{speed.encoding.value}: {speed.tags / speed.seconds:,.0f} tags/s")


def make(encoding: Encoding, tags: int) -> list[bytes]:
    """Give what a kiosk reads of so many tags, at most `DIFFERENT`."""
    return [_memory(encoding, number) for number in range(min(tags, DIFFERENT))]


def measure(encoding: Encoding, memories: list[bytes], tags: int) -> Speed:
    """Decode so many tags, again and again. Raise `WrongEncoding` if one is taken for another."""
    dsfid = DSFIDS.get(encoding, 0x00)
    rounds, rest = divmod(tags, len(memories))
    began = time.perf_counter()
    for batch in [memories] * rounds + [memories[:rest]]:
        for memory in batch:
            if needs_more(memory, dsfid) or recognise(memory, dsfid).encoding is not encoding:
                raise WrongEncoding(f"{memory.hex()} is no whole {encoding.value} tag")
    return Speed(encoding, tags, time.perf_counter() - began)


class WrongEncoding(Exception):
    """A tag was not recognised as what it was made as."""


def _memory(encoding: Encoding, number: int) -> bytes:
    item = str(39416000000000 + number)
    owner = "" if encoding is Encoding.RFID501 else "FR-940165801"
    match encoding:
        case Encoding.BLANK:
            return bytes(READ)
        case Encoding.UNKNOWN:
            return item.encode().rjust(READ, b"\xff")
        case _:
            return encode(encoding, item, SLIX_BYTES, owner=owner)[:READ]


if __name__ == "__main__":
    app(prog_name="python -m bench.codecs")
