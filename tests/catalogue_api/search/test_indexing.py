"""The index is kept true by whatever changes titles and copies, and is the same everywhere."""

import asyncio
import shutil
from pathlib import Path

import pytest
from alembic import command
from catalogue_world import World
from corpus import copies, corpus, numbers, title
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from catalogue_api.domain.queries import Field, Query, beginning, parse, tiers
from catalogue_api.services.titles.reindexing import reindex
from catalogue_api.storage.engine import schema
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.engine.errors import StorageConflict
from catalogue_api.storage.engine.sqlite import writing_engine
from catalogue_api.storage.search import indexing, searching
from catalogue_api.storage.search.filters import Filters
from catalogue_api.storage.search.searching import Facets
from catalogue_api.storage.tables import Item, Site, Title


def _ids(world: World, q: str) -> list[int]:
    return world.database.read_now(
        lambda session: searching.newest(session.connection(), parse(q), Filters(), None, 50)
    )


def _run(world: World, sql: str) -> None:
    world.database.write_now(lambda session: session.connection().execute(text(sql)))


def test_what_is_added_changed_and_deleted_is_found_so(world) -> None:
    world.add(title(50, "Germinal", "Zola"))
    assert _ids(world, "germinal") == [50]

    def rename(session) -> None:
        session.get(Title, 50).title = "La Terre"

    world.database.write_now(rename)
    assert (_ids(world, "germinal"), _ids(world, "terre zola")) == ([], [50])
    _run(world, "UPDATE titles SET subjects = 'Mines' WHERE id = 50")
    assert _ids(world, "sujet:mine") == [50]
    _run(world, "INSERT INTO title_numbers VALUES (50, '9782070409228', 'isbn')")
    assert _ids(world, "9782070409228") == [50]
    _run(world, "DELETE FROM title_numbers")
    _run(world, "DELETE FROM titles WHERE id = 50")
    assert _ids(world, "terre") == _ids(world, "zola") == _ids(world, "9782070409228") == []
    assert world.rows("SELECT * FROM titles_to_index") == []


def test_a_copy_is_found_by_its_barcode_wherever_it_goes(world) -> None:
    world.add(Item(id=90, barcode="B90", title_id=1, home_site="cachan", current_site="cachan"))
    assert _ids(world, "barcode:B90") == [1]
    _run(world, "UPDATE items SET title_id = 2 WHERE id = 90")
    assert _ids(world, "barcode:B90") == [2]
    _run(world, "UPDATE items SET barcode = 'C90' WHERE id = 90")
    assert (_ids(world, "barcode:B90"), _ids(world, "barcode:c90")) == ([], [2])
    _run(world, "DELETE FROM items WHERE id = 90")
    assert _ids(world, "barcode:c90") == []


def test_a_unit_that_fails_leaves_the_index_as_it_was(world) -> None:
    def add_twice(session) -> None:
        session.add(title(50, "Germinal"))
        session.flush()
        session.add(title(51, "Nana", control_number="50"))

    with pytest.raises(StorageConflict):
        world.database.write_now(add_twice)
    assert _ids(world, "germinal") == []
    world.add(title(52, "Nana"))
    assert (_ids(world, "germinal"), _ids(world, "nana")) == ([], [52])


def test_what_goes_round_everything_is_settled_by_the_next_unit(world) -> None:
    def quietly(session) -> None:
        session.connection().connection.cursor().execute(
            "UPDATE titles SET title = 'Nana' WHERE id = 2"
        )

    world.database.write_now(quietly)
    assert world.rows("SELECT title_id FROM titles_to_index") == [(2,)]
    world.add(title(50, "Germinal"))
    assert (_ids(world, "nana"), world.rows("SELECT * FROM titles_to_index")) == ([2], [])


def test_circulation_does_not_touch_the_index(world) -> None:
    def quietly(session) -> None:
        session.connection().connection.cursor().execute(
            "UPDATE items SET status = 'in_repair', current_site = 'arcueil' WHERE id = 1"
        )

    world.database.write_now(quietly)
    assert world.rows("SELECT * FROM titles_to_index") == []


def test_titles_are_noted_and_settled_in_batches(world, monkeypatch) -> None:
    monkeypatch.setattr(indexing, "BATCH", 3)
    world.add(*corpus())

    def again(session) -> tuple[int | None, int]:
        last = indexing.note_all(session.connection(), 12, 10)
        return last, indexing.settle(session.connection())

    assert world.database.write_now(again) == (22, 10)
    assert _ids(world, "東京") == [22]


@pytest.mark.server
def test_titles_older_than_the_index_are_indexed_by_the_migration(tmp_path: Path) -> None:
    engine = writing_engine(f"sqlite:///{tmp_path / 'c.db'}")
    with engine.connect() as connection, connection.begin():
        command.upgrade(schema._config(connection), "0009")
        connection.execute(
            text(
                "INSERT INTO titles (id, source, control_number, isbn, title, subtitle, volume,"
                " author, publisher, kind, language, audience) VALUES"
                " (1, 't', '1', '', 'L’Été', '', '', '', '', 'book', '', 'adult')"
            )
        )
    schema.migrate(engine)
    engine.dispose()
    database = Database(f"sqlite:///{tmp_path / 'c.db'}", threads=0)
    found = database.read_now(
        lambda s: searching.newest(s.connection(), parse("été"), Filters(), None, 9)
    )
    database.close()
    assert found == [1]


