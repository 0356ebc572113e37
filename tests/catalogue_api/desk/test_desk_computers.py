"""The computers at the desk, with a browser that runs no script."""

import pytest
from desk_world import Visitor, hire
from slot_people import at, furnish, reader, tick

from catalogue_api.domain.roles import Role

HERE = "/desk/computers"


@pytest.fixture
async def ana(world, visitor):
    furnish(world)
    await visitor.sign_in()
    return visitor


@pytest.mark.parametrize("page", ["", "/rooms", "/programs", "/guests", "/book", "/block"])
async def test_who_works_at_no_site_chooses_one_first(world, client, page) -> None:
    furnish(world)
    hire(world, "zoe", Role.MANAGER, site=None)
    zoe = Visitor(client)
    await zoe.sign_in("zoe")
    asked = await zoe.open(f"{HERE}{page}")
    assert asked.path.startswith("/desk/site?next=")
    chosen = await zoe.send(asked, "/desk/site", chosen="cachan")
    assert (chosen.status, chosen.path) == (200, f"{HERE}{page}")


async def test_a_reader_is_seated_and_ends(world, ana) -> None:
    page = await ana.open(f"{HERE}?")
    assert "Ouvert jusqu’à 18:00" in page.said
    form = await ana.open(f"{HERE}/book?computer=1")
    page = await ana.send(form, f"{HERE}/book", card="P1")
    assert page.path == HERE
    assert "Ida Inconnue a PC 1, 23 nov. 10:00 à 23 nov. 11:00." in page.said
    page = await ana.send(page, f"{HERE}/slots/", act="end")
    assert "PC 1 : séance terminée" in page.said
    assert world.row("SELECT status FROM bookings") == ("ended",)


async def test_what_speaks_against_a_slot_is_said_and_may_be_let_pass(world, ana) -> None:
    form = await ana.open(f"{HERE}/book")
    later = {"card": "P1", "when": "later", "day": "2026-11-23", "time": "14:00", "minutes": "120"}
    page = await ana.send(form, f"{HERE}/book", **later)
    assert page.status == 422
    assert "plus long que la règle ne le permet" in page.said
    assert page.form(f"{HERE}/book").fields["time"] == "14:00"
    page = await ana.send(page, f"{HERE}/book", **{"override.too_long": "1"})
    assert "14:00 à 23 nov. 16:00" in page.said
    form = await ana.open(f"{HERE}/book")
    closed = await ana.send(form, f"{HERE}/book", **later | {"time": "20:00", "minutes": "60"})
    assert "n’est pas ouverte" in closed.said
    assert "Laisser passer" not in closed.said
    nobody = await ana.send(await ana.open(f"{HERE}/book"), f"{HERE}/book", card="X")
    assert nobody.status == 422
    odd = await ana.send(await ana.open(f"{HERE}/book"), f"{HERE}/book", **later | {"time": "x"})
    assert odd.status == 422


async def test_a_slot_is_moved_claimed_and_cancelled(world, ana) -> None:
    slot = await reader(world).book(at(11), computer=1)
    form = await ana.open(f"{HERE}/slots/{slot.slot}/move")
    page = await ana.send(form, f"{HERE}/slots/{slot.slot}/move", time="10:00", computer="2")
    assert "Déplacé : Ida Inconnue a PC 2" in page.said
    page = await ana.send(page, f"{HERE}/slots/{slot.slot}", act="claim")
    assert "PC 2 : occupé jusqu’à 23 nov. 11:00." in page.said
    other = await reader(world, 2).book(at(14), computer=1)
    page = await ana.send(await ana.open(HERE), f"{HERE}/slots/{other.slot}", act="cancel")
    assert "créneau annulé" in page.said
    again = await ana.post(
        f"{HERE}/slots/{other.slot}",
        {"csrf": page.forms[0].fields["csrf"], "act": "cancel", "version": "1"},
    )
    assert "✕" in again.said
    assert world.row("SELECT count(*) FROM notices WHERE kind = 'slot_cancelled'") == (1,)


