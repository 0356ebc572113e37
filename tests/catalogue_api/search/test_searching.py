"""Searching, on both databases: who is found by what, in what order, and where it can be had."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from catalogue_world import TODAY, World
from corpus import copies, corpus, numbers, title
from sqlalchemy import event, text

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.search import SEARCH, SHOW_TITLE, SUGGEST, Found, Search, Suggest
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.queries import Query
from catalogue_api.storage.search import searching
from catalogue_api.storage.search.filters import Filters


@pytest.fixture
def library(world: World) -> World:
    """The small library with the corpus beside its own two titles."""
    _fill(world)
    return world


def _fill(world: World) -> None:
    def fill(session) -> None:
        session.add_all(corpus())
        session.flush()
        session.add_all([*copies(), *numbers()])

    world.database.write_now(fill)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)]
)
def at_rest(request, template, tmp_path_factory) -> Iterator[World]:
    """The same library for tests that change nothing."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("library") / "catalogue.db"
        shutil.copy(template, path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgres").create("template_library")
    world = World(url)
    _fill(world)
    yield world
    world.database.close()


async def _found(world: World, q: str = "", **values) -> Found:
    return await world.embedded("").call(SEARCH, Search(q=q, **values))


async def _ids(world: World, q: str = "", **values) -> list[int]:
    return [hit.id for hit in (await _found(world, q, **values)).hits]


_FOUND = {
    "miserables": [11],
    "MISÉRABLE": [11],
    "hugo miserables": [11],
    "misérables, victor": [11],
    "oeuvre": [14, 15],
    "œuvres": [14, 15],
    "l'histoire": [16, 17],
    "d’histoire": [16, 17],
    "cheval": [18, 17],
    "chevaux": [18, 17],
    '"victor hugo"': [13],
    '"hugo victor"': [12, 11, 13],
    "auteur:hugo": [12, 11],
    "author:hugo titre:paris": [12],
    "sujet:paris": [13],
    'sujet:"hugo victor"': [13],
    "978-2-07-040922-8": [11],
    "isbn:2070612759": [19],
    "2-07-061275-9": [19],
    "3000012": [12],
    "barcode:3000011": [11],
    "code-barres:B200": [11],
    "titre:3000011": [],
    "東京": [22],
    "京東": [],
    "мир война": [23],
    "שלום": [24],
    "drop table titles": [25],
    '"drop table"': [25],
    "near and or not": [26],
    "mot dernier": [],
    "mot naive fin": [28],
    "aste*": [30, 29, 2],
    "le petit prince": [19, 20],
    "prince grand": [20],
    "l'été": [1],
    "1984": [31],
    "zzz": [],
}
"""Questions, and what answers them, best first."""


async def test_who_is_found_by_what(at_rest) -> None:
    assert {q: await _ids(at_rest, q, exact=True) for q in _FOUND} == _FOUND
    assert await _ids(at_rest, "*", limit=2) == await _ids(at_rest, limit=2) == [32, 31]


async def test_filters_narrow_what_is_found(library) -> None:
    assert await _ids(library, kind=("comic",)) == [30, 29]
    assert await _ids(library, "astérix", kind=("comic",), year_from=1965) == [29]
    assert await _ids(library, language=("jpn", "heb")) == [24, 22]
    assert await _ids(library, "petit", audience=("child",), year_to=1950) == [19]
    assert await _ids(library, site=("arcueil",)) == [12, 11, 1]
    assert await _ids(library, "hugo", site=("nowhere",)) == []
    assert await _ids(library, "hugo", available=True) == [12, 11]
    library.lend("112")
    assert await _ids(library, "hugo", available=True, site=("arcueil",)) == [11]


async def test_hits_come_in_the_order_that_is_asked_for(at_rest) -> None:
    some = {"kind": ("book",), "year_from": 1}
    assert await _ids(at_rest, sort="title", **some) == [31, 21, 11, 12, 14, 15, 19, 20]
    assert await _ids(at_rest, sort="author", **some) == [21, 12, 11, 20, 31, 19, 15, 14]
    assert await _ids(at_rest, sort="year", **some) == [20, 31, 19, 15, 14, 21, 11, 12]
    assert await _ids(at_rest, sort="newest", **some) == [31, 21, 20, 19, 15, 14, 12, 11]


@pytest.mark.parametrize("sort", ["relevance", "title", "author", "year", "newest"])
async def test_pages_have_no_gaps_and_no_doubles_while_titles_are_added(library, sort) -> None:
    asked = {"q": ["hugo", "OR", "zola"][0], "sort": sort}
    for extra in range(40, 47):
        library.add(title(extra, f"Hugo {extra}", "Hugo, Victor" if extra % 2 else "", year=extra))
    before = await _ids(library, **asked)
    cursor, seen = "", []
    for page in range(20):
        found = await _found(library, **asked, limit=2, cursor=cursor)
        seen += [hit.id for hit in found.hits]
        cursor = found.next
        if not cursor:
            break
        library.add(title(60 + page, f"Hugo hugo {page}", "Hugo, Adèle", year=1000 + page))
    assert [number for number in seen if number < 60] == before
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    "cursor", ["x", "title..", "title.eA.1", "relevance.eA.1", "relevance.MQ.0", "year.MQ.1", "..."]
)
async def test_a_cursor_of_another_question_is_refused(at_rest, cursor) -> None:
    with pytest.raises(Refused) as refused:
        await _found(at_rest, "hugo", cursor=cursor)
    assert refused.value.type is ProblemType.INVALID_REQUEST


