import pytest

from catalogue_api.storage.engine.changes import Place, changes_behind, title_changed

START = Place()


def behind(world, place: Place = START) -> list[tuple[int, str]]:
    found = world.database.read_now(lambda session: changes_behind(session.connection(), place, 10))
    return [(row.title_id, row.gone) for row in found]


def last_place(world) -> Place:
    found = world.database.read_now(lambda session: changes_behind(session.connection(), START, 10))
    return found[-1].place


def test_changes_come_in_order_and_go_on_behind_the_last(world) -> None:
    for title in (2, 1):
        world.database.write_now(lambda db, title=title: title_changed(db.connection(), title))
    assert behind(world) == [(2, ""), (1, "")]
    place = last_place(world)
    assert behind(world, place) == []
    world.database.write_now(lambda db: title_changed(db.connection(), 2, gone="7"))
    assert behind(world, place) == [(2, "7")]


@pytest.mark.server
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_change_that_is_not_committed_yet_holds_up_those_behind_it(world) -> None:
    """Otherwise a reader would go on behind it, and never see it."""
    engine = world.database._write_engine
    with engine.connect() as slow, slow.begin():
        title_changed(slow, 1)
        world.database.write_now(lambda db: title_changed(db.connection(), 2))
        assert behind(world) == []
    assert behind(world) == [(1, ""), (2, "")]
