import re
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from catalogue_api.storage.engine import schema
from catalogue_api.storage.engine.errors import SchemaBehind, StorageDamaged
from catalogue_api.storage.engine.postgres import engine_of
from catalogue_api.storage.engine.sqlite import reading_engine, writing_engine
from catalogue_api.storage.tables import Table


@pytest.fixture
def engine(tmp_path: Path):
    engine = writing_engine(f"sqlite:///{tmp_path / 'c.db'}")
    yield engine
    engine.dispose()


@pytest.mark.server
def test_an_empty_database_is_refused_then_migrated(engine) -> None:
    with pytest.raises(SchemaBehind, match="ritournelle-api migrate"):
        schema.require_head(engine)
    assert schema.migrate(engine) == schema.head()
    schema.require_head(engine)
    assert schema.migrate(engine) == schema.head()


@pytest.mark.server
def test_the_tables_and_the_migrated_schema_agree(engine) -> None:
    schema.migrate(engine)
    with engine.connect() as connection:
        opts = {
            "compare_type": True,
            "include_object": _alembic_can_compare,
            "include_name": schema.is_compared,
        }
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Table.metadata) == []
        migrated = _described(connection)
    engine_of_tables = writing_engine(str(engine.url).replace("c.db", "d.db"))
    Table.metadata.create_all(engine_of_tables)
    with engine_of_tables.connect() as connection:
        # Alembic compares no CHECK and no partial index condition: SQLite's own text does.
        assert _described(connection) == migrated
    engine_of_tables.dispose()


@pytest.mark.server
def test_the_tables_and_the_migrated_schema_agree_on_postgresql(postgres) -> None:
    url = postgres.create("template_library")
    engine = engine_of(url, size=1)
    with engine.connect() as connection:
        opts = {
            "compare_type": True,
            "include_object": _alembic_can_compare,
            "include_name": schema.is_compared,
        }
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Table.metadata) == []
    engine.dispose()
    postgres.drop(url)


def _alembic_can_compare(_object, name, kind, _reflected, _compare_to) -> bool:
    """A descending column is an expression to Alembic; the texts of SQLite are compared anyway."""
    return (kind, name) != ("index", "ix_holds_waiting")


def _described(connection) -> dict[str, list[str]]:
    rows = connection.execute(
        text(
            "SELECT name, tbl_name, sql FROM sqlite_master"
            " WHERE sql IS NOT NULL AND type <> 'trigger' AND name NOT LIKE 'alem%'"
        )
    ).all()
    compared = (row for row in rows if schema.is_compared(row.tbl_name, "table", {}))
    return {name: sorted(_parts(sql)) for name, _, sql in compared}


def _parts(sql: str) -> list[str]:
    """Columns and constraints of a CREATE statement, however SQLite spells their separation."""
    plain = re.sub(r'CREATE TABLE "(\w+)"', r"CREATE TABLE \1", sql)
    # Where Alembic makes a table anew, an empty default stands in brackets.
    plain = plain.replace("DEFAULT ('')", "DEFAULT ''")
    lines = re.split(r"\n|, (?=\w+ (?:VARCHAR|INTEGER|BOOLEAN|DATE|TIME))", plain)
    return [part.strip(" ,()\t") for part in lines]


@pytest.mark.server
def test_a_migration_that_finds_damage_leaves_nothing(engine) -> None:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("CREATE TABLE b (a REFERENCES a (id))")
        driver.execute("INSERT INTO b VALUES (1)")
    with pytest.raises(StorageDamaged, match="point nowhere in: b"):
        schema.migrate(engine)
    assert schema.current(engine) is None
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 1


@pytest.mark.server
def test_there_is_no_way_back_from_what_an_older_release_could_not_keep(engine) -> None:
    schema.migrate(engine)
    with (
        engine.connect() as connection,
        connection.begin(),
        pytest.raises(NotImplementedError, match="restore the copy"),
    ):
        command.downgrade(schema._config(connection), "base")
    assert schema.current(engine) == schema.head()


@pytest.mark.server
def test_the_first_revision_comes_up_with_its_rows(engine) -> None:
    come_up(engine)


@pytest.mark.server
def test_the_first_revision_comes_up_with_its_rows_on_postgresql(postgres) -> None:
    url = postgres.create()
    engine = engine_of(url, size=1)
    come_up(engine)
    engine.dispose()
    postgres.drop(url)


def come_up(engine) -> None:
    with engine.connect() as connection, connection.begin():
        command.upgrade(schema._config(connection), "0001")
        for statement in _ROWS_OF_0001:
            connection.execute(text(statement))
    assert schema.migrate(engine) == schema.head()
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT returns.barcode, due_on, kiosk, items.version FROM returns"
                " JOIN loans ON loans.id = loan_id JOIN items ON items.id = loans.item_id"
                " JOIN kiosks ON kiosks.name = kiosk"
            )
        )
        assert len(found.all()) == 1


_ROWS_OF_0001 = (
    "INSERT INTO sites VALUES ('c', 'Centrale')",
    "INSERT INTO titles VALUES (1, 't', '1', '', 'L’Été', '', '', '', '', NULL,"
    " 'book', '', 'adult')",
    "INSERT INTO items VALUES (1, 'B1', 1, 'c', 'c', NULL, '', 'available')",
    "INSERT INTO patrons VALUES (1, 'P1', 'Inconnue', '', NULL, 'adult', '')",
    "INSERT INTO kiosks VALUES ('k', 'c', 'x', '2026-01-01 00:00:00', NULL)",
    "INSERT INTO loans VALUES (1, 1, 1, '2026-01-01 00:00:00', '2026-01-29',"
    " '2026-01-20 00:00:00')",
    "INSERT INTO returns VALUES ('r', 'k', 'B1', 1, 1, NULL, '', '[]', '2026-01-20 00:00:00',"
    " '2026-01-20 00:00:00', 'h', 'returned', '{}', '1', 'secured')",
)


@pytest.mark.server
def test_foreign_keys_are_on_again_after_a_migration(engine) -> None:
    schema.migrate(engine)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO loans (item_id, patron_id, started_at, due_on)"
                " VALUES (1, 1, '2026-01-01', '2026-01-29')"
            )
        )


@pytest.mark.server
def test_connections_are_durable_and_readers_cannot_write(engine) -> None:
    schema.migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    reader = reading_engine(str(engine.url), size=1)
    with reader.connect() as connection, pytest.raises(Exception, match="readonly"):
        connection.execute(text("DELETE FROM loans"))
    reader.dispose()
