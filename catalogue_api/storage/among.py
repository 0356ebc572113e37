"""`among(column, "ids")`: a column whose value is in a list, which travels as one parameter.

SQLAlchemy's own `in_` writes one parameter for each value, and takes longer for hundreds of them
than the database. SQLite gets the list as JSON, PostgreSQL as an array.
"""

import json
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Dialect, Text, TypeDecorator, bindparam
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


class _Rows(FunctionElement[Any]):
    """The values as a query of one column."""

    inherit_cache = True


@compiles(_Rows)
def _on_sqlite(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return "".join(("(SELECT value FROM json_each", _list(element, compiler, options), ")"))


@compiles(_Rows, "postgresql")
def _on_postgresql(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return f"(SELECT unnest{_list(element, compiler, options)})"


def _list(element: _Rows, compiler: SQLCompiler, options: dict[str, Any]) -> str:
    return f"({compiler.process(element.clauses, **options)})"


def among(column: Mapped[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column is in the list that the parameter `name` will be."""
    of_table = cast("ColumnElement[Any]", column)
    values = bindparam(name, type_=_Values(type(of_table.type)))
    return of_table.bool_op("IN")(_Rows(values))
