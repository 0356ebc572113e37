"""The command line: `ritournelle-sim reader | card | lay | lift | fault | tags`."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, NoReturn, TypeAlias, TypeVar
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table

from simulator.bibliotheca import BibliothecaFace
from simulator.cable import Line, WireFace
from simulator.feig import FeigFace
from simulator.field import Field
from simulator.program.card import make_card
from simulator.program.control import NotReachable, Refused, Simulator, connect, split_address
from simulator.program.orders import FaultKind, TagState
from simulator.program.station import Port, Stand, Station
from simulator.pty import PtyPort
from simulator.rl866 import Rl866Face
from simulator.tags import BadTags, load_tags
from simulator.tcp import Conversation, TcpPort
from simulator.timing import NoTime, RealTime, SerialRate
from simulator.vpcd import CHIPS, MODELS, VPCD_PORT

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="RFID readers and tags that are not there, for technicians and tests.",
)


@dataclass(frozen=True, slots=True)
class Family:
    """A wire face, and its serial line: speed, and `bits` on the wire for each character.

    `face` is given the field and whether each tag is told once only, where a family can do that.
    """

    face: Callable[[Field, bool], WireFace]
    baud: int
    bits: int


FAMILIES: Final[dict[str, Family]] = {
    "bibliotheca": Family(lambda field, _: BibliothecaFace(field), 19200, 10),
    "feig": Family(lambda field, only_new: FeigFace(field, only_new=only_new), 38400, 11),
    "rl866": Family(lambda field, _: Rl866Face(field), 38400, 11),
}

At = Annotated[
    str, typer.Option("--at", help="Address of the reader: HOST:PORT, or the path of its link.")
]
Names = Annotated[list[str], typer.Argument(help="Names or UIDs of tags.")]
MaybeNames = Annotated[list[str] | None, typer.Argument(help="Names or UIDs of tags.")]
AfterBytes = Annotated[
    int, typer.Option(min=0, help="Not now, but when so many more bytes have crossed the wire.")
]


@app.command(
    epilog="Example: ritournelle-sim reader --family feig --tcp 127.0.0.1:0 --tags tags.toml"
)
def reader(
    tags: Annotated[Path, typer.Option(help="TOML file of [[tag]] tables.")],
    family: Annotated[str, typer.Option(help=f"One of: {', '.join(FAMILIES)}.")] = "feig",
    tcp: Annotated[str | None, typer.Option(help="HOST:PORT to listen on; port 0: any.")] = None,
    pty: Annotated[Path | None, typer.Option(help="Link to make to a pseudo-terminal.")] = None,
    baud: Annotated[
        int | None, typer.Option(min=300, help="Speed of the serial line; else the usual one.")
    ] = None,
    realtime: Annotated[bool, typer.Option("--realtime", help="Take the time of metal.")] = False,
    only_new: Annotated[
        bool,
        typer.Option("--only-new", help="FEIG: tell each tag once until it leaves (CFG5.ONT)."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the faults.")] = 0,
) -> None:
    """Be a reader until Ctrl-C; print one line of JSON when ready."""
    if family not in FAMILIES:
        raise typer.BadParameter(f"{family!r} is not known; known: {', '.join(FAMILIES)}")
    chosen = FAMILIES[family]
    baud = baud or chosen.baud
    make_port, serial = place(tcp, pty, SerialRate(baud, chosen.bits))
    try:
        known, laid = load_tags(tags)
    except BadTags as error:
        fail(str(error))
    line = Line(
        chosen.face(Field(known, laid), only_new),
        seed=seed,
        pace=RealTime() if realtime else NoTime(),
        serial=serial if realtime else None,
    )
    try:
        asyncio.run(serve(Station(family, line, make_port), len(known), _url_of(family, baud)))
    except (OSError, OverflowError) as error:
        fail(f"the reader cannot start: {error}; free the address or choose another")


@app.command(epilog="Example: ritournelle-sim card --control /tmp/card --tags tags.toml")
def card(
    control: Annotated[Path, typer.Option(help="Where lay, lift and tags find it (--at).")],
    tags: Annotated[Path | None, typer.Option(help="TOML file of [[tag]] tables.")] = None,
    uid: Annotated[str | None, typer.Option(help="Instead: a patron card, in hex.")] = None,
    chip: Annotated[str, typer.Option(help=f"Of it; one of: {', '.join(CHIPS)}.")] = "classic-1k",
    model: Annotated[str, typer.Option(help=f"Reader: {', '.join(MODELS)}.")] = "part3",
    vpcd: Annotated[str, typer.Option(help="Where vpcd listens.")] = f"127.0.0.1:{VPCD_PORT}",
) -> None:
    """Be the card in vpcd's virtual PC/SC reader until Ctrl-C; print one line of JSON."""
    try:
        station, count, url = make_card(control.absolute(), tags, uid, chip, model, vpcd)
        asyncio.run(serve(station, count, url))
    except (BadTags, OSError, ValueError) as error:
        fail(f"the card cannot start: {error}")


