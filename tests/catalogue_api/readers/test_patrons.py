import json
from datetime import date, timedelta
from itertools import count

import pytest
from catalogue_world import NOW, TODAY
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.contract.blocks import ADD_BLOCK, LIFT_BLOCK, LIST_BLOCKS, BlocksAsked, NewBlock
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.own_account import SET_OWN_PIN, SHOW_OWN_ACCOUNT, OwnPin
from catalogue_api.contract.patrons import (
    DELETE_PATRON,
    EDIT_PATRON,
    FIND_PATRONS,
    REGISTER_PATRON,
    RENEW_CARD,
    REPLACE_CARD,
    RESET_PIN,
    SHOW_PATRON,
    CardRenewal,
    CardReplacement,
    FindPatrons,
    NewPatron,
    PatronData,
)
from catalogue_api.contract.sessions import SIGN_IN_PATRON, SignInPatron
from catalogue_api.domain.patrons import dialled, is_simple, one_time_code, sought
from catalogue_api.domain.roles import Role
from catalogue_api.storage.blocks import lift_of_item
from catalogue_api.storage.tables import Block, Loan, Patron

DAY = timedelta(days=1)
KEYS = count()
CAMILLE = PatronData(
    card=" C1 ", family_name="Lefèvre-Œdipe", given_name="Zoë", email="zoe@example.org"
)


@pytest.fixture
def desk(world):
    return world.embedded(world.signed_in(Role.LIBRARIAN))


async def keyed(desk, endpoint, body, **path):
    return await desk.call(endpoint, body, key=f"key{next(KEYS)}", **path)


async def find(desk, words: str, **values) -> list[str]:
    found = await desk.call(FIND_PATRONS, FindPatrons(words=words, **values))
    return [line.card for line in found.patrons]


async def test_a_reader_is_registered_shown_and_changed(world, desk) -> None:
    new = await keyed(desk, REGISTER_PATRON, CAMILLE)
    shown = await desk.call(SHOW_PATRON, Nothing(), patron=str(new.patron))
    assert shown == new
    assert (new.card, new.version, new.open_loans, new.has_pin) == ("C1", 1, 0, False)
    moved = CAMILLE.model_copy(update={"home_site": "arcueil", "note": "<b>x</b>"})
    changed = await desk.call(EDIT_PATRON, moved, version=1, patron=str(new.patron))
    assert (changed.home_site, changed.version) == ("arcueil", 2)
    with pytest.raises(Refused) as refusal:
        await desk.call(EDIT_PATRON, CAMILLE, version=1, patron=str(new.patron))
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    rows = world.rows("SELECT action, subject, detail FROM audit ORDER BY id")
    assert [row[:2] for row in rows] == [
        ("patron_registered", f"patron:{new.patron}"), ("patron_changed", f"patron:{new.patron}"),
    ]  # fmt: skip
    assert json.loads(rows[1][2]) == {"changed": ["home_site", "note"]}
    assert "Lef" not in "".join(row[2] for row in rows)


async def test_a_card_belongs_to_one_reader(world, desk) -> None:
    taken = CAMILLE.model_copy(update={"card": "P1"})
    with pytest.raises(Refused) as refusal:
        await keyed(desk, REGISTER_PATRON, taken)
    assert refusal.value.reasons == ("card_taken",)
    with pytest.raises(Refused) as refusal:
        await desk.call(EDIT_PATRON, taken, version=1, patron="2")
    assert refusal.value.reasons == ("card_taken",)
    with pytest.raises(Refused, match="no site 'x'"):
        await keyed(desk, REGISTER_PATRON, CAMILLE.model_copy(update={"home_site": "x"}))
    for patron in ("77", "0", "x"):
        with pytest.raises(Refused, match="no such"):
            await desk.call(SHOW_PATRON, Nothing(), patron=patron)


async def test_readers_are_found_by_any_part_without_accents(world, desk) -> None:
    await keyed(desk, REGISTER_PATRON, CAMILLE)
    world.add(Patron(card="100%_\\", family_name="Durand", given_name="Zoé", phone="06 12"))
    assert await find(desk, "LEFEVRE") == ["C1"]
    assert await find(desk, "œdip") == ["C1"]
    assert await find(desk, "zoe") == ["100%_\\", "C1"]
    assert await find(desk, "zoe lef") == ["C1"]
    assert await find(desk, "example.org") == ["C1"]
    assert await find(desk, "%_\\") == ["100%_\\"]
    assert await find(desk, "__") == []
    assert await find(desk, "zoe durand lef") == []
    first = await desk.call(FIND_PATRONS, FindPatrons(words="zo", limit=1))
    assert await find(desk, "zo", limit=1, cursor=first.next) == ["C1"]
    await desk.call(
        EDIT_PATRON, CAMILLE.model_copy(update={"family_name": "Martin"}), version=1,
        patron=str(world.row("SELECT id FROM patrons WHERE card = 'C1'")[0]),
    )  # fmt: skip
    assert await find(desk, "lefevre") == []
    assert await find(desk, "martin") == ["C1"]


