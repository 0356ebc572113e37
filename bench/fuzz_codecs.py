"""Do any bytes crash a codec? Valid tags and frames, mutated, and noise, fed by the million.

`python -m bench.fuzz_codecs` feeds the tag decoder and every frame decoder of the drivers. What
comes of an input guides the search: one that is decoded in a way not seen before joins those that
are mutated further. The same seed feeds the same inputs.
"""

import importlib
import inspect
import json
import re
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from random import Random
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress

import drivers
from drivers.errors import FramingError
from drivers.framing import FrameDecoder
from drivers.tags.content import Encoding
from drivers.tags.describing import describe
from drivers.tags.recognise import needs_more, recognise
from drivers.tags.writing import DSFIDS, encode

VECTORS: Final = Path(__file__).parents[1] / "tests" / "vectors"
LARGEST_INPUT: Final = 400
LARGEST_CORPUS: Final = 5000
_DSFIDS: Final = (0x00, 0x06, 0x3E, 0x01, 0xFF)
_NOISE: Final = 0.15
"""How many of the inputs are noise, and no mutation."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


class Broken(Exception):
    """A decoder gave an answer that it must never give."""


@dataclass(frozen=True)
class Target:
    """Something that decodes bytes; `feed` says in what way it decoded them."""

    name: str
    feed: Callable[[bytes, Random], Hashable]
    seeds: tuple[bytes, ...]


@dataclass
class Outcome:
    """What came of the inputs to one target."""

    inputs: int = 0
    ways: int = 0
    seconds: float = 0.0
    crashes: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        """The figures as they are printed."""
        return {
            "inputs": self.inputs,
            "ways_of_decoding": self.ways,
            "seconds": round(self.seconds, 1),
            "crashes": len(self.crashes),
            "first_crashes": self.crashes[:5],
        }


@app.command(epilog="Example: .venv/bin/python -m bench.fuzz_codecs --inputs 1000000 --json")
def fuzz_codecs(
    inputs: Annotated[int, typer.Option(min=1, help="Inputs to each decoder.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="What the inputs are made from.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Feed every decoder; exit with 1 if one crashed."""
    console = Console(stderr=True)
    outcomes: dict[str, Outcome] = {}
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        for target in targets():
            task = progress.add_task(target.name, total=inputs)
            random = Random(f"{seed} {target.name}")
            outcomes[target.name] = fuzz(target, inputs, random, partial(progress.advance, task))
    crashes = sum(len(outcome.crashes) for outcome in outcomes.values())
    if as_json:
        report = {
            "seed": seed,
            "inputs": sum(outcome.inputs for outcome in outcomes.values()),
            "seconds": round(sum(outcome.seconds for outcome in outcomes.values()), 1),
            "crashes": crashes,
            "targets": {name: outcome.summary() for name, outcome in outcomes.items()},
        }
        typer.echo(json.dumps(report))
    else:
        for name, outcome in outcomes.items():
            typer.echo(f"{name}: {outcome.summary()}")
    raise typer.Exit(1 if crashes else 0)


def targets() -> tuple[Target, ...]:
    """The tag decoder and every frame decoder that a reader family has."""
    tags = tuple(
        encode(encoding, item, 112, part=2, parts=3)
        for encoding in DSFIDS
        for item in ("30001000000017", "AB-123")
    )
    return (Target("tags", _feed_tags, tags + _vectors("*")), *_frame_decoders())


def fuzz(
    target: Target, inputs: int, random: Random, advance: Callable[[], None] = lambda: None
) -> Outcome:
    """Feed a target; whatever it raises is a crash, noted with the bytes that made it."""
    outcome = Outcome()
    corpus = list(target.seeds)
    ways: set[Hashable] = set()
    began = time.perf_counter()
    for _ in range(inputs):
        data = _input(corpus, random)
        try:
            way = target.feed(data, random)
        except Exception as error:  # noqa: BLE001 - whatever is raised is what is looked for
            outcome.crashes.append(f"{data.hex()}: {error!r}")
        else:
            if way not in ways:
                ways.add(way)
                corpus += [data] * (len(corpus) < LARGEST_CORPUS)
        outcome.inputs += 1
        advance()
    outcome.seconds = time.perf_counter() - began
    outcome.ways = len(ways)
    return outcome


# ---------------------------------------------------------------------------------- the decoders


def _feed_tags(data: bytes, random: Random) -> Hashable:
    dsfid = random.choice(_DSFIDS)
    more = needs_more(data, dsfid)
    content = recognise(data, dsfid)
    json.dumps(describe(content))
    if not content.reason:
        raise Broken("no reason is given")
    if content.item and content.encoding in {Encoding.BLANK, Encoding.UNKNOWN}:
        raise Broken("an item on what is no tag")
    return dsfid, more, content.encoding, content.warnings, tuple(content.elements)


