"""`among(column, "ids")`: a column whose value is in a list, which travels as one parameter.

SQLAlchemy's own `in_` writes one parameter for each value, and takes longer for hundreds of them
than the database. SQLite gets the list as JSON, PostgreSQL as an array.
"""

import json
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Boolean, ColumnElement, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _Values(TypeDecorator[Sequence[Any]]):
    """A list of values of one type, as a parameter."""

    impl = Text
    cache_ok = True

    def __init__(self, each: type[TypeEngine[Any]]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the parameter: an array where there are arrays."""
        return ARRAY(self.each) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Return the list as the database takes it."""
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class _Among(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()


@compiles(_Among)
def _on_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return "".join((column, " IN (SELECT value FROM json_each(", values, "))"))


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY({values})"


def among(column: Mapped[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column is in the list that the parameter `name` will be."""
    of_table = cast("ColumnElement[Any]", column)
    return _Among(of_table, bindparam(name, type_=_Values(type(of_table.type))))
