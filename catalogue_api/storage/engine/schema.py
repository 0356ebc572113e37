"""Bring a database to the schema of this release, and say whether it stands there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from catalogue_api.storage.engine.errors import SchemaBehind, StorageDamaged
from catalogue_api.storage.search import indexing
from catalogue_api.storage.search.index_triggers import lay_triggers

INDEX_TABLES = ("title_index", "title_texts", "title_words")
_SCRIPTS = Path(__file__).parents[1] / "migrations"


def migrate(engine: Engine) -> str:
    """Run the missing migrations in one transaction; return the revision reached.

    SQLite changes a table by making it anew, which must not fire foreign keys: they are off
    while it runs, and all checked before the commit. Titles that the migrations want to be found
    by something else are indexed anew.
    """
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        driver = connection.connection.driver_connection
        if sqlite and driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                command.upgrade(_config(connection), "head")
                lay_triggers(connection)
                if indexing.settle(connection):
                    indexing.tidy(connection)
                if sqlite:
                    _check_foreign_keys(connection)
        finally:
            if sqlite and driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")
    return head()


def head() -> str:
    """Return the newest revision that this release knows."""
    revision = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    if revision is None:
        raise StorageDamaged("this release has no migrations: install it again")
    return revision


def is_known(revision: str) -> bool:
    """Tell whether this release can migrate from a revision."""
    known = {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    return revision in known


def current(engine: Engine) -> str | None:
    """Return the revision of a database, None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_head(engine: Engine) -> None:
    """Raise `SchemaBehind` unless the database stands at this release's schema."""
    found = current(engine)
    if found != head():
        raise SchemaBehind(
            f"the database is at revision {found or 'none'}, this release needs {head()}: "
            "run `ritournelle-api migrate`"
        )


def is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Tell whether Alembic compares a thing of the database; the index of titles is not in a model.

    FTS5 keeps tables of its own behind `title_words`, and each database keeps the index its way.
    """
    return kind != "table" or not (name or "").startswith(INDEX_TABLES)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise StorageDamaged(f"rows point nowhere in: {tables}; nothing was changed")
