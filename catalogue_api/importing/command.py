"""What `ritournelle-api import` shows: a progress bar, what could not be read, a summary."""

import json
import sys
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from catalogue_api.importing.profiles import PROFILES, ProfileName
from catalogue_api.importing.report import Count, Report
from catalogue_api.importing.running import ImportSettings, Write, import_files
from catalogue_api.importing.unimarc import LONGEST_SOURCE


def _source(name: str) -> str:
    if len(name) > LONGEST_SOURCE:
        raise typer.BadParameter(f"at most {LONGEST_SOURCE} characters")
    return name


Files = Annotated[list[Path], typer.Argument(help="Files, in the order they build on each other.")]
ProfileOption = Annotated[
    ProfileName,
    typer.Option(
        "--profile",
        help="System whose way of describing copies (995) the records follow.",
    ),
]
SourceOption = Annotated[
    str,
    typer.Option(
        "--source",
        callback=_source,
        help="Name of the catalogue that numbered the records; else what they say (003).",
    ),
]

_WORDS = {
    Count.RECORDS: "records and lines read",
    Count.TITLES_NEW: "new titles",
    Count.TITLES_UPDATED: "titles changed",
    Count.ITEMS_NEW: "new items",
    Count.ITEMS_UPDATED: "items changed",
    Count.SITES_NEW: "new sites",
    Count.SITES_UPDATED: "sites renamed",
    Count.READERS_NEW: "new readers",
    Count.READERS_UPDATED: "readers changed",
    Count.LOANS_NEW: "new loans",
    Count.LOANS_UPDATED: "loans ended",
    Count.RESERVATIONS_NEW: "new reservations",
}


def run_import(
    files: Sequence[Path],
    write: Write,
    zone: tzinfo,
    *,
    profile: ProfileName = ProfileName.KOHA,
    source: str = "",
    as_json: bool = False,
) -> int:
    """Import the files; return the exit status: 1 if nothing of one of them could be read.

    The summary goes to standard output, all else to standard error.
    """
    settings = ImportSettings(PROFILES[profile], zone, source)
    console = Console(stderr=True)
    with _progress(console) as progress:
        task = progress.add_task("", total=sum(_size(file) for file in files))
        report = import_files(files, write, settings, lambda count: progress.advance(task, count))
    _complain(report)
    sys.stdout.write(
        f"{json.dumps(report.as_json(), ensure_ascii=False) if as_json else _in_words(report)}\n"
    )
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
    for complaint in report.unreadable:
        sys.stderr.write(f"{complaint}\n")
    for complaint in report.left_out:
        sys.stderr.write(f"{complaint} (the record itself is imported)\n")


def _in_words(report: Report) -> str:
    counted = [f"{report.counts[count]} {words}" for count, words in _WORDS.items()]
    said = [text for text in counted if not text.startswith("0 ")] or ["nothing to import"]
    if report.unreadable:
        said.append(f"{len(report.unreadable)} not imported (see above)")
    return ", ".join(said)
