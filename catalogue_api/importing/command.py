"""What `ritournelle-api import` shows: a progress bar, what could not be read, a summary."""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.file_import import ImportSettings, Write
from catalogue_api.importing.profiles import profiles_of
from catalogue_api.importing.report import Complaint, Count, Report
from catalogue_api.importing.running import import_files, rehearse_files
from catalogue_api.importing.titles import LONGEST_SOURCE
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.engine.database import Database

Opened = Callable[[], AbstractContextManager[tuple[Database, ApiSettings]]]
"""Opens the database of the settings, for as long as a command runs."""

_MOST_COMPLAINTS = 20
_WORDS = {
    Count.RECORDS: "records and lines read",
    Count.TITLES_NEW: "new titles",
    Count.TITLES_UPDATED: "titles changed",
    Count.TITLES_JOINED: "records joined a title by its ISBN",
    Count.TITLES_DELETED: "titles deleted",
    Count.RECORDS_DELETED: "records deleted",
    Count.ITEMS_NEW: "new items",
    Count.ITEMS_UPDATED: "items changed",
    Count.SITES_NEW: "new sites",
    Count.SITES_UPDATED: "sites renamed",
    Count.READERS_NEW: "new readers",
    Count.READERS_UPDATED: "readers changed",
    Count.LOANS_NEW: "new loans",
    Count.LOANS_UPDATED: "loans changed",
    Count.RESERVATIONS_NEW: "new reservations",
    Count.BLOCKS_NEW: "new blocks",
    Count.BLOCKS_UPDATED: "blocks changed",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How the command runs: only as a rehearsal, and speaking to a program."""

    dry_run: bool = False
    as_json: bool = False


def _short(source: str) -> str:
    if len(source) > LONGEST_SOURCE:
        raise typer.BadParameter(f"at most {LONGEST_SOURCE} characters")
    return source


_Source = Annotated[
    str,
    typer.Option(callback=_short, help="Catalogue that numbered the records; else what 003 says."),
]


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its command `import`."""

    @app.command("import")
    def import_(
        files: Annotated[
            list[Path], typer.Argument(help="Files, in the order that they build on each other.")
        ],
        profile: Annotated[
            str, typer.Option(help="How copies are described; else what the settings say.")
        ] = "",
        source: _Source = "",
        format_: Annotated[
            RecordFormat | None,
            typer.Option("--format", help="Format of the records; else what they look like."),
        ] = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Say what would come of it, and store nothing.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    ) -> None:
        """Import records and copies (MARC), or sites, readers, loans and reservations (CSV).

        Example: ritournelle-api import catalogue.mrc readers.csv loans.csv --dry-run
        """
        with opened() as (database, settings):
            reading = ImportSettings(
                zone=settings.time_zone,
                now=datetime.now(UTC),
                profiles=profiles_of(profile or settings.profile, settings.profiles),
                source=source,
                format=format_,
                match_isbn=settings.match_isbn,
            )
            status = run_import(files, database.write_now, reading, Manner(dry_run, as_json))
        raise typer.Exit(status)


def run_import(
    files: Sequence[Path], write: Write, settings: ImportSettings, manner: Manner
) -> int:
    """Import the files; return the exit status: 1 if nothing of one of them could be read.

    The summary goes to standard output, all else to standard error.
    """
    console = Console(stderr=True)
    act = rehearse_files if manner.dry_run else import_files
    with _progress(console) as progress:
        task = progress.add_task("", total=sum(_size(file) for file in files))
        report = act(files, write, settings, lambda count: progress.advance(task, count))
    _complain(report)
    summary = (
        json.dumps({"dry_run": manner.dry_run} | report.as_json(), ensure_ascii=False)
        if manner.as_json
        else _in_words(report, manner)
    )
    sys.stdout.write(f"{summary}\n")
    return 1 if report.failed else 0


def _progress(console: Console) -> Progress:
    """A bar that is there on a terminal only, and gone when the import is done."""
    return Progress(
        TextColumn("import"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _complain(report: Report) -> None:
    _list(report.unreadable, "not imported")
    _list(report.left_out, "copies left out of their records")
    _list(report.mended, "imported, though something is wrong")


def _list(complaints: Sequence[Complaint], heading: str) -> None:
    """Show the first complaints; a file of another kind has one for each of its records."""
    lines = [str(complaint) for complaint in complaints[:_MOST_COMPLAINTS]]
    if len(complaints) > len(lines):
        lines.append(f"and {len(complaints) - len(lines)} more: --json lists them all")
    if lines:
        sys.stderr.write("\n  ".join([f"{heading}:", *lines]) + "\n")


def _in_words(report: Report, manner: Manner) -> str:
    counted = [f"{report.counts[count]} {words}" for count, words in _WORDS.items()]
    said = [text for text in counted if not text.startswith("0 ")] or ["nothing to import"]
    if report.unreadable:
        said.append(f"{len(report.unreadable)} not imported (see above)")
    grown = [
        f"{name.replace('_', ' ')} {report.before[name]} -> {count}"
        for name, count in report.after.items()
        if count != report.before[name]
    ]
    lines = [", ".join(said), *(["in the catalogue: " + ", ".join(grown)] if grown else [])]
    if manner.dry_run:
        lines.append("nothing of this was stored: it was a dry run")
    return "\n".join(lines)
