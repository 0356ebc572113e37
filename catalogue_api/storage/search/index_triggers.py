"""Triggers that note which titles must be indexed anew, whatever statement changes them.

They are laid at the end of every migration, which may have made a table of SQLite anew and so
lost its triggers. What they note is settled by `storage.search.indexing` before the transaction
ends.
"""

from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class _Watched:
    """A table, the column with the title, and the columns that titles are found by (all: "")."""

    table: str
    title: str
    columns: tuple[str, ...] = ()


_WATCHED = (
    _Watched("titles", "id"),
    _Watched("title_numbers", "title_id"),
    _Watched("items", "title_id", ("barcode", "title_id")),
)
# Not `INSERT OR IGNORE`: the statement that fires a trigger overrules an OR clause in it.
_NOTE_ON_SQLITE = (
    "INSERT INTO titles_to_index (title_id) SELECT {id}"
    " WHERE NOT EXISTS (SELECT 1 FROM titles_to_index WHERE title_id = {id});"
)
_NOTE_ON_POSTGRESQL = "INSERT INTO titles_to_index (title_id) VALUES ({id});"

WATCHED_TABLES = frozenset(watched.table for watched in _WATCHED)


def lay_triggers(connection: Connection) -> None:
    """Make the triggers, or make them anew as this release wants them."""
    for watched in _WATCHED:
        if connection.dialect.name == "sqlite":
            statements = _on_sqlite(watched)
        else:
            statements = _on_postgresql(watched)
        for statement in statements:
            connection.exec_driver_sql(statement)


def _on_sqlite(watched: _Watched) -> list[str]:
    statements = []
    changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in watched.columns)
    columns = f" OF {', '.join(watched.columns)}" if watched.columns else ""
    for event, rows in (("INSERT", ("new",)), ("UPDATE", ("old", "new")), ("DELETE", ("old",))):
        name = f"index_{watched.table}_{event.lower()}"
        when = f" WHEN {changed}" if event == "UPDATE" and changed else ""
        of = columns if event == "UPDATE" else ""
        notes = " ".join(_NOTE_ON_SQLITE.format(id=f"{row}.{watched.title}") for row in rows)
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} AFTER {event}{of} ON {watched.table}{when} BEGIN {notes} END",
        ]
    return statements


def _on_postgresql(watched: _Watched) -> list[str]:
    name = f"index_{watched.table}"
    old, new = (_NOTE_ON_POSTGRESQL.format(id=f"{row}.{watched.title}") for row in ("OLD", "NEW"))
    changed = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in watched.columns)
    columns = f" OF {', '.join(watched.columns)}" if watched.columns else ""
    when = f" WHEN ({changed})" if changed else ""
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'DELETE' THEN {old} ELSE {new} END IF;"
        f" IF TG_OP = 'UPDATE' AND OLD.{watched.title} <> NEW.{watched.title} THEN {old} END IF;"
        " RETURN NULL; END $$",
        f"CREATE OR REPLACE TRIGGER {name} AFTER INSERT OR DELETE ON {watched.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"CREATE OR REPLACE TRIGGER {name}_update AFTER UPDATE{columns} ON {watched.table}"
        f" FOR EACH ROW{when} EXECUTE FUNCTION {name}()",
    ]
