"""Statements of the hot paths: compiled once, then run on the driver's own cursor.

SQLAlchemy's execution costs as much as the statement itself. These statements are still written
as Core expressions, so that both databases are served by one text; binding and result types are
those of the columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect, Insert, Select, Update

Convert = Callable[[Any], Any] | None
Parameters = list[Any] | dict[str, Any]
Statement = Select[*tuple[Any, ...]] | Insert | Update


class Cursor(Protocol):
    """What both drivers' cursors have in common."""

    rowcount: int

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One statement in one dialect: its text, and how values go in and come out."""

    sql: str
    binds: tuple[tuple[str, str, Convert], ...]
    """The driver's name of each parameter, ours, and its conversion; in the order of the text."""
    columns: tuple[tuple[int, Any], ...]
    """Place and conversion of those result columns that need one."""
    constants: Mapping[str, Any]
    positional: bool

    def parameters(self, values: Mapping[str, Any]) -> Parameters:
        bound = {**self.constants, **values}
        if self.positional:
            return [
                bound[key] if convert is None else convert(bound[key])
                for _, key, convert in self.binds
            ]
        return {
            name: bound[key] if convert is None else convert(bound[key])
            for name, key, convert in self.binds
        }


class Prepared:
    """A statement whose `bindparam` names are the keys of the values that it is run with.

    Whatever a partial index asks for must stand in its text, not in a parameter.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run the statement and return its rows, converted as the columns' types say."""
        compiled = self._for(connection.dialect)
        found = self._run(connection, compiled, values).fetchall()
        if not compiled.columns:
            return found
        return [_converted(row, compiled.columns) for row in found]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        return next(iter(self.rows(connection, values)), None)

    def count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run the statement and return how many rows it changed."""
        return self._run(connection, self._for(connection.dialect), values).rowcount

    def _run(
        self, connection: Connection, compiled: _Compiled, values: Mapping[str, Any]
    ) -> Cursor:
        driver: Any = connection.connection.driver_connection
        cursor: Cursor = driver.execute(compiled.sql, compiled.parameters(values))
        return cursor

    def _for(self, dialect: Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _compile(self._statement, dialect)
        return known


def _compile(statement: Statement, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    names: list[str] = list(compiled.positiontup or compiled.binds)
    defaults = {column.key: column.default.arg for column in compiled.insert_prefetch or ()}
    binds, constants = [], {}
    for name in names:
        parameter = compiled.binds[name]
        if not parameter.required:
            constants[parameter.key] = defaults.get(name, parameter.value)
        convert = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        binds.append((name, parameter.key, convert))
    columns: list[tuple[int, Any]] = []
    if isinstance(statement, Select):
        for place, column in enumerate(statement.selected_columns):
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                columns.append((place, convert))
    return _Compiled(
        compiled.string, tuple(binds), tuple(columns), constants, bool(compiled.positiontup)
    )


def _converted(row: tuple[Any, ...], columns: tuple[tuple[int, Any], ...]) -> tuple[Any, ...]:
    values = list(row)
    for place, convert in columns:
        values[place] = convert(values[place])
    return tuple(values)