class _Both:
    """The same titles in the databases that there are."""

    def __init__(self, *databases: Database) -> None:
        self.databases = databases
        for database in databases:
            database.write_now(self._fill)

    @staticmethod
    def _fill(session) -> None:
        session.add_all([Site(code="cachan", name="Cachan"), Site(code="arcueil", name="Arcueil")])
        session.add_all(corpus())
        session.flush()
        session.add_all([*copies(), *numbers()])

    def found(self, query: Query, filters: Filters) -> list[object]:
        """What each database finds, in every way of asking."""

        def ask(session) -> object:
            connection = session.connection()
            ids = searching.newest(connection, query, filters, None, 100)
            tiered = [
                searching.newest(connection, query, filters, None, 100, tier)
                for tier in tiers(query)
            ]
            assert sorted(number for ids_ in tiered for number in ids_) == sorted(ids)
            assert searching.total(connection, query, filters) == len(ids)
            best = searching.best(connection, query, filters, None, 100)
            return ids, best, searching.facets(connection, query, filters)

        return [database.read_now(ask) for database in self.databases]

    def close(self) -> None:
        for database in self.databases:
            database.close()


@pytest.fixture(scope="module")
def sqlite_alone(template, tmp_path_factory):
    both = _Both(_copied(template, tmp_path_factory))
    yield both
    both.close()


@pytest.fixture(scope="module")
def both(template, tmp_path_factory, postgres):
    url = postgres.create("template_library")
    both = _Both(_copied(template, tmp_path_factory), Database(url, threads=0))
    yield both
    both.close()


def _copied(template: Path, folders) -> Database:
    path = folders.mktemp("both") / "catalogue.db"
    shutil.copy(template, path)
    return Database(f"sqlite:///{path}", threads=0)


_PIECES = [
    *("hugo", "victor", "misérables", "oeuvre", "prince", "petit", "france", "histoire", "mot"),
    *("auteur:", "titre:", "sujet:", "isbn:", "barcode:", '"', "«", "»", "*", " ", "-", "'", "’"),
    *("AND", "OR", "NOT", "NEAR(", ")", "^", "{title}", ":", "+", "\\", "%", "&", "|", "!", "<->"),
    *(
        "\0",
        "'; DROP TABLE titles; --",
        "<b>",
        "🎉",
        "東京",
        "мир",
        "שלום",
        "_petit_prince",
        "1984",
    ),
    *("978-2-07-040922-8", "3000011", "c:*", "a", "l'", "\ud800", "\u0301", "chevaux", "x" * 80),
]
_QUESTIONS = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=8).map("".join),
    st.lists(st.sampled_from(_PIECES), max_size=8).map(" ".join),
    st.text(max_size=60),
)
_ALMOST_ALL = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150
)


@pytest.mark.server
@_ALMOST_ALL
@given(q=_QUESTIONS)
def test_no_question_is_an_error(sqlite_alone, q) -> None:
    for query in (parse(q), beginning(q, Field.TITLE)):
        ((ids, _, facets),) = sqlite_alone.found(query, Filters())
        assert sum(facets.kinds.values()) == len(ids)


@pytest.mark.server
@_ALMOST_ALL
@given(
    q=_QUESTIONS,
    filters=st.builds(
        Filters,
        kinds=st.sampled_from([[], ["book"], ["comic", "film"]]),
        sites=st.sampled_from([[], ["cachan"]]),
        year_to=st.sampled_from([None, 1950]),
        available=st.booleans(),
    ),
)
def test_both_databases_find_the_same_in_the_same_order(both, q, filters) -> None:
    for query in (parse(q), beginning(q, Field.AUTHOR)):
        of_sqlite, of_postgresql = both.found(query, filters)
        assert of_sqlite == of_postgresql


def test_a_question_of_ten_kilobytes_is_answered(sqlite_alone) -> None:
    long = " ".join(f"mot{number}" for number in range(1500)) + " hugo" * 200 + ' "' * 300
    ((ids, _, facets),) = sqlite_alone.found(parse(long), Filters())
    assert (ids, facets) == ([], Facets())


def test_reindexing_makes_good_what_was_done_by_hand(world) -> None:
    def by_hand(session) -> None:
        cursor = session.connection().connection.cursor()
        cursor.execute("UPDATE titles SET title = 'Nana' WHERE id = 2")
        cursor.execute("DELETE FROM titles_to_index")

    world.add(*corpus())
    world.database.write_now(by_hand)
    assert _ids(world, "nana") == []
    steps: list[int] = []
    assert reindex(world.database, steps.append) == 24
    assert (_ids(world, "nana"), sum(steps)) == ([2], 24)
    if world.database.dialect == "postgresql":  # nothing of the old entries is left to wade through
        assert world.row("SELECT relallvisible > 0 FROM pg_class WHERE relname = 'title_index'")[0]


async def test_titles_and_copies_written_at_once_are_all_found(world) -> None:
    def add(number: int):
        def work(session) -> None:
            session.add(title(number, f"Ensemble {number}", "Personne, Inconnue"))
            session.flush()
            # Copies of the same two titles, in either order: the index of both is wanted at once.
            for place in (1, 2) if number % 2 else (2, 1):
                barcode = f"E{number}-{place}"
                here = {"home_site": "cachan", "current_site": "cachan"}
                session.add(Item(id=number * 10 + place, barcode=barcode, title_id=place, **here))
                session.flush()

        return work

    numbers_ = range(200, 224)
    await asyncio.gather(*(world.database.write(add(number)) for number in numbers_))
    assert sorted(_ids(world, "ensemble")) == list(numbers_)
    for number in numbers_:
        assert _ids(world, f"barcode:E{number}-1") == [1]
        assert _ids(world, f"barcode:E{number}-2") == [2]
    assert world.rows("SELECT * FROM titles_to_index") == []
