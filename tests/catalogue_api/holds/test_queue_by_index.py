import re
from datetime import timedelta

import pytest
from catalogue_world import NOW, TODAY
from sqlalchemy import text

from catalogue_api.storage import copies_now, holds
from catalogue_api.storage.tables import Hold, Patron

LONG = 2_000


@pytest.mark.server
def test_the_first_of_a_long_queue_is_found_without_reading_it(world) -> None:
    world.add(*(Patron(card=f"Q{n}", family_name="N") for n in range(LONG)))
    first = world.row("SELECT min(id) FROM patrons WHERE card LIKE 'Q%'")[0]
    world.add(
        *(
            Hold(
                title_id=1, patron_id=first + n, pickup_site="cachan", staff_priority=n % 3,
                placed_at=NOW - timedelta(minutes=n),
            )
            for n in range(LONG)
        )
    )  # fmt: skip
    world.database.write_now(lambda db: db.execute(text("ANALYZE")))
    found = world.database.read_now(lambda db: holds.first_waiting(db.connection(), 1, 1, TODAY))
    assert found.staff_priority == 2
    oldest = max(n for n in range(LONG) if n % 3 == 2)
    assert found.placed_at == NOW - timedelta(minutes=oldest)
    plan = world.database.read_now(_plan)
    assert "ix_holds_waiting" in plan
    assert not re.search("sort|temp b-tree", plan, re.IGNORECASE), plan


def _plan(db) -> str:
    compiled = holds._FIRST_WAITING._for(db.connection().dialect)
    explain = "EXPLAIN " if db.connection().dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    values = compiled.parameters({"title": 1, "item": 1, "today": TODAY})
    driver = db.connection().connection.driver_connection
    return "\n".join(str(row) for row in driver.execute(explain + compiled.sql, values).fetchall())


def test_the_hold_that_a_copy_serves_is_found_by_its_index(world) -> None:
    def plan(db) -> str:
        connection, explain = db.connection(), "EXPLAIN QUERY PLAN "
        if connection.dialect.name == "postgresql":
            # Tables as small as these are read whole otherwise.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN "
        said = copies_now._COPIES.compile(dialect=connection.dialect)
        values = {name: value or 1 for name, value in said.params.items()}
        given = tuple(values[name] for name in said.positiontup) if said.positional else values
        return "\n".join(map(str, connection.exec_driver_sql(explain + str(said), given)))

    assert "uq_holds_caught_item" in world.database.read_now(plan)
