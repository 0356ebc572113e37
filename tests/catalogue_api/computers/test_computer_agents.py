"""A library computer and its own program: who sits down, and for how long."""

from datetime import timedelta

import pytest
from computer_asking import PIN, QUICK, Program
from slot_people import at, desk, furnish, reader, reasons, tick

from catalogue_api.contract import computer_agents as agents
from catalogue_api.contract import slot_rules, slots, walk_ins
from catalogue_api.contract.computer_agents import Pulse
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.guest_passes import MAKE_GUEST_PASS, NewGuestPass
from catalogue_api.contract.walk_ins import GiveNumber
from catalogue_api.domain.roles import Role
from catalogue_api.domain.seat_states import SeatState
from catalogue_api.domain.slots import BookingEnd, BookingStatus, SlotRefusal
from catalogue_api.domain.throttling import FREE_TRIES_OF_AN_ADDRESS
from catalogue_api.storage.tables import Patron


@pytest.fixture
def library(world):
    furnish(world)
    pin = QUICK.hash(PIN)

    def choose(db) -> None:
        for number in (1, 2):
            db.get(Patron, number).pin_hash = pin

    world.database.write_now(choose)
    return world


async def test_a_booked_slot_is_claimed_by_card_and_pin(library) -> None:
    booked = await reader(library).book(at(14))
    program = Program(library)
    library.now = at(13, 56)
    before = await program.pulse()
    assert (before.state, before.session) == (SeatState.EXPECTED, None)
    here = await program.sign_in()
    assert here.session is not None
    assert here.session.session == booked.slot
    assert (here.session.usable_until, here.session.guest) == (at(15), False)
    assert not here.session.locked
    assert "Ida" not in here.model_dump_json()
    assert here.session.against == ()
    assert not here.session.may_extend, "it is too early for that, which is no reason to tell"


async def test_who_has_no_slot_sits_down_where_it_is_free_and_only_there(library) -> None:
    program = Program(library)
    here = await program.sign_in()
    assert here.session.usable_until == at(11)
    assert await program.sign_in() == here, "an answer that was lost is asked for again"
    assert await reasons(program.sign_in("P2")) == {"in_use"}
    other = Program(library, 2)
    assert await reasons(other.sign_in()) == {"booked_elsewhere"}
    assert len(library.rows("SELECT id FROM bookings")) == 1


async def test_a_slot_of_somebody_else_keeps_the_computer(library) -> None:
    await reader(library, 2).book(at(10, 15), computer=1)
    library.now = at(10, 5)
    assert await reasons(Program(library).sign_in()) == {"taken"}, "ten minutes are too short"
    library.now = at(10, 30)
    assert (await Program(library).sign_in()).session.usable_until == at(11, 30), "nobody came"


@pytest.mark.parametrize(("card", "secret"), [("P1", "0000"), ("P9", PIN), ("P2 ", "2581")])
async def test_card_and_pin_fail_alike_and_are_not_guessed_for_long(library, card, secret) -> None:
    program = Program(library)
    for _ in range(5):
        assert await reasons(program.sign_in(card, secret)) == {"wrong_card_or_pin"}
    with pytest.raises(Refused) as refused:
        await program.sign_in(card, secret)
    assert refused.value.type is ProblemType.TOO_MANY_REQUESTS


async def test_a_one_time_code_is_no_pin_yet(library) -> None:
    def reset(db) -> None:
        db.get(Patron, 1).code_until = library.now.date()

    library.database.write_now(reset)
    assert await reasons(Program(library).sign_in()) == {"choose_pin_first"}


async def test_a_session_is_extended_once_however_often_it_is_said(library) -> None:
    program = Program(library)
    session = (await program.sign_in()).session
    assert await reasons(program.extend(session.session, session.ends_at)) == {
        "too_early_to_extend"
    }
    library.now = at(10, 56)
    assert (await program.pulse(session.session)).session.may_extend
    longer = await program.extend(session.session, session.ends_at)
    assert longer.session.ends_at == at(11, 15)
    assert (await program.extend(session.session, session.ends_at)).session.ends_at == at(11, 15)
    await reader(library, 2).book(at(11, 15), computer=1)
    library.now = at(11, 9)
    shown = (await program.pulse(session.session)).session
    assert shown.usable_until == at(11, 10), "the gap is left to who comes next"
    library.now = at(11, 11)
    shown = (await program.pulse(session.session)).session
    assert (shown.may_extend, shown.against) == (False, (SlotRefusal.NEXT_IS_BOOKED,))


async def test_who_locks_comes_back_by_pin(library) -> None:
    program = Program(library)
    session = (await program.sign_in()).session.session
    assert (await program.lock(session)).session.locked
    assert await reasons(program.unlock(session, "0000")) == {"wrong_card_or_pin"}
    assert (await program.pulse(session)).session.locked
    assert not (await program.unlock(session)).session.locked


