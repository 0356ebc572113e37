"""Statements of the hot paths: compiled once, then run on the driver's own cursor.

SQLAlchemy's execution costs as much as the statement itself. These statements are still written
as Core expressions, so that both databases are served by one text; binding and result types are
those of the columns.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect, Insert, Select, Update

from catalogue_api.storage.engine import pipelines

Convert = Callable[[Any], Any]
Parameters = list[Any] | dict[str, Any]
Statement = Select[*tuple[Any, ...]] | Insert | Update


class Cursor(Protocol):
    """What both drivers' cursors have in common."""

    rowcount: int

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One statement in one dialect: its text, and how values go in and come out.

    `pick` takes the values of the parameters out of a mapping, in the order of `names`; `convert`
    has the places of those that need a conversion, `columns` the places of such result columns.
    """

    sql: str
    names: tuple[str, ...]
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    convert: tuple[tuple[int, Convert], ...]
    columns: tuple[tuple[int, Convert], ...]
    constants: Mapping[str, Any]
    positional: bool

    def parameters(self, values: Mapping[str, Any]) -> Parameters:
        bound = list(self.pick({**self.constants, **values} if self.constants else values))
        for place, convert in self.convert:
            bound[place] = convert(bound[place])
        return bound if self.positional else dict(zip(self.names, bound, strict=True))


class Asked:
    """A question that was put to the database; others may be put before it is looked at."""

    __slots__ = ("_columns", "_cursor")

    def __init__(self, cursor: Cursor, columns: tuple[tuple[int, Convert], ...]) -> None:
        self._cursor = cursor
        self._columns = columns

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows of the answer, converted as the columns' types say; once only."""
        found = self._cursor.fetchall()
        return [_converted(row, self._columns) for row in found] if self._columns else found

    def first(self) -> tuple[Any, ...] | None:
        """Return the first row, or None; once only."""
        return next(iter(self.rows()), None)


class Prepared:
    """A statement whose `bindparam` names are the keys of the values that it is run with.

    Whatever a partial index asks for must stand in its text, not in a parameter.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run the statement and return its rows, converted as the columns' types say."""
        return self.ask(connection, values).rows()

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        return next(iter(self.rows(connection, values)), None)

    def ask(self, connection: Connection, values: Mapping[str, Any]) -> Asked:
        """Run the statement; its rows are waited for when they are looked at."""
        compiled = self._for(connection.dialect)
        return Asked(self._run(connection, compiled, values), compiled.columns)

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Run the statement; in a pipeline nobody waits for it."""
        self._run(connection, self._for(connection.dialect), values)

    def count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run the statement and return how many rows it changed."""
        cursor = self._run(connection, self._for(connection.dialect), values)
        pipelines.arrive(connection)
        return cursor.rowcount

    def _run(
        self, connection: Connection, compiled: _Compiled, values: Mapping[str, Any]
    ) -> Cursor:
        # The quickest way to the driver: both drivers' connections are their own DB-API ones.
        driver: Any = connection.connection.dbapi_connection
        cursor: Cursor = driver.execute(compiled.sql, compiled.parameters(values))
        return cursor

    def _for(self, dialect: Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _compile(self._statement, dialect)
        return known


def _compile(statement: Statement, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    names = tuple(compiled.positiontup or compiled.binds)
    defaults = {column.key: column.default.arg for column in compiled.insert_prefetch or ()}
    parameters = [compiled.binds[name] for name in names]
    constants = {
        parameter.key: defaults.get(name, parameter.value)
        for name, parameter in zip(names, parameters, strict=True)
        if not parameter.required
    }
    convert = [one.type.dialect_impl(dialect).bind_processor(dialect) for one in parameters]
    columns: list[Convert | None] = []
    if isinstance(statement, Select):
        columns = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in statement.selected_columns
        ]
    return _Compiled(
        compiled.string,
        names,
        _picker([parameter.key for parameter in parameters]),
        _needed(convert),
        _needed(columns),
        constants,
        bool(compiled.positiontup),
    )


def _picker(keys: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda values: tuple(values[key] for key in keys)


def _needed(converts: Iterable[Convert | None]) -> tuple[tuple[int, Convert], ...]:
    return tuple((place, one) for place, one in enumerate(converts) if one is not None)


def _converted(row: tuple[Any, ...], columns: tuple[tuple[int, Convert], ...]) -> tuple[Any, ...]:
    values = list(row)
    for place, convert in columns:
        values[place] = convert(values[place])
    return tuple(values)
