"""Searching the index of titles: how many, which, in what order, and of what kinds.

The statements are the same on both databases; what tells hits from other titles comes from
`storage.search.search_sqlite` and `storage.search.search_postgres`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, TextualSelect, bindparam, column, text

from catalogue_api.domain.entries import facets_in
from catalogue_api.domain.queries import Query, Sort, Tier, tiers
from catalogue_api.storage.search import search_postgres, search_sqlite
from catalogue_api.storage.search.filters import (
    CAUGHT,
    IS_THERE,
    ON_ITS_SHELF,
    Filters,
    add_filters,
)

MOST_COUNTED = 10_000
"""Hits that are counted; more are "more than"."""

MOST_SORTED = 2_000
"""Hits that are looked through for facets: the newest."""

_ENGINES = {"sqlite": search_sqlite, "postgresql": search_postgres}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list of hits: behind the title `title_id`, put in order by `key`."""

    key: str
    title_id: int


@dataclass(frozen=True, slots=True)
class Facets:
    """How many hits there are of each value; `decades` by their first year.

    `total` is how many there are at all, as `total` would count them.
    """

    total: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    audiences: dict[str, int] = field(default_factory=dict)
    decades: dict[int, int] = field(default_factory=dict)
    sites: dict[str, int] = field(default_factory=dict)
    available: int = 0


_COUNT = "SELECT count(*) FROM (SELECT 1 {source} LIMIT :most) h"
_NEWEST = """SELECT id FROM (SELECT {id} AS id {source} {fence}) h
    ORDER BY id DESC LIMIT :most"""
_ORDERED = "SELECT {key}, i.title_id {source} ORDER BY {key} {way}, i.title_id DESC LIMIT :most"
_ORDERS = {
    Sort.TITLE: ("i.title_key", "{key} > :key OR ({key} = :key AND {id} < :id)", "ASC"),
    Sort.AUTHOR: ("i.author_key", "{key} > :key OR ({key} = :key AND {id} < :id)", "ASC"),
    Sort.YEAR: ("coalesce(i.year, 0)", "{key} < :key OR ({key} = :key AND {id} < :id)", "DESC"),
}


def total(connection: Connection, query: Query, filters: Filters) -> int:
    """Return how many titles answer; `MOST_COUNTED` + 1 stands for any more."""
    source = _source(connection, query, filters)
    statement = _statement(_COUNT.format(source=source.sql), source.lists)
    values = source.values | {"most": MOST_COUNTED + 1}
    return int(connection.execute(statement, values).scalar_one())


def answers(connection: Connection, query: Query) -> TextualSelect:
    """Return the query for the numbers of all titles that answer, for use within another one."""
    source = _source(connection, query, Filters())
    asked = text(f"SELECT {source.id} AS title_id {source.sql}").bindparams(**source.values)
    return asked.columns(column("title_id"))


def best(
    connection: Connection, query: Query, filters: Filters, behind: Place | None, limit: int
) -> list[Place]:
    """Return the next hits by relevance: tier by tier, in each the newest record first."""
    found: list[Place] = []
    for tier in tiers(query):
        if behind is not None and tier < int(behind.key):
            continue
        last = behind.title_id if behind is not None and tier == int(behind.key) else None
        ids = newest(connection, query, filters, last, limit - len(found), tier)
        found += [Place(str(tier.value), number) for number in ids]
        if len(found) == limit:
            break
    return found


def newest(
    connection: Connection,
    query: Query,
    filters: Filters,
    behind: int | None,
    limit: int,
    tier: Tier | None = None,
) -> list[int]:
    """Return the next hits (of one tier, or of all), the newest record first."""
    source = _source(connection, query, filters, tier)
    further = f" AND {source.id} < :id" if behind is not None else ""
    sql = _NEWEST.format(id=source.id, source=source.sql + further, fence=source.fence)
    values = source.values | {"id": behind, "most": limit}
    return list(connection.execute(_statement(sql, source.lists), values).scalars())


def ordered(
    connection: Connection,
    query: Query,
    filters: Filters,
    sort: Sort,
    behind: Place | None,
    limit: int,
) -> list[Place]:
    """Return the next hits in the order of their titles, authors or years."""
    source = _source(connection, query, filters, joined=True)
    key, further, way = _ORDERS[sort]
    values = source.values | {"most": limit}
    where = ""
    if behind is not None:
        where = f" AND ({further.format(key=key, id='i.title_id')})"
        values |= {
            "key": int(behind.key) if sort is Sort.YEAR else behind.key,
            "id": behind.title_id,
        }
    sql = _ORDERED.format(key=key, source=source.sql + where, way=way)
    found = connection.execute(_statement(sql, source.lists), values)
    return [Place(str(said), number) for said, number in found]