async def test_a_card_is_renewed_from_its_end(world, desk) -> None:
    ends = {"1": TODAY + 9 * DAY, "2": TODAY - 9 * DAY}
    for patron, end in ends.items():
        await keyed(desk, RENEW_CARD, CardRenewal(expires_on=TODAY), patron=patron)
        world.database.write_now(
            lambda session, patron=patron, end=end: setattr(
                session.get_one(Patron, int(patron)), "expires_on", end
            )
        )
    renewed = [await keyed(desk, RENEW_CARD, CardRenewal(), patron=p) for p in ends]
    assert [one.expires_on for one in renewed] == [date(2027, 12, 2), date(2027, 11, 23)]
    for day in (TODAY - DAY, date(2106, 1, 1)):
        with pytest.raises(Refused, match="within three years"):
            await keyed(desk, RENEW_CARD, CardRenewal(expires_on=day), patron="1")


@pytest.mark.server  # a dozen passwords, each as dear as in production
async def test_a_one_time_code_signs_in_once_and_then_a_pin_is_chosen(world, desk) -> None:
    code = await desk.call(RESET_PIN, Nothing(), version=1, patron="1")
    assert code.until == TODAY + 7 * DAY
    anyone = world.embedded("")
    first = await anyone.call(SIGN_IN_PATRON, SignInPatron(card="P1", pin=code.code))
    with pytest.raises(Refused):
        await anyone.call(SIGN_IN_PATRON, SignInPatron(card="P1", pin=code.code))
    reader = world.embedded(first.token)
    for simple in ("111111", "123456", "987654", "890123"):
        with pytest.raises(Refused) as refusal:
            await reader.call(SET_OWN_PIN, OwnPin(new_pin=simple))
        assert refusal.value.reasons == ("pin_too_simple",)
    await reader.call(SET_OWN_PIN, OwnPin(new_pin="481516"))
    second = await anyone.call(SIGN_IN_PATRON, SignInPatron(card="P1", pin="481516"))
    with pytest.raises(Refused, match="not your PIN"):
        await reader.call(SET_OWN_PIN, OwnPin(pin="481517", new_pin="234216"))
    await reader.call(SET_OWN_PIN, OwnPin(pin="481516", new_pin="234216"))
    with pytest.raises(Refused):  # the other session has ended
        await world.embedded(second.token).call(SHOW_OWN_ACCOUNT, Nothing())
    assert code.code not in str(world.rows("SELECT detail FROM audit"))


@pytest.mark.server
async def test_a_code_that_is_too_old_signs_nobody_in(world, desk) -> None:
    code = await desk.call(RESET_PIN, Nothing(), version=1, patron="1")
    world.now += 8 * DAY
    with pytest.raises(Refused) as refusal:
        await world.embedded("").call(SIGN_IN_PATRON, SignInPatron(card="P1", pin=code.code))
    assert refusal.value.type is ProblemType.NOT_AUTHENTICATED


async def test_blocks_are_added_listed_and_lifted(world, desk) -> None:
    until = TODAY + 3 * DAY
    block = await keyed(desk, ADD_BLOCK, NewBlock(reason="voir Claire"), patron="1")
    await keyed(desk, ADD_BLOCK, NewBlock(kind="suspension", until_on=until), patron="1")
    reader = world.embedded(world.signed_in(Role.PATRON))
    mine = await reader.call(SHOW_OWN_ACCOUNT, Nothing())
    assert ([kind.value for kind in mine.blocked], mine.may_borrow_from) == (
        ["suspension", "staff"], None,
    )  # fmt: skip
    for _ in range(2):
        lifted = await desk.call(LIFT_BLOCK, Nothing(), patron="1", block=str(block.block))
        assert (lifted.in_force, lifted.lifted_by) == (False, "librarian:librarian")
    mine = await reader.call(SHOW_OWN_ACCOUNT, Nothing())
    assert mine.may_borrow_from == until + DAY
    shown = await desk.call(SHOW_PATRON, Nothing(), patron="1")
    assert [one.kind.value for one in shown.blocks] == ["suspension"]
    everything = await desk.call(LIST_BLOCKS, BlocksAsked(past=True), patron="1")
    assert [one.in_force for one in everything.blocks] == [True, False]
    for body in (NewBlock(kind="suspension"), NewBlock(until_on=TODAY - DAY)):
        with pytest.raises(Refused, match="until_on"):
            await keyed(desk, ADD_BLOCK, body, patron="1")
    with pytest.raises(Refused, match="no such block"):
        await desk.call(LIFT_BLOCK, Nothing(), patron="2", block=str(block.block))


def test_the_block_of_a_lost_item_goes_when_it_comes_back(world) -> None:
    values = {"patron_id": 1, "kind": "lost_item", "from_on": TODAY, "created_at": NOW}
    world.add(Block(item_id=1, **values), Block(item_id=2, **values), Block(**values))
    lifted = world.database.write_now(
        lambda session: lift_of_item(session.connection(), 1, "kiosk:pad", NOW)
    )
    assert lifted == 1
    assert world.rows("SELECT item_id FROM blocks WHERE lifted_by = 'kiosk:pad'") == [(1,)]