def _frame_decoders() -> Iterator[Target]:
    for family in sorted(module.name for module in iter_modules(drivers.__path__) if module.ispkg):
        name = f"drivers.{family}.frames"
        if find_spec(name) is None:
            continue
        for decoder in vars(importlib.import_module(name)).values():
            own = inspect.isclass(decoder) and decoder.__module__ == name
            if own and issubclass(decoder, FrameDecoder):
                for label, make in _ways_to_make(decoder):
                    yield Target(f"{family}{label}", _feeder(make), _vectors(family))


def _ways_to_make(
    decoder: Callable[..., FrameDecoder[Any]],
) -> Iterator[tuple[str, Callable[[], FrameDecoder[Any]]]]:
    """A decoder has no arguments, or one that says who is speaking."""
    arguments = list(inspect.signature(decoder, eval_str=True).parameters.values())
    if not arguments:
        yield "", decoder
        return
    (argument,) = arguments
    if not issubclass(argument.annotation, Enum):
        raise TypeError(f"{decoder} takes something else than a direction")
    for one in argument.annotation:
        yield f" {one.name.lower()}", partial(decoder, one)


def _feeder(make: Callable[[], FrameDecoder[Any]]) -> Callable[[bytes, Random], Hashable]:
    def feed(data: bytes, random: Random) -> Hashable:
        decoder = make()
        cut = random.randrange(len(data) + 1)
        said = []
        for piece in (data[:cut], data[cut:]):
            decoder.receive(piece)
            said += _drain(decoder, len(data))
        decoder.silence()
        said += _drain(decoder, len(data))
        if decoder.unfinished:
            raise Broken("bytes are kept although the line is silent")
        return tuple(said[:6])

    return feed


def _drain(decoder: FrameDecoder[Any], most: int) -> list[Hashable]:
    said: list[Hashable] = []
    # No input has more frames and damaged stretches than bytes.
    while len(said) <= 2 * most + 1:
        try:
            frame = decoder.next_frame()
        except FramingError:
            said.append("damaged")
            continue
        if frame is None:
            return said
        # What stands in its head is enough to tell one kind of frame from another.
        said.append(frame.encode()[:5])
    raise Broken("more frames than bytes")


def _vectors(stem: str) -> tuple[bytes, ...]:
    """All bytes that the vectors of the tests hold; none if there is no such file."""
    found: list[bytes] = []
    for path in sorted(VECTORS.glob(f"{stem}.toml")):
        quoted = re.findall(r'"([0-9a-fA-F\s]{4,})"', path.read_text(encoding="utf-8"))
        digits = ["".join(one.split()) for one in quoted]
        found += [bytes.fromhex(one) for one in digits if len(one) % 2 == 0]
    return tuple(found) or (b"\0",)


# ------------------------------------------------------------------------------------ the inputs


def _input(corpus: list[bytes], random: Random) -> bytes:
    if random.random() < _NOISE:
        return random.randbytes(random.randrange(LARGEST_INPUT // 2))
    data = bytearray(random.choice(corpus))
    for _ in range(random.randrange(1, 5)):
        random.choice(_MUTATIONS)(data, corpus, random)
    return bytes(data[:LARGEST_INPUT])


def _place(data: bytearray, random: Random) -> int:
    # Heads tell more than tails: half of the changes go to the first bytes.
    reach = len(data) if random.random() < 0.5 else min(len(data), 12)
    return random.randrange(reach + 1)


def _flip(data: bytearray, _corpus: list[bytes], random: Random) -> None:
    if data:
        data[_place(data, random) - 1] ^= 1 << random.randrange(8)


def _set(data: bytearray, _corpus: list[bytes], random: Random) -> None:
    if data:
        data[_place(data, random) - 1] = random.choice(
            (0x00, 0x7F, 0x80, 0xFF, random.randrange(256))
        )


def _insert(data: bytearray, _corpus: list[bytes], random: Random) -> None:
    at = _place(data, random)
    data[at:at] = random.randbytes(random.randrange(1, 5))


def _delete(data: bytearray, _corpus: list[bytes], random: Random) -> None:
    at = _place(data, random)
    del data[at : at + random.randrange(1, 5)]


def _cut(data: bytearray, _corpus: list[bytes], random: Random) -> None:
    del data[_place(data, random) :]


def _splice(data: bytearray, corpus: list[bytes], random: Random) -> None:
    other = random.choice(corpus)
    data[_place(data, random) :] = other[random.randrange(len(other) + 1) :]


def _turn(data: bytearray, _corpus: list[bytes], _random: Random) -> None:
    for at in range(0, len(data) - 3, 4):
        data[at : at + 4] = data[at : at + 4][::-1]


_MUTATIONS: Final = (_flip, _flip, _set, _set, _insert, _delete, _cut, _splice, _turn)


if __name__ == "__main__":
    app(prog_name="python -m bench.fuzz_codecs")