async def test_numbers_are_given_called_and_seated(world, ana) -> None:
    page = await ana.open(HERE)
    page = await ana.send(page, f"{HERE}/rooms/1/numbers", card="P1")
    assert "Numéro 1 : ordinateur PC 1 tout de suite." in page.said
    page = await ana.send(page, f"{HERE}/numbers/", act="seat")
    assert "Numéro 1 : installé." in page.said
    page = await ana.send(page, f"{HERE}/rooms/1/numbers")
    assert "Numéro 2 : ordinateur PC 2" in page.said
    page = await ana.send(page, f"{HERE}/rooms/1/numbers")
    assert "Numéro 3 : en attente" in page.said
    world.now = at(10, 5)
    tick(world)
    page = await ana.send(await ana.open(HERE), f"{HERE}/numbers/", act="leave")
    assert "parti" in page.said


async def test_a_class_sees_what_is_in_the_way_and_settles_it(world, ana) -> None:
    slot = await reader(world).book(at(14), computer=1)
    form = await ana.open(f"{HERE}/block")
    typed = {
        "label": "CM2", "day": "2026-11-23", "starts": "14:00", "ends": "16:00",
        "pc.1": "1", "pc.2": "1", "do": "look",
    }  # fmt: skip
    assert (
        "au moins un ordinateur"
        in (await ana.send(form, f"{HERE}/block", starts="14:00", ends="16:00", do="look")).said
    )
    seen = await ana.send(form, f"{HERE}/block", **typed)
    assert "PC 1 · 23 nov. 14:00–15:00 · Ida Inconnue" in seen.said
    assert "Déplacer : PC 3" in seen.said
    page = await ana.send(seen, f"{HERE}/block", do="save")
    assert "Ordinateurs pris pour « CM2 » : 2 ; réservations réglées : 1." in page.said
    assert world.row(f"SELECT computer_id FROM bookings WHERE id = {slot.slot}") == (3,)
    page = await ana.send(page, f"{HERE}/blocks/")
    assert "Les ordinateurs de « CM2 » sont libres." in page.said


async def test_rooms_computers_and_rules_are_kept(world, ana) -> None:
    page = await ana.open(f"{HERE}/rooms")
    page = await ana.send(page, f"{HERE}/marks/1", remark="écran noir")
    assert "PC 1 est noté en panne" in page.said
    assert "écran noir" in (await ana.open(HERE)).said
    page = await ana.send(await ana.open(f"{HERE}/rooms"), f"{HERE}/marks/1")
    assert "PC 1 marche de nouveau" in page.said
    rooms = await ana.open(f"{HERE}/rooms")
    page = await ana.send(rooms, f"{HERE}/rooms/1/computers", name="PC 9")
    assert "Ordinateur ajouté : PC 9" in page.said
    page = await ana.send(page, **{"can.office": "1", "least_age": "11"})
    assert "Ordinateur modifié" in page.said
    assert world.row("SELECT abilities, least_age FROM computers WHERE name = 'PC 9'") == (
        "office", 11,
    )  # fmt: skip
    wrong = await ana.send(await ana.open(f"{HERE}/1"), least_age="x")
    assert wrong.status == 422
    rooms = await ana.open(f"{HERE}/rooms")
    assert (await ana.send(rooms, f"{HERE}/rooms", name="Salle haute")).status == 200
    assert "Salle haute" in (await ana.open(f"{HERE}/rooms")).said
    rooms = await ana.open(f"{HERE}/rooms")
    page = await ana.send(rooms, f"{HERE}/rooms/2", name="Enfants", version="1")
    assert "Salle modifiée : Enfants" in page.said
    assert not (await ana.open(f"{HERE}/rules")).form("/desk").fields.get("daily")
    hire(world, "max", Role.MANAGER)
    await ana.sign_in("max")
    page = await ana.send(await ana.open(f"{HERE}/rules"), daily="90")
    assert "Règles des ordinateurs enregistrées" in page.said
    assert world.row("SELECT daily FROM slot_rules") == (90,)
    wrong = await ana.send(await ana.open(f"{HERE}/rules"), session="20")
    assert wrong.status == 422