async def test_a_reader_with_something_open_is_not_deleted(world, desk) -> None:
    loan, hold = world.lend(patron=2), world.hold(patron=2, title=2)
    world.add(Block(patron_id=2, kind="staff", from_on=TODAY, created_at=NOW))
    assert await refusal(desk, "2") == ("has_loans",)
    world.database.write_now(lambda session: setattr(session.get_one(Loan, loan), "ended_at", NOW))
    assert await refusal(desk, "2") == ("has_holds",)
    world.database.write_now(
        lambda session: session.connection().exec_driver_sql(
            "UPDATE holds SET status = 'cancelled'"
        )
    )
    gone = await desk.call(DELETE_PATRON, Nothing(), version=1, patron="2")
    assert (gone.loans, gone.holds) == (1, 1)
    assert world.row(f"SELECT patron_id FROM loans WHERE id = {loan}") == (None,)
    assert world.row(f"SELECT patron_id FROM holds WHERE id = {hold}") == (None,)
    assert world.rows("SELECT id FROM patrons WHERE id = 2") == []
    with pytest.raises(Refused, match="no such reader"):
        await desk.call(DELETE_PATRON, Nothing(), version=1, patron="2")


async def refusal(desk, patron: str) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        await desk.call(DELETE_PATRON, Nothing(), version=1, patron=patron)
    return refused.value.reasons


@given(st.text(max_size=20))
def test_codes_are_eight_digits(chance) -> None:
    code = one_time_code(chance)
    assert len(code) == 8
    assert code.isascii()
    assert code.isdigit()


@pytest.mark.parametrize(
    ("pin", "simple"), [("000000", True), ("456789", True), ("210987", True), ("135791", False)]
)
def test_simple_pins(pin, simple) -> None:
    assert is_simple(pin) is simple


def test_what_is_sought_is_folded() -> None:
    assert sought(" Lefèvre ", "", "Zoë\tŒ") == "lefevre zoe oe"


async def test_somebody_of_the_same_name_is_not_registered_unseen(world, desk) -> None:
    world.add(Patron(card="X", family_name="Le Fèvre", given_name="Zoë", birth_year=1980))
    same = {"card": "Y", "family_name": "Zoe", "given_name": "LE-FEVRE", "unless_known": True}
    for year in (None, 1980):
        with pytest.raises(Refused) as refusal:
            await keyed(desk, REGISTER_PATRON, NewPatron(**same, birth_year=year))
        assert refusal.value.reasons == ("perhaps_known",)
    for odd in ({"birth_year": 1981}, {"given_name": "Fèvre", "card": "Z"}):
        assert (await keyed(desk, REGISTER_PATRON, NewPatron(**same | odd))).version == 1
    known = NewPatron(**same | {"card": "K", "unless_known": False})
    assert (await keyed(desk, REGISTER_PATRON, known)).card == "K"


async def test_another_card_takes_the_place_of_a_lost_one(world, desk) -> None:
    world.add(Block(patron_id=1, kind="lost_card", from_on=TODAY, created_at=NOW))
    world.add(Block(patron_id=1, kind="staff", from_on=TODAY, created_at=NOW))
    reader = world.embedded(world.signed_in(Role.PATRON))
    with pytest.raises(Refused) as refusal:
        await keyed(desk, REPLACE_CARD, CardReplacement(card="P2"), patron="1")
    assert refusal.value.reasons == ("card_taken",)
    new = await keyed(desk, REPLACE_CARD, CardReplacement(card="P9"), patron="1")
    assert (new.card, [one.kind.value for one in new.blocks]) == ("P9", ["staff"])
    assert await find(desk, "P9") == ["P9"]
    with pytest.raises(Refused):  # whoever has the old card is signed out
        await reader.call(SHOW_OWN_ACCOUNT, Nothing())


@pytest.mark.server
async def test_a_second_code_needs_a_second_look(world, desk) -> None:
    code = await desk.call(RESET_PIN, Nothing(), version=1, patron="1")
    with pytest.raises(Refused) as refusal:
        await desk.call(RESET_PIN, Nothing(), version=1, patron="1")
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    assert (await desk.call(SHOW_PATRON, Nothing(), patron="1")).version == code.version


async def test_a_telephone_is_found_however_it_is_written(world, desk) -> None:
    world.add(
        Patron(card="A", family_name="Un", phone="06 12 34 56 78"),
        Patron(card="B", family_name="Deux", phone="+33 (0)6-12.34.56.78"),
        Patron(card="C", family_name="Trois", phone="+33612345678"),
        Patron(card="12345678", family_name="Quatre"),
    )
    for words in ("0612345678", "06.12.34.56.78", "+33 6 12 34 56 78", "0033612345678"):
        assert await find(desk, words) == ["B", "C", "A"], words
    assert await find(desk, "345678") == ["B", "12345678", "C", "A"]
    assert await find(desk, "34 56") == ["B", "12345678", "C", "A"]
    assert await find(desk, "0699") == []
    assert [dialled(odd) for odd in ("zoe", "1 2", "--", "+", "06 12 x")] == [""] * 5
