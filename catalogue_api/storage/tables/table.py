"""What all tables are made of: one metadata, named constraints, closed lists as checked strings.

No table module has `from __future__ import annotations`: SQLModel reads the types when the class
is made. Rows are records and are not validated; the contract is where bodies are validated.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, MetaData
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


NEVER_AGAIN: Final = {"sqlite_autoincrement": True}
"""A number of this table that was given once is never given again, as PostgreSQL has it anyway.

SQLite would give the highest number that is free by now. But rows go, and their numbers stay: in
the audit, in the addresses of mails, in the keys of notices, in forms that somebody has still open.
"""


class Table(SQLModel):
    """A record of the database. Datetimes are aware and come back in UTC."""

    metadata = MetaData(naming_convention=NAMING)


def server_default(value: str) -> dict[str, str]:
    """Return the column arguments for a value that rows older than the column have."""
    return {"server_default": value}


def sql_list(values: Iterable[StrEnum]) -> str:
    """Return the values as an SQL list of string literals: `('a', 'b')`."""
    return "(" + ", ".join(f"'{value.value}'" for value in values) + ")"


def one_of(column: str, closed: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that a column holds a value of a closed list."""
    return CheckConstraint(f"{column} IN {sql_list(closed)}", name=column)
