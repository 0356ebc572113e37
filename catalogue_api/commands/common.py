"""What the commands share: the database, the call that they make, what they print."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from catalogue_api.domain.roles import Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.rules import RulesInForce
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.database import Database

Opened = Callable[[], AbstractContextManager[tuple[Database, ApiSettings]]]
"""Opens the database of the settings, for as long as a command runs."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Value = TypeVar("Value")

OPERATOR = Caller(Role.ADMINISTRATOR, "command line")
"""Whoever may open the database on this machine; the audit log says so."""


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def rules_of(settings: ApiSettings) -> RulesInForce:
    """Return the library's rules, which begin as what the settings say."""
    return RulesInForce(Rulebook(settings.time_zone, settings.loan_days, settings.shelf_days))


def run(
    opened: Opened,
    work: Callable[[Session, Call], Value],
    *,
    writes: bool,
    path: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Value:
    """Call a service as the operator of this machine, in one transaction."""

    def unit(session: Session) -> Value:
        rules = rules_of(settings).current(session.connection())
        return work(session, Call(now(), rules, path or {}, OPERATOR, version))

    with opened() as (database, settings):
        return database.write_now(unit) if writes else database.read_now(unit)


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
