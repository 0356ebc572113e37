from datetime import timedelta

import pytest
from catalogue_world import NOW
from http_world import QUICK

from catalogue_api.contract import sessions as contract
from catalogue_api.contract.endpoint import Keyed, Nothing, ProblemType, Refused
from catalogue_api.domain.roles import Role
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.services.answers.handlers import HANDLERS
from catalogue_api.services.staff import sessions, staff

PASSWORD = "correct horse battery"
PIN = "4821"


@pytest.fixture(autouse=True)
def accounts(world) -> None:
    stored, pin = QUICK.hash(PASSWORD), QUICK._hasher.hash(PIN)
    write = world.database.write_now
    write(lambda db: staff.add_staff(db, "ana", stored, "cachan", NOW, Role.MANAGER))
    write(
        lambda db: db.connection().exec_driver_sql(
            f"UPDATE patrons SET pin_hash = '{pin}' WHERE id = 1"
        )
    )


@pytest.fixture
def caller(world):
    def caller(token: str = "") -> EmbeddedCatalogue:
        return EmbeddedCatalogue(world.database, token, world.rules, world.clock, passwords=QUICK)

    return caller


async def enter(caller, name: str = "ana", password: str = PASSWORD) -> str:
    body = contract.SignInStaff(name=name, password=password)
    return (await caller().call(contract.SIGN_IN_STAFF, body)).token


async def enter_patron(caller, card: str = "P1", pin: str = PIN) -> str:
    body = contract.SignInPatron(card=card, pin=pin)
    return (await caller().call(contract.SIGN_IN_PATRON, body)).token


async def refused(asking) -> Refused:
    with pytest.raises(Refused) as refusal:
        await asking
    return refusal.value


async def test_staff_sign_in_see_themselves_and_sign_out(world, caller) -> None:
    body = contract.SignInStaff(name=" ana ", password=PASSWORD)
    opened = await caller().call(contract.SIGN_IN_STAFF, body)
    assert (opened.role, opened.idle_seconds) == (Role.MANAGER, 3600)
    assert opened.expires_at == NOW + sessions.SESSION_LASTS
    ana = caller(opened.token)
    seen = await ana.call(contract.SEE_SESSION, Nothing())
    assert (seen.name, seen.site, seen.current) == ("ana", "cachan", True)
    assert opened.token not in str(world.rows("SELECT * FROM staff_sessions"))
    assert (await ana.call(contract.SIGN_OUT, Nothing())).ended == 1
    gone = await refused(ana.call(contract.SEE_SESSION, Nothing()))
    assert gone.type is ProblemType.NOT_AUTHENTICATED


async def test_a_card_number_alone_never_suffices(world, caller) -> None:
    token = await enter_patron(caller)
    seen = await caller(token).call(contract.SEE_SESSION, Nothing())
    assert (seen.role, seen.name, seen.site) == (Role.PATRON, "1", "")
    # Paul has no PIN yet: nothing that he may send signs him in.
    for card, pin in [("P2", "P2"), ("P2", "x"), ("P1", "P1"), ("nobody", PIN)]:
        refusal = await refused(enter_patron(caller, card, pin))
        assert refusal.type is ProblemType.NOT_AUTHENTICATED


async def test_refusals_are_alike_and_slow_down(world, caller) -> None:
    told = {str(await refused(enter(caller, name, "wrong"))) for name in ("ana", "nobody")}
    assert len(told) == 1
    for _ in range(4):
        await refused(enter(caller, "ana", "wrong"))
    slowed = await refused(enter(caller))
    assert (slowed.type, slowed.retry_after) == (ProblemType.TOO_MANY_REQUESTS, 1)
    world.now += timedelta(seconds=1)
    await enter(caller)
    assert world.rows("SELECT count FROM sign_in_failures ORDER BY count") == [(1,), (6,)]


