"""Codes of guests: made once however often they are asked for, listed, taken back."""

import asyncio

import pytest
from catalogue_world import World
from computer_asking import Program
from slot_people import at, desk, furnish, reasons

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.guest_passes import (
    LIST_GUEST_PASSES,
    MAKE_GUEST_PASS,
    REVOKE_GUEST_PASS,
    NewGuestPass,
    PassState,
)
from catalogue_api.domain.roles import Role

CHANCE = "a-form-of-the-desk-0001"


@pytest.fixture
def library(world: World) -> World:
    furnish(world)
    return world


def of(chance: str) -> NewGuestPass:
    return NewGuestPass.model_validate({"made_of": chance})


async def test_a_form_that_is_sent_twice_makes_one_code(library) -> None:
    at_desk = desk(library)
    once = await at_desk.do(MAKE_GUEST_PASS, of(CHANCE), room=1)
    assert await at_desk.do(MAKE_GUEST_PASS, of(CHANCE), room=1) == once
    other = await at_desk.do(MAKE_GUEST_PASS, of(CHANCE + "x"), room=1)
    assert (other.code == once.code, other.number) == (False, once.number + 1)
    with pytest.raises(Refused) as refused:
        await at_desk.do(MAKE_GUEST_PASS, of(CHANCE), room=2)
    assert refused.value.type is ProblemType.CONFLICT
    made = library.rows("SELECT subject FROM audit WHERE action = 'guest_pass_made' ORDER BY id")
    assert made == [(f"guest_pass:{one.number}",) for one in (once, other)]
    stored = library.rows("SELECT code_hash, made_by FROM guest_passes")
    assert once.code not in str(stored)


async def test_of_many_at_once_with_one_form_each_gets_the_same_code(library) -> None:
    at_desk = desk(library)
    at_desk.stay_signed_in()
    way = library.embedded(at_desk.token)
    calls = [way.call(MAKE_GUEST_PASS, of(CHANCE), room="1") for _ in range(8)]
    assert len(set(await asyncio.gather(*calls))) == 1
    assert library.row("SELECT count(*) FROM guest_passes") == (1,)


async def test_a_code_is_listed_and_its_use_is_seen(library) -> None:
    at_desk, program = desk(library), Program(library, 2)
    used = await at_desk.do(MAKE_GUEST_PASS, NewGuestPass(), room=1)
    waits = await at_desk.do(MAKE_GUEST_PASS, NewGuestPass(), room=2)
    await program.sign_in("", used.code)
    listed = (await at_desk.do(LIST_GUEST_PASSES, site="cachan")).passes
    assert [(one.number, one.state, one.computer_name) for one in listed] == [
        (waits.number, PassState.READY, ""),
        (used.number, PassState.USED, "PC 2"),
    ]
    assert used.code not in str(listed)
    assert (await at_desk.do(LIST_GUEST_PASSES, site="arcueil")).passes == ()
    library.now = at(18)
    listed = (await at_desk.do(LIST_GUEST_PASSES, site="cachan")).passes
    assert [one.state for one in listed] == [PassState.OVER, PassState.USED]


async def test_a_code_that_was_taken_back_opens_nothing(library) -> None:
    at_desk, program = desk(library), Program(library)
    made = await at_desk.do(MAKE_GUEST_PASS, of(CHANCE), room=1)
    gone = await at_desk.do(REVOKE_GUEST_PASS, guest_pass=made.number)
    assert gone.state is PassState.REVOKED
    assert await reasons(program.sign_in("", made.code)) == {"wrong_pass"}
    assert await at_desk.do(REVOKE_GUEST_PASS, guest_pass=made.number) == gone
    with pytest.raises(Refused) as refused:
        await at_desk.do(MAKE_GUEST_PASS, of(CHANCE), room=1)
    assert refused.value.type is ProblemType.CONFLICT, "sent again, it stays worthless"
    acts = library.rows("SELECT count(*) FROM audit WHERE action = 'guest_pass_revoked'")
    assert acts == [(1,)]


async def test_a_code_by_which_somebody_sits_there_is_not_taken_back(library) -> None:
    at_desk = desk(library)
    made = await at_desk.do(MAKE_GUEST_PASS, NewGuestPass(), room=1)
    await Program(library).sign_in("", made.code)
    with pytest.raises(Refused) as refused:
        await at_desk.do(REVOKE_GUEST_PASS, guest_pass=made.number)
    assert refused.value.type is ProblemType.CONFLICT


async def test_none_is_made_while_the_doors_are_closed(library) -> None:
    library.now = at(8)
    assert await reasons(desk(library).do(MAKE_GUEST_PASS, NewGuestPass(), room=1)) == {"closed"}


async def test_technicians_make_none(library) -> None:
    with pytest.raises(Refused) as refused:
        await library.desk(Role.TECHNICIAN).call(MAKE_GUEST_PASS, NewGuestPass(), room="1")
    assert refused.value.type is ProblemType.NOT_ALLOWED
