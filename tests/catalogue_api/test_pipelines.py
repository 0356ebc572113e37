"""Units on PostgreSQL run in a pipeline: what goes wrong in one is heard, and costs nobody else."""

from collections.abc import Iterator

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlmodel import Session, col

from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.engine.errors import StorageConflict, StorageUnavailable
from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.engine.unit import connection_of
from catalogue_api.storage.tables import Site

pytestmark = pytest.mark.server
ADD = Prepared(insert(Site).values(code=bindparam("site"), name=bindparam("said")))
NAME = Prepared(select(col(Site.name)).where(col(Site.code) == bindparam("site")))
PREPARED = text("SELECT count(*) FROM pg_prepared_statements")


@pytest.fixture
def database(postgres) -> Iterator[Database]:
    """A database with one connection, so that what a unit leaves behind meets the next."""
    url = postgres.create("template_library")
    database = Database(url, threads=0)
    yield database
    database.close()
    postgres.drop(url)


def add(session: Session, code: str, name: str = "") -> None:
    ADD.run(connection_of(session), {"site": code, "said": name or code})


def name(database: Database, code: str) -> str | None:
    row = database.read_now(lambda session: NAME.first(connection_of(session), {"site": code}))
    return row[0] if row else None


def test_answers_are_looked_at_in_any_order_and_statements_run_in_theirs(database) -> None:
    def work(session: Session) -> list[tuple[object, ...] | None]:
        connection = connection_of(session)
        before = NAME.ask(connection, {"site": "a"})
        add(session, "a", "Annexe")
        after = NAME.ask(connection, {"site": "a"})
        add(session, "b")
        return [after.first(), before.first(), NAME.first(connection, {"site": "b"})]

    assert database.write_now(work) == [("Annexe",), None, ("b",)]
    assert name(database, "b") == "b"


def test_a_count_is_waited_for(database) -> None:
    def work(session: Session) -> int:
        add(session, "a")
        return ADD.count(connection_of(session), {"site": "b", "said": "b"})

    assert database.write_now(work) == 1


@pytest.mark.parametrize("by_sqlalchemy", [False, True])
def test_what_goes_wrong_unheard_is_heard_at_the_end(database, by_sqlalchemy) -> None:
    def work(session: Session) -> str:
        add(session, "a")
        add(session, "a")
        add(session, "b")
        if by_sqlalchemy:
            session.execute(text("SELECT 1"))
        return "done"

    for _ in range(8):  # the driver prepares a statement that comes again
        with pytest.raises(StorageConflict):
            database.write_now(work)
    assert (name(database, "a"), name(database, "b")) == (None, None)
    database.write_now(lambda session: add(session, "a"))
    assert name(database, "a") == "a"


def test_sqlalchemy_sees_what_the_pipeline_has_sent_and_goes_on_without(database) -> None:
    def work(session: Session) -> list[str]:
        add(session, "a")
        session.add(Site(code="b", name="b"))
        found = session.scalars(select(col(Site.code)).order_by(col(Site.code))).all()
        add(session, "c")
        return list(found)

    assert database.write_now(work) == ["a", "b"]
    assert name(database, "c") == "c"


def test_a_refusal_takes_all_back_and_costs_no_prepared_statement(database) -> None:
    def work(session: Session) -> None:
        connection = connection_of(session)
        add(session, "a")
        NAME.first(connection, {"site": "a"})
        raise ZeroDivisionError

    for _ in range(8):
        with pytest.raises(ZeroDivisionError):
            database.write_now(work)
    assert name(database, "a") is None
    assert database.write_now(lambda session: session.execute(PREPARED).scalar_one()) >= 2


def test_a_deferred_constraint_that_fails_at_the_commit_is_heard(database) -> None:
    def unit(*statements: str):
        return lambda session: [session.execute(text(one)) for one in statements] and None

    database.write_now(unit("CREATE TABLE d (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
    with pytest.raises(StorageConflict):
        database.write_now(unit("INSERT INTO d VALUES (1)", "INSERT INTO d VALUES (1)"))
    database.write_now(unit("INSERT INTO d VALUES (1)"))


def test_a_connection_that_is_lost_in_a_pipeline_is_replaced(database) -> None:
    lose = Prepared(select(text("pg_terminate_backend(pg_backend_pid())")))

    def work(session: Session) -> None:
        add(session, "a")
        lose.run(connection_of(session), {})
        add(session, "b")

    with pytest.raises(StorageUnavailable):
        database.write_now(work)
    database.write_now(lambda session: add(session, "c"))
    assert [name(database, code) for code in "abc"] == [None, None, "c"]