async def test_a_restart_keeps_the_session_and_asks_for_the_pin(library) -> None:
    program = Program(library)
    await program.pulse()
    session = (await program.sign_in()).session.session
    program.boot = "second"
    after = await program.pulse()
    assert (after.session.session, after.session.locked) == (session, True)
    assert not (await program.unlock(session)).session.locked
    assert not (await program.pulse(session)).session.locked


async def test_a_session_ends_once_and_the_computer_is_free(library) -> None:
    program = Program(library)
    session = (await program.sign_in()).session.session
    library.now = at(10, 20)
    over = await program.end(session)
    assert (over.session, over.ended, over.state) == (None, BookingEnd.SIGNED_OUT, SeatState.FREE)
    assert (await program.end(session)).ended is BookingEnd.SIGNED_OUT
    assert await reasons(program.extend(session, at(11))) == {"no_session"}
    ((ends,),) = library.rows("SELECT ends_at FROM bookings")
    assert ends.startswith("2026-11-23 09:20"), "what was not used counts for nobody"


async def test_the_program_hears_why_a_session_is_over(library) -> None:
    program = Program(library)
    session = (await program.sign_in()).session.session
    library.now = at(11, 1)
    assert (await program.pulse(session)).ended is BookingEnd.TIME_OVER
    tick(library)
    over = await program.pulse(session)
    assert (over.session, over.ended) == (None, BookingEnd.TIME_OVER)
    again = (await program.sign_in()).session.session
    at_desk = desk(library)
    info = await at_desk.do(slots.SHOW_SLOT, slot=again)
    await at_desk.act(slots.END_SLOT, info)
    assert (await program.pulse(again)).ended is BookingEnd.SIGNED_OUT


async def test_a_guest_sits_down_once_by_a_code_of_the_desk(library) -> None:
    at_desk, program = desk(library), Program(library)
    made = await at_desk.do(MAKE_GUEST_PASS, NewGuestPass(), room=1)
    code = made.code
    typed = f" {code[:4].lower()} {code[4:]}"
    assert await reasons(Program(library, 3).sign_in("", code)) == {"wrong_pass"}, "another room"
    here = await program.sign_in("", typed)
    assert (here.session.guest, here.session.usable_until) == (True, at(11))
    assert (await program.sign_in("", code)).session == here.session
    assert await reasons(Program(library, 2).sign_in("", code)) == {"wrong_pass"}, "used up"
    await program.lock(here.session.session)
    assert await reasons(program.unlock(here.session.session, "ABCDEFGH")) == {"wrong_pass"}
    for _ in range(FREE_TRIES_OF_AN_ADDRESS + 1):  # a guest who comes and goes guesses nothing
        assert not (await program.unlock(here.session.session, typed)).session.locked
    await program.end(here.session.session)
    assert await reasons(program.sign_in("", code)) == {"wrong_pass"}


async def test_a_number_that_is_called_is_answered_at_the_computer(library) -> None:
    at_desk = desk(library)
    await at_desk.sit(card="P2", computer=1)
    given = await at_desk.do(walk_ins.GIVE_NUMBER, GiveNumber(card="P1"), room=1)
    assert given.computer_name == "PC 2"
    here = await Program(library, 2).sign_in()
    assert here.session is not None
    (row,) = library.rows("SELECT status FROM walk_ins")
    assert row == ("seated",)
    assert library.rows("SELECT status FROM bookings WHERE computer_id = 2") == [
        (BookingStatus.IN_USE.value,)
    ]


async def test_a_computer_speaks_for_itself_only_and_not_without_its_token(library) -> None:
    program = Program(library)
    with pytest.raises(Refused) as refused:
        await program.ask(agents.PULSE, Pulse(), computer=2)
    assert refused.value.type is ProblemType.NOT_ALLOWED
    manager = library.desk(Role.MANAGER)
    given = await manager.call(agents.GIVE_COMPUTER_TOKEN, slot_rules.Nothing(), computer="1")
    with pytest.raises(Refused) as refused:
        await program.pulse()
    assert refused.value.type is ProblemType.NOT_AUTHENTICATED
    program.token = given.token
    assert (await program.pulse()).name == "PC 1"
    await manager.call(agents.REVOKE_COMPUTER_TOKEN, slot_rules.Nothing(), computer="1")
    with pytest.raises(Refused) as refused:
        await program.pulse()
    assert refused.value.type is ProblemType.NOT_AUTHENTICATED


async def test_two_at_once_and_one_sits_there(library) -> None:
    first, second = Program(library), Program(library)
    await first.sign_in("P2")
    assert await reasons(second.sign_in("P1")) == {"in_use"}
    library.now += timedelta(minutes=61)
    assert (await second.sign_in("P1")).session.started_at == library.now
