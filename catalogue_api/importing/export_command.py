"""What `ritournelle-api export` takes and says."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.command import Opened
from catalogue_api.importing.exporting import Exported, ExportSettings, Layout, export_titles
from catalogue_api.importing.profiles import profiles_of
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.whole_titles import count_titles

_MOST_SHOWN = 20


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its command `export`."""

    @app.command("export")
    def export(
        file: Annotated[Path, typer.Argument(help="File to write; one that is there is replaced.")],
        format_: Annotated[
            RecordFormat, typer.Option("--format", help="Records of this format.")
        ] = RecordFormat.UNIMARC,
        as_xml: Annotated[
            bool,
            typer.Option(
                "--xml/--iso2709", help="ISO 2709 holds no record of more than 99,999 bytes."
            ),
        ] = False,
        since: Annotated[
            datetime | None,
            typer.Option(
                formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Only what changed then or later."
            ),
        ] = None,
        profile: Annotated[
            str, typer.Option(help="How copies are described; else what the settings say.")
        ] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    ) -> None:
        """Write the records as they came, with their copies as they are now, in UTF-8.

        Example: ritournelle-api export catalogue.xml --format marc21 --xml --since 2026-11-01
        """
        with opened() as (database, settings):
            wanted = ExportSettings(
                format=format_,
                layout=Layout.XML if as_xml else Layout.ISO_2709,
                profiles=profiles_of(profile or settings.profile, settings.profiles),
                since=since.replace(tzinfo=settings.time_zone) if since else None,
            )
            done = run_export(file, database, wanted)
        _tell(done, wanted, as_json=as_json)
        raise typer.Exit(1 if done.left_out else 0)


def run_export(file: Path, database: Database, settings: ExportSettings) -> Exported:
    """Write a file; until all of it is there, what had its name before stays."""
    console = Console(stderr=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    total = database.read_now(lambda session: count_titles(session.connection()))
    try:
        with _progress(console) as progress, beside.open("wb") as stream:
            task = progress.add_task("", total=total)
            done = export_titles(
                stream, database.read_now, settings, lambda count: progress.advance(task, count)
            )
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return done


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("export"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _tell(done: Exported, settings: ExportSettings, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(done.as_json(), ensure_ascii=False) + "\n")
        return
    lines = done.left_out[:_MOST_SHOWN]
    if len(done.left_out) > len(lines):
        lines.append(f"and {len(done.left_out) - len(lines)} more: --json lists them all")
    if lines:
        sys.stderr.write("\n  ".join(["not written:", *lines]) + "\n")
    said = f"{done.records} records with {done.items} copies"
    if done.other_format:
        said += f"; {done.other_format} records are not {settings.format}: give another --format"
    sys.stdout.write(f"{said}\n")
