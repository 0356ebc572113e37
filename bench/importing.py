"""How fast records come into the catalogue, and how much memory that takes.

`python -m bench.importing` makes a file of records (the same for the same seed), imports it into a
new database in a process of its own, imports it a second time (nothing changes) and exports it.
It does so for a tenth of the records and for all: what is needed per record must not grow.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bench.records import generate
from bench.this_machine import this_machine
from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.exporting import ExportSettings, export_titles
from catalogue_api.importing.file_import import ImportSettings
from catalogue_api.importing.report import Count
from catalogue_api.importing.running import import_files
from catalogue_api.importing.writing import iso2709
from catalogue_api.storage.engine.database import Database

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


class NotWhole(Exception):
    """Something was lost on the way: the figures would be worth nothing."""


@app.command(epilog="Example: .venv/bin/python -m bench.importing --records 100000 --json")
def importing(
    records: Annotated[int, typer.Option(min=10, help="Records of the larger file.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Chance begins here.")] = 1,
    one: Annotated[bool, typer.Option("--one", hidden=True)] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure importing, importing again and exporting."""
    if one:
        typer.echo(json.dumps(measure(records, seed)))
        return
    runs = [_in_a_process(count, seed) for count in (records // 10, records)]
    report = {"machine": this_machine(), "seed": seed, "runs": runs}
    if as_json:
        typer.echo(json.dumps(report))
        return
    for run in runs:
        typer.echo(
            f"{run['records']} records, {run['copies']} copies: {run['import_per_second']:.0f}/s,"
            f" again {run['again_per_second']:.0f}/s, export {run['export_per_second']:.0f}/s,"
            f" peak {run['peak_mb']:.0f} MB"
        )


def measure(records: int, seed: int) -> dict[str, Any]:
    """Import, import again and export in this process; figures per second, and its peak of MB."""
    with tempfile.TemporaryDirectory(prefix="ritournelle-bench-") as name:
        folder = Path(name)
        file = folder / "records.mrc"
        with file.open("wb") as stream:
            for record in generate(seed, records):
                stream.write(iso2709(record))
        database = Database(f"sqlite:///{folder / 'catalogue.db'}", threads=0)
        database.migrate()
        try:
            return _measured(database, file, records)
        finally:
            database.close()


def _measured(database: Database, file: Path, records: int) -> dict[str, Any]:
    settings = ImportSettings(ZoneInfo("Europe/Paris"), datetime.now(UTC))
    began, worked = time.perf_counter(), time.process_time()
    first = import_files([file], database.write_now, settings)
    imported, import_cpu = time.perf_counter(), time.process_time() - worked
    again = import_files([file], database.write_now, settings)
    compared = time.perf_counter()
    with file.with_suffix(".out").open("wb") as stream:
        done = export_titles(stream, database.read_now, ExportSettings(RecordFormat.UNIMARC))
    ended = time.perf_counter()
    new = first.counts[Count.TITLES_NEW], done.records, again.counts[Count.TITLES_UPDATED]
    if new != (records, records, 0):
        raise NotWhole(f"imported, exported, changed again: {new} of {records}")
    return {
        "records": records,
        "copies": done.items,
        "file_mb": round(file.stat().st_size / 1e6, 1),
        "import_per_second": round(records / (imported - began)),
        "import_cpu_seconds": round(import_cpu, 1),
        "again_per_second": round(records / (compared - imported)),
        "export_per_second": round(records / (ended - compared)),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _in_a_process(records: int, seed: int) -> dict[str, Any]:
    """Measure in a fresh process, so that its peak of memory is its own."""
    command = [sys.executable, "-m", "bench.importing", "--one", "--records", str(records)]
    done = subprocess.run(
        [*command, "--seed", str(seed)], stdout=subprocess.PIPE, check=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    app(prog_name="python -m bench.importing")
