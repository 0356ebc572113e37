"""`ritournelle-kiosk`: run a kiosk, see its backlog, try its parts."""

import asyncio
import dataclasses
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from drivers.errors import ReaderError
from drivers.interface import Uid
from drivers.opening import open_reader
from kiosk.acceptance import check_all
from kiosk.bins import Bins
from kiosk.health import ask_health, in_one_line
from kiosk.journal import Access, Entry, Journal, JournalFailed
from kiosk.service import configure_log, run_kiosk
from kiosk.session.sorting import IN_THE_FLAP, UNKNOWN_BIN
from kiosk.settings import KioskSettings, SettingsError, read_settings
from kiosk.staff_cards import hashed

app = typer.Typer(help="The return kiosk.", no_args_is_help=True, pretty_exceptions_enable=False)

SettingsFile = Annotated[
    Path,
    typer.Option(
        "--settings",
        envvar="RITOURNELLE_KIOSK_SETTINGS",
        help="The kiosk's TOML file.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

DEFAULT_SETTINGS = Path("/etc/ritournelle/kiosk.toml")


@app.command()
def run(settings: SettingsFile = DEFAULT_SETTINGS, as_json: AsJson = False) -> None:
    """Run the kiosk until it is stopped.

    Example: ritournelle-kiosk run --settings kiosk.toml
    """
    values = _settings(settings)
    configure_log(values.log)
    announce = as_json or not sys.stdout.isatty()
    try:
        asyncio.run(run_kiosk(values, announce=announce))
    except JournalFailed as error:
        _fail(f"{error}; free or repair that disk, or set 'journal' to another path")
    except OSError as error:
        _fail(f"screen {values.screen.host}:{values.screen.port}: {error.strerror}")


@app.command()
def status(settings: SettingsFile = DEFAULT_SETTINGS, as_json: AsJson = False) -> None:
    """Say how the kiosk is, and what the journal still has to deliver and to secure.

    Example: ritournelle-kiosk status --settings kiosk.toml --json
    """
    values = _settings(settings)
    if not values.journal.exists():
        _fail(f"journal {values.journal}: not there yet; start the kiosk once")
    try:
        journal = Journal(values.journal, access=Access.WATCHER)
        counts = dataclasses.asdict(journal.counts())
        refusals = [_refusal(entry) for entry in journal.refusals()]
        damaged = [str(path) for path in journal.set_aside()]
        journal.close()
    except JournalFailed as error:
        _fail(str(error))
    health = ask_health(values)
    if as_json:
        kept = None if health is None else health.model_dump(mode="json")
        lasting = {"refusals": refusals, "damaged": damaged}
        typer.echo(json.dumps({"running": health is not None, **counts, **lasting, "health": kept}))
        return
    typer.echo("not running" if health is None else in_one_line(health))
    for name, count in counts.items():
        typer.echo(f"{name.replace('_', ' '):<12} {count}")
    for refusal in refusals:
        typer.echo("refused: {barcode}, laid {occurred_at}: {why}".format_map(refusal))
    for path in damaged:
        typer.echo(f"damaged, set aside: {path}")


def _refusal(entry: Entry) -> dict[str, str]:
    """A return that the catalogue will never take, for whoever looks into it."""
    return {
        "return_id": str(entry.return_id),
        "barcode": entry.request.barcode,
        "occurred_at": entry.request.occurred_at.isoformat(timespec="minutes"),
        "why": entry.refusal or "",
    }


@app.command()
def bins(
    settings: SettingsFile = DEFAULT_SETTINGS,
    as_json: AsJson = False,
    empty: Annotated[str, typer.Option(help="Note that this bin was emptied.")] = "",
) -> None:
    """Say what lies in each bin, or note that one was emptied and say what was in it.

    Example: ritournelle-kiosk bins --settings kiosk.toml --json
    """
    values = _settings(settings)
    names = [one.name for one in values.bins]
    if empty and empty not in {*names, IN_THE_FLAP, UNKNOWN_BIN}:
        _fail(f"there is no bin {empty!r}; there are {', '.join(names)}")
    try:
        journal = Journal(values.journal, access=Access.GUEST if empty else Access.WATCHER)
        book = Bins(journal)
        found = [book.empty(empty, datetime.now(UTC))] if empty else book.all(names)
        journal.close()
    except JournalFailed as error:
        _fail(str(error))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(one) for one in found], default=str))
        return
    for one in found:
        typer.echo(f"{one.bin}: {len(one.things)}")
        for thing in one.things:
            says = thing.outcome or thing.why or "not answered yet"
            typer.echo(f"  {thing.barcode or '-':<16} {says:<16} {thing.title}".rstrip())


@app.command()
def check(
    settings: SettingsFile = DEFAULT_SETTINGS,
    as_json: AsJson = False,
    report: Annotated[Path | None, typer.Option(help="Keep the report in this file too.")] = None,
) -> None:
    """Test a new machine, part by part; stop the kiosk first, and lay some tags on the antenna.

    Example: ritournelle-kiosk check --settings kiosk.toml --report check.json
    """
    found = asyncio.run(check_all(_settings(settings)))
    if report is not None:
        text = json.dumps(found.as_json(), ensure_ascii=False, indent=2)
        try:
            report.write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            _fail(f"{report}: {error.strerror}")
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        for line in found.lines():
            typer.echo(line)
    if not found.well:
        raise typer.Exit(1)


@app.command("staff-card")
def staff_card(settings: SettingsFile = DEFAULT_SETTINGS) -> None:
    """Say what to write into the settings for the card on the antenna; stop the kiosk first.

    Example: ritournelle-kiosk staff-card --settings kiosk.toml
    """
    try:
        uids = asyncio.run(_uids(_settings(settings).reader))
    except ReaderError as error:
        _fail(str(error))
    if len(uids) != 1:
        _fail(f"{len(uids)} tags lie on the antenna: lay down one card, and nothing else")
    typer.echo(hashed(uids[0]))


async def _uids(url: str) -> list[Uid]:
    reader = await open_reader(url)
    try:
        return [sighting.uid for sighting in await reader.inventory()]
    finally:
        await reader.close()


def _settings(path: Path) -> KioskSettings:
    try:
        return read_settings(path)
    except SettingsError as error:
        typer.echo(f"ritournelle-kiosk: {error}", err=True)
        raise typer.Exit(2) from error


def _fail(message: str) -> NoReturn:
    typer.echo(f"ritournelle-kiosk: {message}", err=True)
    raise typer.Exit(1)


def main() -> None:
    """Start the command line."""
    os.umask(0o027)
    app()


if __name__ == "__main__":
    main()
