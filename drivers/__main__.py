"""`ritournelle-readers`: find readers, watch an antenna, decode, encode and write tags."""

import asyncio
import dataclasses
import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from drivers.errors import ReaderError
from drivers.interface import Reader, Uid
from drivers.iso15693 import chip_name
from drivers.opening import open_reader
from drivers.tags.content import Encoding, TagContent, Usage
from drivers.tags.describing import describe
from drivers.tags.elements import NAMES
from drivers.tags.recognise import recognise
from drivers.tags.writing import DSFIDS, encode
from drivers.workshop.ports import list_ports
from drivers.workshop.probing import probe
from drivers.workshop.watching import Watched, watch
from drivers.workshop.writing import NotWritten, the_only_tag, write_tag

T = TypeVar("T")

app = typer.Typer(
    help="RFID readers and library tags, for technicians.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Url = Annotated[str, typer.Argument(help="The reader, e.g. feig+serial:///dev/ttyUSB0")]
Item = Annotated[str, typer.Option("--item", help="Primary item identifier: the barcode.")]
Owner = Annotated[str, typer.Option("--owner", help="ISIL of the owner, e.g. FR-940165801.")]
Part = Annotated[int, typer.Option("--part", min=1, max=255, help="Which part of the set.")]
Parts = Annotated[int, typer.Option("--parts", min=1, max=255, help="How many parts the set has.")]
UsageOption = Annotated[Usage, typer.Option("--usage", help="Type of usage.")]

EncodingOption = Annotated[Encoding, typer.Option("--encoding", help="How the tag is written.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List where a reader may be plugged in.

    Example: ritournelle-readers list
    """
    ports = [dataclasses.asdict(port) for port in _run(list_ports())]
    if as_json:
        typer.echo(json.dumps(ports))
        return
    _table(
        ports,
        "No serial port and no PC/SC reader here: plug a reader in, or name a TCP one to `probe`.",
    )


@app.command("probe")
def probe_(
    where: Annotated[str, typer.Argument(help="A serial port's path, or HOST:PORT.")],
    as_json: AsJson = False,
) -> None:
    """Find out which reader is there: family, speed, firmware, and its address for a kiosk.

    Example: ritournelle-readers probe /dev/ttyUSB0
    """
    if not _run(_probe(where, as_json=as_json)):
        typer.echo(
            f"ritournelle-readers: no reader answers at {where}: check power and cable", err=True
        )
        raise typer.Exit(1)


async def _probe(where: str, *, as_json: bool) -> bool:
    async for attempt in probe(where):
        found = attempt.found
        if found is None:
            if not as_json:
                typer.echo(f"no   {attempt.url}")
            continue
        can = sorted(what.value for what in found.can)
        if as_json:
            said = {"url": attempt.url, "family": found.family, "firmware": found.firmware}
            typer.echo(json.dumps(said | {"can": can}))
        else:
            typer.echo(f"yes  {attempt.url}")
            typer.echo(f"     {found.family} {found.firmware}; it can: {', '.join(can)}")
        return True
    return False


@app.command("watch")
def watch_(url: Url, as_json: AsJson = False) -> None:
    """Show the tags on an antenna as they come and go, until Ctrl-C.

    Example: ritournelle-readers watch feig+tcp://192.0.2.10:10001
    """
    _run(_watch(url, as_json=as_json))


async def _watch(url: str, *, as_json: bool) -> None:
    reader = await open_reader(url)
    try:
        await (_watch_as_json(reader) if as_json else _watch_as_table(reader))
    finally:
        await reader.close()


async def _watch_as_json(reader: Reader) -> None:
    """One line whenever a tag comes or goes."""
    before: Mapping[Uid, Watched] = {}
    async for tags in watch(reader):
        for uid in tags.keys() - before.keys():
            typer.echo(json.dumps({"event": "arrived", **_facts(tags[uid])}))
        for uid in before.keys() - tags.keys():
            typer.echo(json.dumps({"event": "left", "uid": uid}))
        before = tags


async def _watch_as_table(reader: Reader) -> None:
    with Live(auto_refresh=False, screen=False) as live:
        async for tags in watch(reader):
            live.update(_live_table(reader, tags), refresh=True)


def _live_table(reader: Reader, tags: Mapping[Uid, Watched]) -> Table:
    columns = ("UID", "chip", "item", "owner", "part", "security", "seen", "trouble")
    table = Table(*columns, title=f"{reader.info.family} {reader.info.firmware}: {len(tags)} tags")
    for tag in tags.values():
        facts = _facts(tag)
        part = f"{facts['part']}/{facts['parts']}" if facts.get("part") else ""
        seen = f"{100 * tag.seen // max(1, tag.looks)} %"
        trouble = "; ".join([*facts.get("warnings", []), tag.trouble]).strip("; ")
        cells = (facts.get("item") or facts.get("reason"), facts.get("owner"), part)
        table.add_row(
            tag.uid, facts["chip"], *(cell or "" for cell in cells), tag.security, seen, trouble
        )
    return table


def _facts(tag: Watched) -> dict[str, Any]:
    said: Mapping[str, Any] = describe(tag.content) if tag.content else {}
    return {
        "uid": tag.uid,
        "chip": chip_name(tag.uid),
        **said,
        "security": tag.security,
        "trouble": tag.trouble,
    }


@app.command()
def decode(
    memory: Annotated[str, typer.Argument(metavar="HEX", help="The tag's memory, from block 0.")],
    dsfid: Annotated[str, typer.Option(help="The tag's DSFID, in hex.")] = "00",
    as_json: AsJson = False,
) -> None:
    """Say what a tag says.

    Example: ritournelle-readers decode 110101313030…00 --dsfid 3E --json
    """
    try:
        content = recognise(bytes.fromhex(memory), bytes.fromhex(dsfid)[0])
    except (ValueError, IndexError):
        _usage("HEX and --dsfid are pairs of hexadecimal digits, such as 110101 and 3E")
    _tell(content, as_json=as_json)


@app.command("encode")
def encode_(
    item: Item,
    owner: Owner = "",
    part: Part = 1,
    parts: Parts = 1,
    usage: UsageOption = Usage.CIRCULATING,
    encoding: EncodingOption = Encoding.ISO28560_3,
    size: Annotated[int, typer.Option(min=4, max=1024, help="Bytes of the tag.")] = 112,
    as_json: AsJson = False,
) -> None:
    """Print the memory of a new tag, in hex. It holds identifiers only, and no title.

    Example: ritournelle-readers encode --item 39416000000052 --owner FR-940165801
    """
    try:
        memory = encode(encoding, item, size, owner=owner, part=part, parts=parts, usage=usage)
    except ValueError as error:
        _usage(str(error))
    if as_json:
        said = {"memory": memory.hex().upper(), "dsfid": f"{DSFIDS[encoding]:02X}"}
        typer.echo(json.dumps(said))
    else:
        typer.echo(memory.hex().upper())


@app.command()
def write(
    url: Url,
    item: Item,
    owner: Owner = "",
    part: Part = 1,
    parts: Parts = 1,
    usage: UsageOption = Usage.CIRCULATING,
    encoding: EncodingOption = Encoding.ISO28560_3,
    force: Annotated[bool, typer.Option("--force", help="Also over what is not blank.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the one tag on an antenna, and read it back. It gets identifiers only, and no title.

    Example: ritournelle-readers write feig+serial:///dev/ttyUSB0 --item 39416000000052
    --owner FR-940165801
    """

    def memory_of(size: int) -> bytes:
        return encode(encoding, item, size, owner=owner, part=part, parts=parts, usage=usage)

    _tell(_run(_write(url, memory_of, encoding, force=force)), as_json=as_json)


async def _write(
    url: str, memory_of: Callable[[int], bytes], encoding: Encoding, *, force: bool
) -> TagContent:
    reader = await open_reader(url)
    try:
        chip = await the_only_tag(reader)
        try:
            memory = memory_of(chip.block_size * chip.block_count)
        except ValueError as error:
            raise NotWritten(str(error)) from error
        return (await write_tag(reader, chip, memory, DSFIDS[encoding], force=force)).content
    finally:
        await reader.close()


def _tell(content: TagContent, *, as_json: bool) -> None:
    said = describe(content)
    if as_json:
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    named = {NAMES.get(oid, str(oid)): text for oid, text in content.elements.items()}
    for name, value in {**said, "elements": named | content.legacy}.items():
        typer.echo(f"{name:<9} {json.dumps(value, ensure_ascii=False) if value else '-'}")


def _table(rows: list[dict[str, str]], otherwise: str) -> None:
    if not rows:
        typer.echo(otherwise)
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*row.values())
    Console().print(table)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except (ReaderError, NotWritten) as error:
        typer.echo(f"ritournelle-readers: {error}", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _usage(message: str) -> NoReturn:
    typer.echo(f"ritournelle-readers: {message}", err=True)
    raise typer.Exit(2)


def main() -> None:
    """Start the command line."""
    app()


if __name__ == "__main__":
    main()