@app.command(epilog="Example: ritournelle-sim lay 30001000000017 --at 127.0.0.1:40123")
def lay(names: Names, at: At, after_bytes: AfterBytes = 0) -> None:
    """Lay tags on the antenna."""
    _ask(at, lambda sim: sim.lay(*names, after_bytes=after_bytes))


@app.command(epilog="Example: ritournelle-sim lift --all --at 127.0.0.1:40123")
def lift(
    at: At,
    names: MaybeNames = None,
    everything: Annotated[bool, typer.Option("--all", help="Every tag.")] = False,
    after_bytes: AfterBytes = 0,
    before_answer: Annotated[
        bool, typer.Option("--before-answer", help="After its next write, before it answers.")
    ] = False,
) -> None:
    """Lift tags from the antenna."""
    if bool(names) == everything:
        raise typer.BadParameter("give names or UIDs, or --all")
    if everything and (after_bytes or before_answer):
        raise typer.BadParameter("--all is at once: leave out --after-bytes and --before-answer")
    chosen = names or []

    async def do(sim: Simulator) -> None:
        if everything:
            await sim.lift_all()
        else:
            await sim.lift(*chosen, after_bytes=after_bytes, before_answer=before_answer)

    _ask(at, do)


@app.command(epilog="Example: ritournelle-sim fault noise 0.02 --at 127.0.0.1:40123")
def fault(
    kind: Annotated[FaultKind, typer.Argument(help="What is wrong; none: nothing any more.")],
    at: At,
    value: Annotated[
        float | None, typer.Argument(help="Rate of noise, loss, late; seconds of delay.")
    ] = None,
) -> None:
    """Break the line to the reader, or mend it. Faults add up until `none`."""
    if value is not None and kind not in _WITH_VALUE:
        raise typer.BadParameter(f"{kind} takes no value")
    _ask(at, lambda sim: sim.fault(kind, value))


_WITH_VALUE: Final = {FaultKind.NOISE, FaultKind.LOSS, FaultKind.LATE, FaultKind.DELAY}


@app.command(epilog="Example: ritournelle-sim tags --at 127.0.0.1:40123 --json")
def tags(
    at: At,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show every tag the reader knows."""
    states = _ask(at, lambda sim: sim.tags())
    if as_json:
        typer.echo(json.dumps([state.model_dump() for state in states], ensure_ascii=False))
    else:
        Console().print(_table(states))


MakePort: TypeAlias = Callable[[Conversation], Port]


def place(
    tcp: str | None, pty: Path | None, rate: SerialRate
) -> tuple[MakePort, SerialRate | None]:
    """How to make the port, and the speed of its line: a TCP port costs no serial time."""
    if tcp is not None and pty is None:
        host, _, number = tcp.rpartition(":")
        if not host or not number.isdigit() or int(number) > 0xFFFF:
            raise typer.BadParameter(f"{tcp!r} is no address: write --tcp 127.0.0.1:10001")
        where = split_address(tcp)
        return lambda conversation: TcpPort(*where, conversation), None
    if pty is not None and tcp is None:
        link = pty.absolute()
        return lambda _: PtyPort(link), rate
    raise typer.BadParameter("give either --tcp HOST:PORT or --pty LINK")


def _url_of(family: str, baud: int) -> Callable[[str], str]:
    """What hosts call a reader at an address that is known once it runs."""

    def url(address: str) -> str:
        if address.startswith("/"):
            return f"{family}+serial://{quote(address)}?baud={baud}"
        return f"{family}+tcp://{address}"

    return url


async def serve(station: Stand, count: int | None, url: Callable[[str], str]) -> None:
    """Run until Ctrl-C; say in one line of JSON where. `count`: how many tags a reader knows."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with station.run():
        address = station.port.address
        ready: dict[str, object] = {
            "ready": True,
            "family": station.family,
            "address": address,
            "url": url(address),
        }
        if count is not None:
            ready["tags"] = count
        typer.echo(json.dumps(ready))
        await stop.wait()


def _ask(at: str, do: Callable[[Simulator], Awaitable[T]]) -> T:
    async def talk() -> T:
        async with connect(at) as sim:
            return await do(sim)

    try:
        return asyncio.run(talk())
    except (NotReachable, Refused) as error:
        fail(str(error))


def _table(states: tuple[TagState, ...]) -> Table:
    table = Table("UID", "name", "chip", "laid", "AFI", "DSFID", "memory", box=None)
    for state in states:
        afi = f"{state.afi} locked" if state.afi_locked else state.afi
        memory = state.memory[:32] + ("…" if len(state.memory) > 32 else "")
        laid = "yes" if state.laid else ""
        table.add_row(state.uid, state.name, state.chip, laid, afi, state.dsfid, memory)
    return table


def fail(message: str) -> NoReturn:
    """End with one line that says what to do."""
    typer.echo(message, err=True)
    raise typer.Exit(1)
