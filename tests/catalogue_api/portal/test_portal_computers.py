"""Computers at the portal, with a browser that runs no script."""

import re

import pytest
from portal_world import PortalVisitor, give_pin
from slot_people import at, desk, furnish, reader

HERE = "/ordinateurs"
MINE = f"{HERE}/mes-creneaux"


@pytest.fixture
async def ida(world, client):
    furnish(world)
    give_pin(world)
    visitor = PortalVisitor(client)
    await visitor.sign_in()
    return visitor


def times_of(page) -> dict[str, str]:
    found = re.findall(
        r'<a href="(/ordinateurs/reserver[^"]+)"[^>]*><span class="at">([^<]+)', page.text
    )
    return {" ".join(wall.split()): link.replace("&amp;", "&") for link, wall in found}


async def choose(ida, wall: str, **query: str):
    said = "&".join(f"{name}={value}" for name, value in query.items())
    page = await ida.open(f"{HERE}?{said}")
    return await ida.open(times_of(page)[wall])


async def test_anybody_sees_what_is_free(world, client) -> None:
    furnish(world)
    await desk(world).book(at(14), computer=1)
    page = await PortalVisitor(client).open(f"{HERE}?duree=60&jour=2026-11-23")
    assert "2 libres" in page.said
    assert "Ida" not in page.text
    assert set(times_of(page)) >= {"10 h", "14 h", "17 h 45"}
    assert "Vous avez" not in page.said
    closed = await PortalVisitor(client).open(f"{HERE}?jour=2026-11-29")
    assert "Fermé ce jour-là" in closed.said
    odd = await PortalVisitor(client).open(f"{HERE}?jour=x&duree=7&site=y&avec=z&deplacer=-1")
    assert odd.status == 200
    assert (await PortalVisitor(client).open(f"{HERE}/reserver?a=x")).path.startswith("/connexion")


@pytest.mark.parametrize(
    "said", ["x", "2026-11-23T14:00", "0001-01-01T00:00%2B14:00", "9999-12-31T23:59Z", "2200-01-01"]
)
async def test_no_slot_begins_at_what_is_no_instant(ida, said) -> None:
    assert (await ida.open(f"{HERE}/reserver?a={said}")).status == 404


async def test_a_reader_books_moves_and_cancels(world, ida) -> None:
    page = await choose(ida, "14 h", duree="60")
    page = await ida.send(page, f"{HERE}/reserver", computer="2")
    assert page.path == MINE
    assert "C’est réservé : PC 2, lundi 23 novembre, de 14 h à 15 h." in page.said
    slot = world.row("SELECT id FROM bookings")[0]
    page = await choose(ida, "16 h 15", duree="60", deplacer=str(slot))
    assert "À la place de : lundi 23 novembre, de 14 h à 15 h." in page.said
    page = await ida.send(page, f"{HERE}/reserver")
    assert "C’est déplacé : PC 2, lundi 23 novembre, de 16 h 15 à 17 h 15." in page.said
    again = await ida.send(page, f"{HERE}/creneaux/{slot}")
    assert "Le créneau est annulé." in again.said
    twice = await ida.send(page, f"{HERE}/creneaux/{slot}")
    assert twice.path == MINE
    assert "Vous n’avez aucun créneau." in twice.said


async def test_somebody_else_was_quicker(world, ida) -> None:
    page = await choose(ida, "14 h", duree="60")
    for patron, computer in ((2, 1),):
        await reader(world, patron).book(at(14), computer=computer)
    refused = await ida.send(page, f"{HERE}/reserver", computer="1")
    assert refused.status == 422
    assert "Quelqu’un d’autre vient de le prendre" in refused.said
    booked = await ida.send(refused, f"{HERE}/reserver", computer="")
    assert "C’est réservé : PC 2" in booked.said


async def test_the_same_form_twice_is_one_slot(world, ida) -> None:
    page = await choose(ida, "14 h", duree="60")
    for _ in range(2):
        done = await ida.send(page, f"{HERE}/reserver")
        assert "C’est réservé" in done.said
    assert world.row("SELECT count(*) FROM bookings") == (1,)


async def test_what_cannot_be_is_said_in_words_for_readers(world, ida) -> None:
    for wall in ("11 h", "13 h"):
        await ida.send(await choose(ida, wall, duree="60"), f"{HERE}/reserver")
    page = await ida.send(await choose(ida, "15 h", duree="15"), f"{HERE}/reserver")
    assert "Vous auriez plus que votre temps de la journée." in page.said
    world.now = at(10, 14)
    gone = await ida.open(times_of(await ida.open(HERE))["10 h 15"])
    assert gone.status == 200
    missing = await ida.open(f"{HERE}/reserver?a=2026-11-23T02:00:00%2B00:00")
    assert missing.path.startswith(f"{HERE}?")
    assert "Cette heure est passée" in missing.said


async def test_waiting_is_offered_taken_and_given_back(world, ida) -> None:
    paul = reader(world, 2)
    slot = await paul.book(at(14), computer=1)
    await desk(world).block(at(14), at(18), computers=(2,))
    page = await ida.open(f"{HERE}/attendre?site=cachan&duree=60")
    page = await ida.send(page, f"{HERE}/attendre", **{"from": "14:00", "until": "15:00"})
    assert "C’est noté" in page.said
    assert "rang 1" in page.said
    await paul.cancel(slot)
    page = await ida.open(MINE)
    assert "Un ordinateur pour vous : lundi 23 novembre, de 14 h à 15 h" in page.said
    page = await ida.send(page, f"{HERE}/attentes/", act="accept")
    assert "C’est réservé." in page.said
    again = await ida.open(f"{HERE}/attendre?site=cachan&duree=60")
    wrong = await ida.send(again, f"{HERE}/attendre", **{"from": "16:00", "until": "15:00"})
    assert wrong.status == 422
    over = await ida.send(wrong, f"{HERE}/attendre", **{"from": "x", "until": "18:00"})
    assert over.status == 422
    page = await ida.send(over, f"{HERE}/attendre", **{"from": "15:00", "until": "18:00"})
    page = await ida.send(await ida.open(MINE), f"{HERE}/attentes/")
    assert page.path == MINE


async def test_the_screen_of_a_room_names_nobody(world, client) -> None:
    furnish(world)
    await desk(world).sit(computer=1)
    page = await PortalVisitor(client).open(f"{HERE}/salle/1")
    assert "Espace multimédia" in page.said
    assert "PC 1 ● Occupé jusqu’à 11 h" in page.said
    assert "Ida" not in page.text
    assert (await PortalVisitor(client).open(f"{HERE}/salle/99")).status == 404
