"""The program of a computer, event by event: what it shows, asks, and keeps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalogue_api.agent.machine import advance, view
from catalogue_api.agent.states import (
    Ask,
    Extend,
    Face,
    Heard,
    Keep,
    Kept,
    Lock,
    Refused,
    SignIn,
    SignOut,
    State,
    Tick,
    Unlock,
    Unreachable,
    Warn,
)
from catalogue_api.contract import computer_agents as agents
from catalogue_api.contract.computer_agents import SeatNow, SeatSession
from catalogue_api.contract.computers import SeatState
from catalogue_api.contract.endpoint import ProblemType
from catalogue_api.contract.slots import BookingEnd

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SESSION = SeatSession(
    session=12,
    guest=False,
    language="en",
    started_at=NOW,
    ends_at=NOW + timedelta(minutes=60),
    usable_until=NOW + timedelta(minutes=60),
)
FREE = SeatNow(
    computer=3,
    name="PC 3",
    room_name="Multimédia",
    site_name="Cachan",
    now=NOW,
    open_until=NOW + timedelta(hours=9),
    state=SeatState.FREE,
    ask_again_in=20,
)
USED = FREE.model_copy(update={"state": SeatState.IN_USE, "session": SESSION})


class Program:
    """The machine, and all that it has done; `clock` is what its forward clock shows."""

    def __init__(self, state: State | None = None) -> None:
        self.state, self.clock = state or State("boot"), 100.0
        self.effects: list = []

    def happen(self, *events) -> list:
        """Let events happen; return what is done about the last one."""
        done: list = []
        for event in events:
            self.state, effects = advance(self.state, event, self.clock)
            done = list(effects)
            self.effects += done
        return done

    def heard(self, seat: SeatNow, to=agents.PULSE, **changes) -> list:
        now = NOW + timedelta(seconds=self.clock - 100)
        return self.happen(Heard(to, seat.model_copy(update={"now": now, **changes})))

    def minutes(self, minutes: float) -> list:
        """Let time pass in steps of a second."""
        done: list = []
        for _ in range(round(minutes * 60)):
            self.clock += 1
            done += self.happen(Tick())
        return done

    @property
    def face(self) -> Face:
        return view(self.state, self.clock).face


def asked(effects) -> list:
    return [effect.endpoint for effect in effects if isinstance(effect, Ask)]


@pytest.fixture
def program():
    return Program()


@pytest.fixture
def used(program):
    program.happen(Tick())
    program.heard(FREE)
    program.happen(SignIn("P1", "2580"))
    program.heard(USED, agents.SIGN_IN_HERE)
    return program


def test_it_asks_at_the_start_and_then_as_often_as_it_was_told(program) -> None:
    assert program.face is Face.STARTING
    assert asked(program.happen(Tick())) == [agents.PULSE]
    assert program.happen(Tick()) == [], "one question at a time"
    program.heard(FREE)
    assert program.face is Face.FREE
    assert len(asked(program.minutes(0.5))) == 1


def test_somebody_sits_down_and_the_session_is_kept(used) -> None:
    assert used.face is Face.IN_USE
    assert view(used.state, used.clock).minutes_left == 60
    assert Keep(Kept(12)) in used.effects
    assert used.happen(SignIn("P2", "1")) == [], "one at a time"


@pytest.mark.parametrize(("card", "secret"), [("P1", "9" * 65), ("9" * 65, "2580")])
def test_what_no_card_and_no_pin_can_be_is_wrong_and_ends_nothing(program, card, secret) -> None:
    program.happen(Tick())
    program.heard(FREE)
    assert program.happen(SignIn(card, secret)) == []
    assert view(program.state, program.clock).said == ("seat_refusal.wrong_card_or_pin.patron",)


def test_warnings_come_once_at_each_mark_and_the_time_is_over(used) -> None:
    done = used.minutes(59.9)
    assert [one.minutes for one in done if isinstance(one, Warn)] == [5, 4, 3, 2, 1]
    assert used.face is Face.IN_USE
    done = used.minutes(0.2)
    assert asked(done) == [agents.END_SESSION_HERE]
    assert used.face is Face.FREE
    assert view(used.state, used.clock).ended is BookingEnd.TIME_OVER
    assert used.state.kept == Kept(12, leaving=True)
    used.heard(FREE, agents.END_SESSION_HERE, ended=BookingEnd.SIGNED_OUT)
    assert used.state.kept == Kept()
    assert view(used.state, used.clock).ended is BookingEnd.TIME_OVER


def test_an_extension_moves_the_end_and_the_warnings(used) -> None:
    used.minutes(56)
    assert asked(used.happen(Extend())) == [agents.EXTEND_HERE]
    end = SESSION.ends_at + timedelta(minutes=15)
    longer = SESSION.model_copy(update={"ends_at": end, "usable_until": end})
    used.heard(USED, agents.EXTEND_HERE, session=longer)
    assert view(used.state, used.clock).minutes_left == 19
    warned = [one.minutes for one in used.minutes(18) if isinstance(one, Warn)]
    assert warned == [5, 4, 3, 2, 1]


def test_while_the_catalogue_is_away_one_may_stay_until_the_end_and_no_longer(used) -> None:
    used.happen(Unreachable())
    shown = view(used.state, used.clock)
    assert (shown.face, shown.online, shown.may_extend) == (Face.IN_USE, False, False)
    done = used.minutes(30)
    assert 1 <= len(asked(done)) <= 2, "it waits for each answer"
    used.happen(Unreachable())
    done = used.minutes(31)
    assert {5, 1} <= {one.minutes for one in done if isinstance(one, Warn)}
    assert used.face is Face.AWAY
    assert used.happen(SignIn("P2", "1"))[0].endpoint is agents.SIGN_IN_HERE


def test_a_catalogue_that_is_away_is_asked_later_each_time(program) -> None:
    program.happen(Tick())
    gaps = []
    for _ in range(8):
        program.happen(Unreachable())
        began = program.clock
        while not program.happen(Tick()):
            program.clock += 1
        gaps.append(program.clock - began)
    assert gaps == [2, 4, 8, 16, 32, 60, 60, 60]
    assert program.face is Face.AWAY


def test_who_signs_out_while_the_catalogue_is_away_has_left_and_it_is_told_later(used) -> None:
    assert asked(used.happen(SignOut())) == [agents.END_SESSION_HERE]
    assert used.face is Face.FREE
    used.happen(Unreachable())
    assert used.face is Face.AWAY
    again = Program(State("other boot", kept=used.state.kept))
    again.clock = used.clock + 60
    again.happen(Tick())
    assert asked(again.heard(USED)) == [agents.END_SESSION_HERE]
    assert again.face is not Face.IN_USE, "not even for a moment"
    again.heard(FREE, agents.END_SESSION_HERE)
    assert (again.face, again.state.kept) == (Face.FREE, Kept())


def test_a_lock_holds_at_once_and_is_told_until_the_catalogue_knows(used) -> None:
    assert asked(used.happen(Lock())) == [agents.LOCK_HERE]
    assert used.face is Face.LOCKED
    used.happen(Unreachable())
    assert used.face is Face.LOCKED
    assert asked(used.heard(USED)) == [agents.LOCK_HERE]
    locked = SESSION.model_copy(update={"locked": True})
    used.heard(USED, agents.LOCK_HERE, session=locked)
    assert used.happen(Extend()) == [], "nobody is there"
    used.happen(Unlock("0000"))
    used.happen(Refused(ProblemType.REFUSED_BY_RULE, ("wrong_card_or_pin",)))
    shown = view(used.state, used.clock)
    assert (shown.face, shown.said) == (
        Face.LOCKED, ("seat_refusal.wrong_card_or_pin.patron",),
    )  # fmt: skip
    used.happen(Unlock("2580"))
    used.heard(USED, agents.UNLOCK_HERE)
    assert used.face is Face.IN_USE
    assert view(used.state, used.clock).said == ()


def test_after_a_restart_the_pin_opens_the_same_session(program) -> None:
    program.state = replace(program.state, kept=Kept(12))
    (ask,) = program.happen(Tick())
    assert ask.body.session == 12
    locked = SESSION.model_copy(update={"locked": True})
    program.heard(USED, session=locked)
    assert program.face is Face.LOCKED


def test_a_computer_whose_token_is_worthless_says_so(program) -> None:
    program.happen(Tick(), Refused(ProblemType.NOT_AUTHENTICATED))
    assert program.face is Face.REVOKED
    program.minutes(1.1)
    program.heard(FREE)
    assert program.face is Face.FREE


def test_it_closes_with_the_library(program) -> None:
    program.happen(Tick())
    program.heard(FREE)
    program.clock += timedelta(hours=9).total_seconds()
    assert program.face is Face.CLOSED
    program.heard(FREE, open_until=None)
    assert program.face is Face.CLOSED


def test_what_is_wrong_is_asked_about_again_at_once(used) -> None:
    used.happen(Extend())
    used.happen(Refused(ProblemType.REFUSED_BY_RULE, ("next_is_booked",)))
    assert view(used.state, used.clock).said == ("slot_refusal.next_is_booked.patron",)
    assert asked(used.happen(Tick())) == [agents.PULSE]
    used.happen(Refused(ProblemType.TOO_MANY_REQUESTS))
    assert view(used.state, used.clock).said == ("agent.too_many",)
