"""Readers who asked to be deleted: listed with what stands against it, and acted on at the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from catalogue_world import NOW, TODAY, World

from catalogue_api.contract.deletions import (
    ASK_FOR_PATRON,
    LIST_DELETIONS,
    STAY_FOR_PATRON,
    FindDeletions,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.patrons import DELETED_AFTER
from catalogue_api.domain.roles import Role
from catalogue_api.jobs.forgetting import forget_people
from catalogue_api.storage.tables import Block, Loan, Patron

LIST = "/desk/readers/deletions"
DAY = timedelta(days=1)


def night(world: World, days: int) -> int:
    """Do the work of a night; return how many readers were deleted who asked."""
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 3, tzinfo=UTC) + days * DAY
    rules = world.rules
    done = world.database.write_now(
        lambda db: forget_people(db, at, rules.current(db.connection()))
    )
    return done["patrons_who_asked"]


def asked(world: World, *patrons: int, days_ago: int = 0) -> None:
    day = TODAY - timedelta(days=days_ago)

    def note(db) -> None:
        for number in patrons:
            db.get(Patron, number).deletion_asked_on = day

    world.database.write_now(note)


async def listed(world: World, cursor: str = "", limit: int = 50):
    return await world.desk().call(LIST_DELETIONS, FindDeletions(cursor=cursor, limit=limit))


async def test_the_day_that_is_told_is_that_of_the_night_in_which_it_is_done(world) -> None:
    found = await world.desk().call(ASK_FOR_PATRON, Nothing(), patron="1")
    assert (found.asked_on, found.done_on) == (TODAY, TODAY + DELETED_AFTER)
    assert night(world, 6) == 0
    assert night(world, 7) == 1
    assert world.rows("SELECT id FROM patrons") == [(2,)]


async def test_who_is_overdue_goes_in_the_next_night_once_all_is_settled(world) -> None:
    asked(world, 1, days_ago=30)
    loan = world.lend("1")
    (found,) = (await listed(world)).readers
    assert [(one.reason.value, one.number) for one in found.against] == [("has_loans", 1)]
    assert (found.not_before, found.done_on) == (TODAY - timedelta(days=23), None)
    world.database.write_now(lambda db: setattr(db.get(Loan, loan), "ended_at", NOW))
    (found,) = (await listed(world)).readers
    assert found.done_on == TODAY + DAY
    assert night(world, 0) == 0, "what ended today may still be taken back"
    assert night(world, 1) == 1


async def test_all_who_asked_are_listed_page_by_page(world) -> None:
    world.add(*(Patron(id=number, card=f"Q{number}", family_name="X") for number in range(11, 16)))
    asked(world, 13, 12, days_ago=5)
    asked(world, 11, 14, 15)
    found = await listed(world, limit=2)
    seen = [one.patron for one in found.readers]
    while found.next:
        found = await listed(world, found.next, 2)
        seen += [one.patron for one in found.readers]
    assert seen == [12, 13, 11, 14, 15]
    for cursor in ("WyJ4IiwxXQ", "WyIiLDFd", "WzEsMV0"):
        with pytest.raises(Refused) as refused:
            await listed(world, cursor)
        assert refused.value.type is ProblemType.INVALID_REQUEST


async def test_what_is_noted_twice_counts_from_the_first_time_and_is_in_the_log_once(world) -> None:
    way = world.desk()
    first = await way.call(ASK_FOR_PATRON, Nothing(), patron="1")
    world.now += DAY
    world.signed_in(Role.LIBRARIAN)
    assert (await way.call(ASK_FOR_PATRON, Nothing(), patron="1")).asked_on == first.asked_on
    for _ in range(2):
        assert (await way.call(STAY_FOR_PATRON, Nothing(), patron="1")).asked_on is None
    acts = world.rows(
        "SELECT actor, action, subject FROM audit WHERE action LIKE 'deletion%' ORDER BY id"
    )
    assert acts == [
        ("librarian:librarian", act, "patron:1")
        for act in ("deletion_asked", "deletion_taken_back")
    ]


async def test_the_desk_settles_keeps_and_deletes(world, visitor) -> None:
    world.hold(patron=2)
    world.add(Block(patron_id=2, kind="lost_item", from_on=TODAY, created_at=NOW))
    page = await visitor.open(LIST)
    assert "Personne n’a demandé" in page.said
    page = await visitor.send(await visitor.open("/desk/readers/1/delete"),
                              "/desk/readers/1/deletion", act="ask")  # fmt: skip
    assert "sera effacé dans une semaine" in page.said
    page = await visitor.send(await visitor.open("/desk/readers/2/delete"),
                              "/desk/readers/2/deletion", act="ask")  # fmt: skip
    assert "reste à régler ce qui est en cours" in page.said
    page = await visitor.open(LIST)
    settle, by_itself = page.said.split("Se font d’elles-mêmes")
    assert "Personne, Paul" in settle
    assert "1 réservation en cours 1 blocage en vigueur" in settle
    assert "Inconnue, Ida" in by_itself
    assert "Sera fait dans la nuit du 30 novembre 2026" in by_itself
    page = await visitor.send(page, "/desk/readers/1/deletion", act="stay")
    assert page.path == LIST
    assert "Le compte est gardé." in page.said
    assert "Inconnue" not in page.said
    page = await visitor.send(page, "/desk/readers/1/deletion")
    assert "Inconnue, Ida" in page.said, "taken back"
    form = await visitor.open("/desk/readers/1/delete")
    assert "Rien n’est en cours." in form.said
    page = await visitor.send(form, "/desk/readers/1/delete")
    assert "Le lecteur est supprimé." in page.said
    assert "Inconnue" not in (await visitor.open(LIST)).said


async def test_odd_requests_change_nothing(world, visitor) -> None:
    form = (await visitor.open("/desk/readers/1/delete")).form("/desk/readers/1/deletion")
    address = "/desk/readers/1/deletion"
    assert (await visitor.post(address, form.fields | {"act": "x"})).status == 400
    nobody = await visitor.post("/desk/readers/999/deletion", form.fields)
    assert nobody.status == 404
    assert (await visitor.open(f"{LIST}?after=%20")).status == 404
    assert (await visitor.open(address)).path == "/desk/readers/1"
    assert world.rows("SELECT id FROM patrons WHERE deletion_asked_on IS NOT NULL") == []