async def test_facets_count_the_hits(library) -> None:
    library.lend("119")
    found = await _found(library, "prince hugo", facets=True)
    assert (found.total, found.facets and found.facets.available) == (0, 0)
    facets = (await _found(library, "", facets=True)).facets
    assert facets is not None
    assert {value.value: value.count for value in facets.kind} == {
        "book": 21,
        "comic": 2,
        "film": 1,
    }
    assert [(v.value, v.count) for v in facets.language] == [
        ("fre", 18),
        ("eng", 1),
        ("heb", 1),
        ("jpn", 1),
        ("rus", 1),
    ]
    assert [(v.value, v.count) for v in facets.decade][:3] == [
        ("2000", 1),
        ("1960", 2),
        ("1940", 2),
    ]
    assert [(v.value, v.name, v.count) for v in facets.site] == [
        ("cachan", "Cachan", 5),
        ("arcueil", "Arcueil", 3),
    ]
    assert facets.available == 4
    assert {v.value: v.count for v in facets.audience} == {"anyone": 21, "child": 2, "adult": 1}


async def test_hits_say_where_they_can_be_had_now(library) -> None:
    library.lend("1", due_in=9)
    library.lend("3", due_in=3)
    library.hold(title=1)
    (hit,) = (await _found(library, "été camus")).hits
    assert (hit.availability.available, hit.availability.on_loan, hit.availability.waiting) == (
        1,
        2,
        1,
    )
    assert hit.availability.due_on == TODAY + timedelta(days=3)
    assert [(at.site, at.copies, at.available) for at in hit.availability.sites] == [
        ("arcueil", 1, 0),
        ("cachan", 2, 1),
    ]
    library.database.write_now(
        lambda session: session.execute(
            text("UPDATE items SET to_shelve_since = '2026-01-01T00:00:00+00:00' WHERE id = 2")
        )
    )
    (hit,) = (await _found(library, "été camus")).hits
    assert (hit.availability.available, hit.availability.to_shelve) == (0, 1)
    assert await _ids(library, "été", available=True) == []


async def test_a_title_is_shown_with_the_copies_that_the_public_counts(library) -> None:
    library.lend("1", due_in=9)
    shown = await library.embedded("").call(SHOW_TITLE, Nothing(), title="1")
    assert [(c.barcode, c.site, c.state.value, c.due_on) for c in shown.copies] == [
        ("3", "arcueil", "available", None),
        ("1", "cachan", "on_loan", TODAY + timedelta(days=9)),
        ("2", "cachan", "available", None),
    ]
    comic = await library.embedded("").call(SHOW_TITLE, Nothing(), title="2")
    assert [(c.barcode, c.state.value) for c in comic.copies] == [("6", "on_site")]


@pytest.mark.parametrize("number", ["0", "999", "-1", "1.0", "x", "²", "99999999999", "2147483648"])
async def test_a_title_that_is_not_there_is_not_found(at_rest, number) -> None:
    with pytest.raises(Refused) as refused:
        await at_rest.embedded("").call(SHOW_TITLE, Nothing(), title=number)
    assert refused.value.type is ProblemType.NOT_FOUND