def facets(connection: Connection, query: Query, filters: Filters) -> Facets:
    """Count the newest `MOST_SORTED` hits by what they are and where a copy is, as of now.

    All hits are counted on the way: to find them is most of what a broad question costs.
    """
    source = _source(connection, query, filters)
    sql = _FACETS.format(
        id=source.id,
        source=source.sql,
        fence=source.fence,
        is_there=IS_THERE,
        on_its_shelf=ON_ITS_SHELF,
        caught=CAUGHT,
    )
    values = source.values | {"most": MOST_SORTED, "most_counted": MOST_COUNTED + 1}
    rows = connection.execute(_statement(sql, source.lists), values).all()
    numbers = {name: count for name, _, count in rows if name in {"total", "available"}}
    found = Facets(**numbers)
    for name, value, count in rows:
        if name == "title":
            kind, language, audience, decade = facets_in(value)
            _add(found.kinds, kind, count)
            _add(found.languages, language, count)
            _add(found.audiences, audience, count)
            if decade:
                _add(found.decades, int(decade), count)
        elif name == "site":
            found.sites[value] = count
    return found


# `IN`, not a join: for that SQLite first reads the index of all copies, to know which it lacks.
_FACETS = """WITH found AS MATERIALIZED (
    SELECT id FROM (SELECT {id} AS id {source} {fence}) h ORDER BY id DESC LIMIT :most_counted
), hits AS MATERIALIZED (
    SELECT newest.id, i.facets FROM (SELECT id FROM found ORDER BY id DESC LIMIT :most) newest
    CROSS JOIN title_index i WHERE i.title_id = newest.id
), copies AS MATERIALIZED (
    SELECT c.title_id, c.current_site, {on_its_shelf}
        AND loans.item_id IS NULL AND holds.item_id IS NULL AS can_be_taken
    FROM items c
    LEFT JOIN loans ON loans.item_id = c.id AND loans.ended_at IS NULL
    LEFT JOIN holds ON holds.item_id = c.id AND holds.status IN {caught}
    WHERE c.title_id IN (SELECT id FROM hits) AND {is_there}
)
SELECT 'title', facets, count(*) FROM hits GROUP BY facets
UNION ALL SELECT 'total', '', count(*) FROM found
UNION ALL SELECT 'site', current_site, count(DISTINCT title_id) FROM copies GROUP BY current_site
UNION ALL SELECT 'available', '', count(DISTINCT title_id) FROM copies WHERE can_be_taken"""


def _add(counts: dict[Any, int], value: object, count: int) -> None:
    counts[value] = counts.get(value, 0) + count


@dataclass(frozen=True, slots=True)
class _Source:
    """FROM and WHERE of the hits, with the values in it; `lists` are those that are lists."""

    sql: str
    id: str
    fence: str
    values: dict[str, Any]
    lists: tuple[str, ...]


def _source(
    connection: Connection,
    query: Query,
    filters: Filters,
    tier: Tier | None = None,
    *,
    joined: bool = False,
) -> _Source:
    engine = _ENGINES[connection.dialect.name]
    conditions: list[str] = []
    values: dict[str, Any] = {}
    source, id_ = "title_index i", "i.title_id"
    if query.clauses:
        source = engine.HITS if joined or filters.any else engine.ONLY_HITS
        id_ = engine.ID
        conditions.append(engine.MATCHES)
        asked = engine.anywhere(query) if tier is None else engine.expression(query, tier)
        values["match"] = asked
    lists = add_filters(filters, conditions, values, id_)
    where = " AND ".join(conditions) or "1 = 1"
    fence = " OFFSET 0" if query.clauses and connection.dialect.name == "postgresql" else ""
    return _Source(f"FROM {source} WHERE {where}", id_, fence, values, lists)


@cache
def _statement(sql: str, lists: tuple[str, ...]) -> TextClause:
    """Return the statement; there are as many as there are ways to combine filters and orders."""
    return text(sql).bindparams(*(bindparam(name, expanding=True) for name in lists))


def known_terms(connection: Connection, terms: Mapping[str, Query], most: int) -> dict[str, int]:
    """Return how many titles each of these questions finds, at most `most`."""
    engine = _ENGINES[connection.dialect.name]
    source = f"FROM {engine.ONLY_HITS} WHERE {engine.MATCHES}"
    statement = _statement(_COUNT.format(source=source), ())
    return {
        term: connection.execute(
            statement, {"match": engine.anywhere(query), "most": most}
        ).scalar_one()
        for term, query in terms.items()
    }
