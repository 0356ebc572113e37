"""Instants in statements: what each of the databases calls by another name."""

from typing import Any

from sqlalchemy import Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class UtcHour(FunctionElement[str]):
    """The hour in which an instant lies, in UTC: `2026-11-23 12`."""

    type = Text()
    inherit_cache = True


@compiles(UtcHour)
def _hour_on_sqlite(element: UtcHour, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"substr({compiler.process(element.clauses, **options)}, 1, 13)"


@compiles(UtcHour, "postgresql")
def _hour_on_postgresql(element: UtcHour, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    instant = compiler.process(element.clauses, **options)
    return f"to_char(({instant}) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"


class SecondsBetween(FunctionElement[int]):
    """How many whole seconds went by from one instant to another."""

    type = Integer()
    inherit_cache = True


@compiles(SecondsBetween)
def _seconds_on_sqlite(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    first, last = (compiler.process(one, **options) for one in element.clauses)
    return f"(strftime('%s', {last}) - strftime('%s', {first}))"


@compiles(SecondsBetween, "postgresql")
def _seconds_on_postgresql(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    first, last = (compiler.process(one, **options) for one in element.clauses)
    return f"CAST(floor(extract(epoch FROM {last} - {first})) AS integer)"
