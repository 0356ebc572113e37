"""A PIN with a one-time code: used once, where it was asked for; no answer tells anything."""

import asyncio
import json
from datetime import timedelta

import pytest
from catalogue_world import NOW, TODAY
from http_world import QUICK

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.own_pins import ASK_PIN_CODE, CHOOSE_PIN, AskPinCode, ChoosePin
from catalogue_api.contract.patrons import RESET_PIN
from catalogue_api.contract.sessions import SEE_SESSION, SIGN_IN_PATRON, SignInPatron
from catalogue_api.domain.roles import Role
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.services.call import Call
from catalogue_api.services.own import own_pins
from catalogue_api.services.secrets.passwords import Passwords, Proof, Question
from catalogue_api.services.staff import signing_in
from catalogue_api.storage.tables import Patron

PIN = "481516"
HERE, ELSEWHERE = "browser-of-ida-0000000", "browser-of-a-stranger-"


@pytest.fixture(autouse=True)
def ida(world) -> None:
    """Ida has an e-mail; Paul has none."""
    world.database.write_now(lambda db: setattr(db.get_one(Patron, 1), "email", "Ida@example.org"))


@pytest.fixture
def anyone(world):
    return EmbeddedCatalogue(world.database, "", world.rules, world.clock, passwords=QUICK)


async def ask(anyone, card="P1", email="ida@EXAMPLE.org ", request=HERE):
    return await anyone.call(ASK_PIN_CODE, AskPinCode(card=card, email=email, request=request))


async def choose(anyone, code: str, card="P1", request=HERE, pin=PIN):
    body = ChoosePin(card=card, code=code, new_pin=pin, request=request)
    return await anyone.call(CHOOSE_PIN, body)


async def refusal(asking) -> Refused:
    with pytest.raises(Refused) as refused:
        await asking
    return refused.value


def mailed(world) -> list[str]:
    """The codes that lie in the outbox, the newest last."""
    rows = world.rows("SELECT about FROM notices WHERE kind = 'one_time_code' ORDER BY id")
    return [json.loads(about)["code"] for (about,) in rows]


async def sign_in(anyone, pin=PIN, card="P1"):
    return await anyone.call(SIGN_IN_PATRON, SignInPatron(card=card, pin=pin))


async def test_a_code_by_mail_sets_a_pin_once_in_the_browser_that_asked(world, anyone) -> None:
    old = world.embedded(world.signed_in(Role.PATRON))
    assert (await ask(anyone)).minutes == 30
    (code,) = mailed(world)
    assert code not in str(world.rows("SELECT * FROM mailed_codes"))
    assert HERE not in str(world.rows("SELECT * FROM mailed_codes"))
    # The message was forwarded: to somebody who has not asked here, or another card.
    for request, card in [(ELSEWHERE, "P1"), ("", "P1"), (HERE, "P2"), (HERE, "nobody")]:
        refused = await refusal(choose(anyone, code, card, request))
        assert refused.type is ProblemType.NOT_AUTHENTICATED
    await choose(anyone, f" {code[:4]} {code[4:]} ")
    await refusal(old.call(SEE_SESSION, Nothing()))
    await sign_in(anyone)
    # Used twice, it does nothing.
    assert (await refusal(choose(anyone, code))).type is ProblemType.NOT_AUTHENTICATED
    await sign_in(anyone)
    assert world.rows("SELECT actor, action, subject FROM audit") == [
        ("patron:1", "pin_chosen", "patron:1")
    ]


async def test_the_pin_that_there_is_goes_on_until_the_code_is_used(world, anyone) -> None:
    await ask(anyone)
    await choose(anyone, *mailed(world))
    await ask(anyone, request=ELSEWHERE)  # somebody who knows card and address asks
    await sign_in(anyone)


async def test_a_code_lasts_half_an_hour(world, anyone) -> None:
    await ask(anyone)
    world.now += timedelta(minutes=30)
    assert (await refusal(choose(anyone, *mailed(world)))).type is ProblemType.NOT_AUTHENTICATED


async def test_asking_twice_with_one_form_sends_one_code(world, anyone) -> None:
    await ask(anyone)
    await ask(anyone)
    assert len(mailed(world)) == 1
    await ask(anyone, request=ELSEWHERE)
    first, second = mailed(world)
    await choose(anyone, first)
    await refusal(choose(anyone, second, request=ELSEWHERE))  # all end with the first that is used


async def test_a_code_is_guessed_five_times_at_most(world, anyone) -> None:
    await ask(anyone)
    (code,) = mailed(world)
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    for _ in range(own_pins.MOST_TRIES):
        world.now += timedelta(minutes=5)
        await refusal(choose(anyone, wrong))
    world.now += timedelta(minutes=4)
    assert (await refusal(choose(anyone, code))).type is ProblemType.NOT_AUTHENTICATED


