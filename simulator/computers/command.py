"""`ritournelle-sim computers`: people at computers that are not there, against a real server."""

import asyncio
import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer


def computers(
    url: Annotated[str, typer.Option(help="Address of the catalogue.")],
    room: Annotated[Path, typer.Option(help="JSON file: computers and people, see below.")],
    seed: Annotated[int, typer.Option(help="Who does what; the same again with the same.")] = 0,
    pace: Annotated[float, typer.Option(min=0.1, max=600, help="How fast people are.")] = 60.0,
    seconds: Annotated[float, typer.Option(min=0, help="How long; 0: until stopped.")] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each.")] = False,
) -> None:
    """Let people use simulated computers: sit down, go on, lock, leave; power and cables fail.

    The file says which: {"computers": {"1": TOKEN, …}, "people": {CARD: PIN, …}}. Tokens are
    made by `ritournelle-api computers token`.

    Example: ritournelle-sim computers --url http://127.0.0.1:8700 --room room.json
    """
    from simulator.computers.fleet import Computer, Room, use  # noqa: PLC0415 - slow to load
    from simulator.computers.people import Person  # noqa: PLC0415

    try:
        said = json.loads(room.read_text())
        seats = [Computer(int(number), token) for number, token in said["computers"].items()]
        people = [Person(card, pin) for card, pin in said["people"].items()]
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise typer.BadParameter(f"{room}: {error}", param_hint="--room") from error

    def tell(computer: int, what: str) -> None:
        line = json.dumps({"computer": computer, "now": what})
        typer.echo(line if as_json else f"{computer:>3}  {what}")

    async def play(folder: Path) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds or None):
                await use(Room(url, seats, people, folder, seed, pace), tell)

    with tempfile.TemporaryDirectory(prefix="ritournelle-computers-") as folder:
        asyncio.run(play(Path(folder)))