async def test_sessions_are_listed_and_ended_one_by_one(world, caller) -> None:
    first = await enter(caller)
    world.now += timedelta(minutes=2)
    second = await enter(caller)
    ana = caller(second)
    listed = (await ana.call(contract.LIST_SESSIONS, Nothing())).sessions
    assert [one.current for one in listed] == [True, False]
    other = listed[1].session
    paul = caller(await enter_patron(caller))
    assert (await refused(paul.call(contract.END_SESSION, Nothing(), session=other))).type is (
        ProblemType.NOT_FOUND
    )
    assert (await ana.call(contract.END_SESSION, Nothing(), session=other)).ended == 1
    assert (await refused(caller(first).call(contract.SEE_SESSION, Nothing()))).type is (
        ProblemType.NOT_AUTHENTICATED
    )
    assert (await ana.call(contract.END_SESSIONS, Nothing())).ended == 1
    assert (await paul.call(contract.SEE_SESSION, Nothing())).current


async def test_an_administrator_signs_others_out(world, caller) -> None:
    ana, ida = caller(await enter(caller)), caller(await enter_patron(caller))
    root = caller(world.signed_in(Role.ADMINISTRATOR))
    not_hers = await refused(ana.call(contract.END_SESSIONS_OF_PATRON, Nothing(), patron="1"))
    assert not_hers.type is ProblemType.NOT_ALLOWED
    assert (await root.call(contract.END_SESSIONS_OF_PATRON, Nothing(), patron="1")).ended == 1
    assert (await root.call(contract.END_SESSIONS_OF_STAFF, Nothing(), staff="ana")).ended == 1
    for one in (ana, ida):
        assert (await refused(one.call(contract.SEE_SESSION, Nothing()))).type is (
            ProblemType.NOT_AUTHENTICATED
        )
    assert world.rows("SELECT actor, action, subject FROM audit ORDER BY id") == [
        ("administrator:administrator", "DELETE /v1/patrons/{patron}/sessions", "patron:1"),
        ("administrator:administrator", "DELETE /v1/staff/{staff}/sessions", "staff:ana"),
    ]
    for patron in ("x", "99", "1" * 40, "²"):
        gone = root.call(contract.END_SESSIONS_OF_PATRON, Nothing(), patron=patron)
        assert (await refused(gone)).type is ProblemType.NOT_FOUND


async def test_a_session_that_is_used_stays_and_is_noted_once_a_minute(world, caller) -> None:
    ana = caller(await enter(caller))
    for _ in range(12):
        world.now += timedelta(minutes=10)
        await ana.call(contract.SEE_SESSION, Nothing())
    world.now += timedelta(seconds=59)
    await ana.call(contract.SEE_SESSION, Nothing())
    seen = f"{world.now - timedelta(seconds=59):%H:%M:%S}"
    assert seen in str(world.row("SELECT last_seen_at FROM staff_sessions"))
    world.now += timedelta(hours=1)
    await refused(ana.call(contract.SEE_SESSION, Nothing()))


async def test_who_has_too_many_sessions_loses_the_oldest(world, caller) -> None:
    tokens = []
    for _ in range(sessions.MOST_SESSIONS + 1):
        world.now += timedelta(seconds=1)
        tokens.append(await enter(caller))
    await refused(caller(tokens[0]).call(contract.SEE_SESSION, Nothing()))
    kept = await caller(tokens[1]).call(contract.LIST_SESSIONS, Nothing())
    assert len(kept.sessions) == sessions.MOST_SESSIONS


async def test_an_account_that_is_disabled_is_out_at_once(world, caller) -> None:
    token = await enter(caller)
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql(
            "UPDATE staff SET disabled_at = '2026-11-23 12:00:00+00:00' WHERE name = 'ana'"
        )
    )
    for asking in (caller(token).call(contract.SEE_SESSION, Nothing()), enter(caller)):
        assert (await refused(asking)).type is ProblemType.NOT_AUTHENTICATED


@pytest.mark.server
def test_no_endpoint_with_a_secret_stores_its_body_or_its_answer() -> None:
    for handler in HANDLERS:
        endpoint = handler.endpoint
        schemas = str(endpoint.request.model_json_schema()) + str(
            endpoint.answer.model_json_schema()
        )
        assert "'format': 'password'" not in schemas or endpoint.keyed is not Keyed.HEADER
    assert PIN not in repr(contract.SignInPatron(card="P1", pin=PIN))