async def test_no_answer_tells_whether_card_or_address_exist(world, anyone) -> None:
    told = [
        await ask(anyone, card, email, f"browser-{number:022}")
        for number, (card, email) in enumerate(
            [("P1", "ida@example.org"), ("P1", "x@example.org"), ("P2", "ida@example.org"),
             ("nobody", "ida@example.org"), ("P2", "   ---")]
        )
    ]  # fmt: skip
    assert len({one.model_dump_json() for one in told}) == 1
    assert len(mailed(world)) == 1


@pytest.mark.parametrize("email", ["ida@example.org", "x@example.org"])
async def test_messages_become_rarer_whether_they_are_sent_or_not(world, anyone, email) -> None:
    for number in range(own_pins.FREE_MESSAGES):
        await ask(anyone, email=email, request=f"browser-{number:022}")
    again = f"browser-{0:022}"
    for request in (again, ELSEWHERE):
        slowed = await refusal(ask(anyone, email=email, request=request))
        assert (slowed.type, slowed.retry_after) == (ProblemType.TOO_MANY_REQUESTS, 1)
    await ask(anyone, card="P2", email=email, request=ELSEWHERE)


async def test_a_code_of_the_desk_needs_no_browser_and_lasts_seven_days(world, anyone) -> None:
    desk = EmbeddedCatalogue(
        world.database, world.signed_in(Role.LIBRARIAN), world.rules, world.clock, passwords=QUICK
    )
    code = await desk.call(RESET_PIN, Nothing(), version=1, patron="2")
    assert code.until == TODAY + timedelta(days=7)
    await refusal(choose(anyone, code.code, "P2", HERE))
    for simple in ("111111", "123456"):
        refused = await refusal(choose(anyone, code.code, "P2", "", simple))
        assert refused.reasons == ("pin_too_simple",)
    await choose(anyone, code.code, "P2", "")
    await refusal(choose(anyone, code.code, "P2", ""))
    # A PIN is no code: knowing it is not enough to be in the way of who has it.
    await refusal(choose(anyone, PIN, "P2", ""))
    await sign_in(anyone, card="P2")
    again = await desk.call(RESET_PIN, Nothing(), version=code.version + 1, patron="2")
    world.now += timedelta(days=8)
    await refusal(choose(anyone, again.code, "P2", ""))


async def test_a_code_used_by_two_at_once_counts_for_one(world, anyone) -> None:
    await ask(anyone)
    (code,) = mailed(world)
    both = [choose(anyone, code, pin=pin) for pin in ("481516", "234216")]
    ended = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(isinstance(one, Refused) for one in ended) == [False, True]
    await sign_in(anyone, "234216" if isinstance(ended[0], Refused) else "481516")


class Weighed(Passwords):
    """The real comparison, which notes what work each question made."""

    def __init__(self) -> None:
        super().__init__(QUICK._hasher, inline=True)
        self.work: list[tuple[int, int]] = []

    def _prove(self, question: Question) -> Proof:
        self.work.append((int(bool(question.secret)), int(bool(question.new))))
        return super()._prove(question)


async def test_every_wrong_way_costs_and_answers_alike(world) -> None:
    weighed = Weighed()
    anyone = EmbeddedCatalogue(world.database, "", world.rules, world.clock, passwords=weighed)
    await ask(anyone)
    await choose(anyone, *mailed(world))
    weighed.work.clear()
    # A card that nobody has, a card without a PIN, a wrong PIN.
    told = [str(await refusal(sign_in(anyone, "999999", card))) for card in ("none", "P2", "P1")]
    assert len(set(told)) == 1
    assert weighed.work == [(1, 0)] * 3
    weighed.work.clear()
    # No such card, no code for the card, not asked here, and a code of the desk that never was.
    ways = [("none", HERE), ("P2", HERE), ("P1", ELSEWHERE), ("P1", "")]
    told = [str(await refusal(choose(anyone, "99999999", *way))) for way in ways]
    assert len(set(told)) == 1
    assert weighed.work == [(1, 1)] * 4
    weighed.work.clear()
    for number, (card, email) in enumerate([("P1", "ida@example.org"), ("none", "x@example.org")]):
        await ask(anyone, card, email, f"browser-{number:022}")
    assert weighed.work == [(0, 1)] * 2


def test_what_nobody_has_is_compared_with_a_hash_of_the_same_cost() -> None:
    stored = QUICK._hasher.hash(PIN)
    assert QUICK._nobody.split("$")[:4] == stored.split("$")[:4]
    assert len(QUICK._nobody) == len(stored)


def test_tries_of_codes_and_of_pins_of_one_card_are_counted_together(world) -> None:
    def tries(session) -> None:
        call = Call(NOW, world.rules.current(session.connection()), address="192.0.2.7")
        for _ in range(3):
            signing_in.before_patron(session, call, SignInPatron(card="P1", pin="1"))
            body = ChoosePin(card="P1", code="1", new_pin=PIN)
            own_pins.before_choosing(session, call, body)

    with pytest.raises(Refused) as refused:
        world.database.write_now(tries)
    assert refused.value.type is ProblemType.TOO_MANY_REQUESTS
