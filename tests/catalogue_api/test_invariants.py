"""The rules of `invariants` excuse what the nights take away, and nothing more."""

from datetime import timedelta

import pytest
from catalogue_world import NOW, World
from invariants import broken
from sqlalchemy import text

from catalogue_api.domain.holds import HoldEventKind
from catalogue_api.storage.tables import HoldEvent

ORIGIN = "every reservation says how it came about"
TOLD = "who was told is told how, and was told of a copy that was once ready"
MAILED = "whoever a mail has told was told of that reservation"


def broken_rules(world: World) -> set[str]:
    return {found.split(":")[0] for found in broken(world.database, 9, 9, NOW)}


def change(world: World, **values) -> None:
    said = ", ".join(f"{name} = :{name}" for name in values)
    world.database.write_now(
        lambda session: session.connection().execute(text(f"UPDATE holds SET {said}"), values)
    )


@pytest.fixture
def forgotten(world) -> World:
    """A reservation of which the reader was told by mail, and which was then forgotten."""
    before = NOW - timedelta(days=1)
    told = {"told_at": before, "told_how": "email"}
    world.hold(patron=None, status="cancelled", ended_at=before, **told)
    return world


def test_what_was_forgotten_is_excused(forgotten) -> None:
    assert broken_rules(forgotten) == set()


def test_who_is_still_known_has_their_reservation_explained(forgotten) -> None:
    change(forgotten, patron_id=2)
    assert broken_rules(forgotten) == {ORIGIN, TOLD}


def test_what_ended_lately_is_explained(forgotten) -> None:
    change(forgotten, ended_at=f"{NOW + timedelta(days=1):%Y-%m-%d %H:%M:%S.%f}+00:00")
    assert broken_rules(forgotten) == {ORIGIN, TOLD}


def test_what_is_explained_in_part_is_explained_whole(forgotten) -> None:
    values = {"title_id": 1, "at": NOW, "by": "patron", "kind": HoldEventKind.CANCELLED.value}
    forgotten.add(HoldEvent(hold_id=1, **values))
    assert broken_rules(forgotten) == {ORIGIN, TOLD}


def test_who_was_told_lately_has_the_notice(forgotten) -> None:
    change(forgotten, patron_id=2, told_at=f"{NOW:%Y-%m-%d %H:%M:%S.%f}+00:00")
    assert MAILED in broken_rules(forgotten)
