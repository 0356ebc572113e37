"""The programs of the computers, and codes for guests, at the desk."""

import re

import pytest
from computer_asking import Program
from desk_world import hire
from slot_people import at, furnish

from catalogue_api.domain.roles import Role
from catalogue_api.services.secrets.tokens import hashed

HERE = "/desk/computers"
PROGRAMS, GUESTS = f"{HERE}/programs", f"{HERE}/guests"


@pytest.fixture
async def ana(world, visitor):
    furnish(world)
    await visitor.sign_in()
    return visitor


async def test_a_technician_gives_a_token_that_is_shown_once(world, ana) -> None:
    hire(world, "tom", Role.TECHNICIAN)
    await ana.sign_in("tom")
    page = await ana.open(HERE)
    assert page.path == PROGRAMS, "a technician sees no reader"
    page = await ana.send(page, f"{HERE}/1/token")
    token = re.search(r'id="token"[^>]* value="([^"]+)"', page.text)[1]
    assert world.row("SELECT computer_id, token_hash FROM computer_agents") == (1, hashed(token))
    assert "--computer 1" in page.said
    page = await ana.open(PROGRAMS)
    assert token not in page.text
    assert "attendu, jamais vu" in page.said
    await Program(world, 1, token=token).pulse()
    page = await ana.open(PROGRAMS)
    assert "en contact" in page.said
    page = await ana.send(page, f"{HERE}/1/token/revoked")
    assert "Le jeton de PC 1 est retiré" in page.said
    assert "jeton retiré" in page.said
    assert (await ana.open(GUESTS)).status == 403


async def test_a_librarian_sees_programs_and_gives_no_token(world, ana) -> None:
    page = await ana.open(PROGRAMS)
    assert "pas de jeton" in page.said
    assert not [form for form in page.forms if form.action.endswith("/token")]
    form = (await ana.open(GUESTS)).form(GUESTS)
    assert (await ana.post(f"{HERE}/1/token", form.fields)).status == 403
    assert world.row("SELECT count(*) FROM computer_agents") == (0,)
    hire(world, "max", Role.MANAGER)
    await ana.sign_in("max")
    form = (await ana.open(PROGRAMS)).form(f"{HERE}/1/token")
    assert (await ana.post(f"{HERE}/99/token", form.fields)).status == 404
    assert (await ana.post(f"{HERE}/2/token/revoked", form.fields)).status == 404


async def test_a_silent_computer_is_seen_wherever_one_looks(world, ana) -> None:
    await Program(world, 1).pulse()
    assert "Tous les automates et ordinateurs vont bien." not in (await ana.open(HERE)).said
    world.now = at(10, 5)
    today = await ana.open("/desk/today")
    assert "PC 1 Espace multimédia · vu le" in today.said
    assert "Ne donne plus de nouvelles." in today.said
    assert "sans nouvelles" in (await ana.open(HERE)).said
    assert "sans nouvelles" in (await ana.open(PROGRAMS)).said
    await Program(world, 1).pulse()
    assert "sans nouvelles" not in (await ana.open(HERE)).said


async def test_a_page_that_is_watched_does_not_change_while_all_is_well(world, ana) -> None:
    seen, program = [], Program(world, 1)
    for minute in (0, 1):
        world.now = at(10, minute)
        await program.pulse()
        page = await ana.open(PROGRAMS)
        seen.append(re.search(r'data-seen="(\w+)"', page.text)[1])
    assert seen[0] == seen[1]


async def test_a_guest_gets_a_slip_and_sits_down_with_it(world, ana) -> None:
    form = await ana.open(GUESTS)
    slip = await ana.send(form, GUESTS, room="1")
    first, second = re.search(r'class="digits">(\w{4}) (\w{4})<', slip.text).groups()
    assert "n° 1" in slip.said
    again = await ana.send(form, GUESTS, room="1")
    assert f"{first} {second}" in again.said, "a double click makes no second code"
    here = await Program(world, 1).sign_in("", f"{first} {second}")
    assert here.session.guest
    page = await ana.open(GUESTS)
    assert "n° 1 Espace multimédia · utilisé : PC 1" in page.said
    assert first + second not in page.text
    again = await ana.send(form, GUESTS, room="1")
    assert "faites-en un autre" in again.said


async def test_a_code_is_taken_back_unless_it_is_used(world, ana) -> None:
    for _ in range(2):
        await ana.send(await ana.open(GUESTS), GUESTS, room="2")
    before = await ana.open(GUESTS)
    page = await ana.send(before, f"{GUESTS}/2")
    assert "Le code n° 2 est retiré." in page.said
    assert "n° 2 Jeunesse · retiré" in page.said
    used = "UPDATE guest_passes SET booking_id = (SELECT max(id) FROM bookings) WHERE id = 1"
    await ana.send(await ana.open(f"{HERE}/book"), f"{HERE}/book", card="P1", computer="3")
    world.database.write_now(lambda db: db.connection().exec_driver_sql(used).rowcount)
    page = await ana.send(before, f"{GUESTS}/1")
    assert "s’est déjà assis avec ce code" in page.said


async def test_no_code_is_made_for_a_closed_library_or_no_room(world, ana) -> None:
    form = await ana.open(GUESTS)
    assert (await ana.send(form, GUESTS, room="99")).status == 422
    world.now = at(8)
    await ana.sign_in()
    closed = await ana.send(await ana.open(GUESTS), GUESTS, room="1")
    assert closed.status == 422
    assert "n’est pas ouverte" in closed.said
    assert world.row("SELECT count(*) FROM guest_passes") == (0,)
