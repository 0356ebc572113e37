"""Rows by a list of values: one parameter, on either database, through the index."""

from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite
from sqlmodel import col

from catalogue_api.storage.among import among
from catalogue_api.storage.tables import Item, Site


def test_rows_are_found_by_a_list_of_any_length(world) -> None:
    items = select(col(Item.id)).where(among(col(Item.title_id), "ids")).order_by(col(Item.id))
    sites = select(col(Site.name)).where(among(col(Site.code), "codes"))

    def ask(session) -> list[object]:
        connection = session.connection()
        return [
            *(list(connection.execute(items, {"ids": ids}).scalars()) for ids in ([], [1], [9, 1])),
            list(connection.execute(sites, {"codes": ["cachan", "'; --", 'a"b']}).scalars()),
        ]

    assert world.database.read_now(ask) == [[], [1, 2, 3], [1, 2, 3], ["Cachan"]]


def test_sqlite_looks_them_up(world) -> None:
    if world.database.dialect != "sqlite":
        return
    statement = select(col(Item.id)).where(among(col(Item.title_id), "ids"))
    compiled = str(statement.compile(dialect=sqlite.dialect()))

    def plan(session) -> str:
        asked = text(f"EXPLAIN QUERY PLAN {compiled.replace('?', ':ids')}")
        return str(session.connection().execute(asked, {"ids": "[1]"}).all())

    found = world.database.read_now(plan)
    assert "SEARCH items" in found
    assert "SCAN items" not in found
