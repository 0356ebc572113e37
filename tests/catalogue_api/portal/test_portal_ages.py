"""How many computers are free, for whoever looks: by their age, or without knowing it."""

import re

import pytest
from portal_world import PortalVisitor, give_pin
from slot_people import at, desk, furnish, reader, reasons

from catalogue_api.contract import my_slots, slots
from catalogue_api.contract.slots import BookMySlot, FreeSlotsAsked
from catalogue_api.storage.tables import Computer, Patron

HERE = "/ordinateurs?duree=60&jour=2026-11-23"
THIS_YEAR = 2026


@pytest.fixture
def library(world):
    """Beside the two for everybody, one from 18 years on, and two up to 17."""
    furnish(world)
    world.add(
        Computer(id=11, room_id=1, name="PC adultes", least_age=18),
        Computer(id=12, room_id=1, name="PC jeunes", most_age=17),
        Computer(id=13, room_id=1, name="PC enfants", most_age=12),
    )
    return world


def born(library, year: int | None) -> None:
    library.database.write_now(lambda db: setattr(db.get(Patron, 1), "birth_year", year))


def left_at(page, wall: str) -> str:
    shown = page.text.replace("\xa0", " ")
    found = re.search(rf'class="at">{wall}</span><span class="left">(.*?)</span>', shown)
    return re.sub("<[^>]+>", "", found[1])


async def suiting(library, token: str) -> list[str]:
    way = library.embedded(token)
    found = await way.call(slots.FIND_FREE_SLOTS, FreeSlotsAsked(), site="cachan")
    return [one.name for one in found.computers if one.suits]


@pytest.mark.parametrize(
    ("age", "names"),
    [
        (None, []),
        (10, ["PC enfants", "PC jeunes"]),
        (12, ["PC enfants", "PC jeunes"]),
        (13, ["PC jeunes"]),
        (17, ["PC jeunes"]),
        (18, ["PC adultes"]),
    ],
)
async def test_what_suits_is_what_can_be_booked(library, age, names) -> None:
    born(library, None if age is None else THIS_YEAR - age)
    ida = reader(library)
    assert await suiting(library, "reader1") == ["PC 1", "PC 2", *names]
    for computer, name in ((11, "PC adultes"), (12, "PC jeunes"), (13, "PC enfants")):
        body = BookMySlot(site="cachan", computer=computer, starts_at=at(14), minutes=15)
        booking = ida.call(my_slots.BOOK_MY_SLOT, body)
        if name in names:
            await ida.cancel(await booking)
        else:
            assert await reasons(booking) <= {"too_young", "too_old", "age_unknown"}


async def test_nobody_known_and_staff_see_those_without_a_limit(library) -> None:
    assert await suiting(library, "") == ["PC 1", "PC 2"]
    assert await suiting(library, desk(library).token) == ["PC 1", "PC 2"]


async def test_who_is_not_signed_in_hears_of_the_others(library, client) -> None:
    await desk(library).block(at(14), at(15), computers=(1, 2))
    page = await PortalVisitor(client).open(HERE)
    assert left_at(page, "10 h") == "2 libres, 3 selon l’âge"
    assert left_at(page, "14 h") == "3 selon l’âge"
    assert "connectez-vous pour voir" in page.said


async def test_who_is_signed_in_sees_what_they_may_take(library, client) -> None:
    give_pin(library)
    born(library, THIS_YEAR - 30)
    visitor = PortalVisitor(client)
    await visitor.sign_in()
    await desk(library).block(at(14), at(15), computers=(1, 2, 11))
    page = await visitor.open(HERE)
    assert left_at(page, "10 h") == "3 libres"
    assert left_at(page, "14 h") == "complet", "what is left is for children"
    assert "2 ordinateurs de plus sont réservés à d’autres âges" in page.said
    assert "/ordinateurs/attendre" in page.text
    link = re.search(r'href="(/ordinateurs/reserver[^"]+)"[^>]*><span class="at">10.h', page.text)
    form = await visitor.open(link[1].replace("&amp;", "&"))
    assert "PC adultes" in form.said
    assert "PC jeunes" not in form.said