@pytest.mark.parametrize(
    ("typed", "answered", "ids"),
    [
        ("miserbles", "misérables", [11]),
        ("Les Misérbles hugo", "Les misérables hugo", [11]),
        ("auteur:dostoyevsky", "auteur:dostoïevski", [21]),
        ("tolkein anneau", "tolkien anneau", [32]),
        ("asterics", "astérix", [2, 30, 29]),
        ("chatimant crime", "châtiment crime", [21]),
        ("zqwxkj", "", []),
        ("hugo xyzzyx", "", []),
        ("miserbles zola", "", []),
    ],
)
async def test_what_finds_nothing_is_put_right(at_rest, typed, answered, ids) -> None:
    found = await _found(at_rest, typed)
    assert (found.answered, [hit.id for hit in found.hits]) == (answered, ids)
    assert (await _found(at_rest, typed, exact=True)).hits == ()


async def test_a_word_that_no_title_has_any_more_is_not_meant(library) -> None:
    assert (await _found(library, "miserbles")).answered == "misérables"
    library.database.write_now(
        lambda session: session.execute(text("UPDATE titles SET title = 'Autre' WHERE id = 11"))
    )
    assert (await _found(library, "miserbles")).answered == ""


async def test_what_is_being_typed_is_suggested(at_rest) -> None:
    async def suggested(q: str) -> tuple[list[str], list[str]]:
        found = await at_rest.embedded("").call(SUGGEST, Suggest(q=q))
        return [one.text for one in found.titles], [one.text for one in found.authors]

    assert await suggested("mis") == (["Les Misérables"], [])
    assert await suggested("les misérables") == (["Les Misérables"], [])
    assert await suggested("hu") == (["Victor Hugo : une vie"], ["Hugo, Victor"])
    assert await suggested("petit pr") == (
        ["Le Petit Prince", "Petit prince deviendra grand"],
        [],
    )
    assert await suggested("h") == await suggested('"*') == ([], [])


async def test_a_suggestion_can_be_asked(at_rest) -> None:
    found = await at_rest.embedded("").call(SUGGEST, Suggest(q="near"))
    assert await _ids(at_rest, found.titles[0].q, exact=True) == [26]


async def test_over_http_every_question_is_answered_or_refused(library, client) -> None:
    async def asked(path: str, **query: str) -> tuple[int, dict]:
        async with client.get(path, params=query) as answer:
            return answer.status, await answer.json()

    for q in ['"', "NEAR(", "<b>'; DROP TABLE titles; --", "🎉", "%", "x" * 1000, "a:b:c"]:
        assert (await asked("/v1/search", q=q, facets="true"))[0] == 200
        assert (await asked("/v1/suggestions", q=q[:200]))[0] == 200
    status, found = await asked("/v1/search", q="oeuvre", kind="book", limit="1")
    assert (status, found["total"], [hit["id"] for hit in found["hits"]]) == (200, 2, [14])
    for wrong in [
        {"q": "x" * 1001},
        {"limit": "0"},
        {"kind": "brick"},
        {"sort": "best"},
        {"cursor": "'"},
        {"sort": "year", "cursor": f"year.{'OTk5' * 40}.1"},  # a year with 120 digits
        {"year_from": "-1"},
        {"unknown": "1"},
    ]:
        status, problem = await asked("/v1/search", **wrong)
        assert (status, problem["type"]) == (400, "/problems/invalid-request")
    assert (await asked("/v1/titles/19"))[1]["copies"][0]["barcode"] == "3000019"
    assert (await asked("/v1/titles/x"))[0] == 404


def newest_of(connection, query, filters) -> list[int]:
    return searching.newest(connection, query, filters, None, 20)


@pytest.mark.parametrize("ask", [searching.total, newest_of])
def test_titles_of_a_kind_are_found_and_counted_by_index(at_rest, ask) -> None:
    """Games are few: without it, all other titles were read to find none."""
    games = Filters(kinds=(TitleKind.VIDEO_GAME.value,))

    def plan(session) -> str:
        connection, asked = session.connection(), []

        @event.listens_for(connection, "before_cursor_execute")
        def note(_connection, _cursor, statement, parameters, *_) -> None:
            asked.append((statement, parameters))

        ask(connection, Query(), games)
        explain = "EXPLAIN QUERY PLAN "
        if connection.dialect.name == "postgresql":
            # Tables as small as these are read whole otherwise.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN "
        statement, parameters = asked[0]
        return "\n".join(map(str, connection.exec_driver_sql(explain + statement, parameters)))

    assert "ix_title_index_kind" in at_rest.database.read_now(plan)
