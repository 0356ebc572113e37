"""What commands print: for a person, or with `--json` for a program."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def say(values: Mapping[str, object], line: str, *, as_json: bool) -> None:
    """Print one answer, for a program or for a person."""
    print(json.dumps(values, ensure_ascii=False, default=str) if as_json else line)


def show(rows: Sequence[Mapping[str, object]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print rows, as JSON or as a table of some columns."""
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, default=str))
        return
    table = Table(*columns, box=None)
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in columns))
    Console().print(table)
