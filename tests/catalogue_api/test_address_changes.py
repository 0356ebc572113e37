"""A reader's e-mail becomes another: the address that it was is told, and learns nothing more."""

from datetime import timedelta

import pytest
from catalogue_world import World
from http_world import QUICK
from mail_world import post_office, sent, states, write_to

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.notices import (
    LIST_MY_NOTICES,
    LIST_NOTICES,
    SEND_NOTICE_AGAIN,
    NoticesAsked,
)
from catalogue_api.contract.own_data import EDIT_OWN_ACCOUNT, OwnData
from catalogue_api.contract.patrons import EDIT_PATRON, PatronData
from catalogue_api.domain.roles import Role
from catalogue_api.embedded import EmbeddedCatalogue

PIN = "481516"
OLD, NEW = "ida@example.org", "ida.inconnue@example.net"
FIRST_PAGE = NoticesAsked(cursor="", limit=50)


@pytest.fixture
def library(world: World) -> World:
    write_to(world, email=OLD, pin_hash=QUICK._hasher.hash(PIN))
    return world


async def change(library: World, email: str, version: int = 1) -> None:
    """Change the address as the reader does, with the PIN."""
    token = library.signed_in(Role.PATRON)
    way = EmbeddedCatalogue(library.database, token, library.rules, library.clock, passwords=QUICK)
    body = OwnData.model_validate({"email": email, "pin": PIN})
    await way.call(EDIT_OWN_ACCOUNT, body, version=version)


async def at_desk(library: World, email: str, version: int = 1, **values) -> None:
    body = PatronData(card="P1", family_name="Inconnue", given_name="Ida", email=email, **values)
    await library.desk().call(EDIT_PATRON, body, version=version, patron="1")


@pytest.mark.parametrize("how", [change, at_desk])
async def test_the_old_address_is_told_and_nobody_is_named(library, how) -> None:
    await how(library, NEW)
    async with post_office() as post:
        assert (await sent(library, post)).sent == 1
        assert (await sent(library, post)).sent == 0
    ((to, letter),) = post.letters
    assert (to, letter["To"]) == (OLD, OLD)
    assert letter["Subject"] == "L’adresse de votre compte a changé"
    said = letter.get_content()
    assert "lundi 23 novembre à 13\xa0h," in said
    whole = letter.as_string() + said
    for private in ("Ida", "Inconnue", "P1", NEW, "example.net"):
        assert private not in whole
    assert letter["List-Unsubscribe"] is None, "it cannot be declined"
    assert states(library) == [("sent", "")]
    assert library.row("SELECT patron_id, address FROM notices") == (1, "")


async def test_it_speaks_the_language_of_the_reader(library) -> None:
    await at_desk(library, NEW, language="en")
    async with post_office() as post:
        await sent(library, post)
    assert post.subjects == ["The address of your account has changed"]


@pytest.mark.parametrize(
    ("old", "new"), [(OLD, " IDA@example.org"), ("", NEW), ("nobody", NEW), (OLD, OLD)]
)
async def test_where_no_other_address_comes_of_it_nobody_is_told(library, old, new) -> None:
    write_to(library, email=old)
    await at_desk(library, new)
    assert states(library) == []


async def test_an_address_that_is_taken_away_is_told_too(library) -> None:
    await at_desk(library, "")
    async with post_office() as post:
        await sent(library, post)
    assert [to for to, _ in post.letters] == [OLD]


async def test_each_address_of_several_changes_is_told(library) -> None:
    await change(library, "thief@example.com")
    await change(library, "other@example.com", 2)
    await at_desk(library, OLD, 3)
    async with post_office() as post:
        await sent(library, post)
    assert [to for to, _ in post.letters] == [OLD, "thief@example.com", "other@example.com"]


async def test_an_address_that_fails_is_told_nothing(library) -> None:
    write_to(library, email=OLD, failing_email=OLD)
    await at_desk(library, NEW)
    assert states(library) == []


async def test_what_the_old_server_says_is_not_held_against_the_new_address(library) -> None:
    await change(library, NEW)
    async with post_office() as post:
        post.says["RCPT"] = "550 5.1.1 no such user here"
        assert (await sent(library, post)).dropped == 1
    assert states(library) == [("dropped", "address_refused")]
    assert library.row("SELECT failing_email FROM patrons WHERE id = 1") == ("",)
    assert library.row("SELECT address FROM notices") == ("",)


async def test_a_mail_server_that_is_away_loses_nothing(library) -> None:
    await change(library, NEW)
    async with post_office() as post:
        post.says["DATA"] = "452 4.3.1 the disk is full"
        assert (await sent(library, post)).later == 1
        post.says.clear()
        library.now += timedelta(hours=1)
        assert (await sent(library, post)).sent == 1
    assert [to for to, _ in post.letters] == [OLD]


async def test_it_stands_among_the_readers_notices_and_is_not_sent_again(library) -> None:
    await change(library, NEW)
    async with post_office() as post:
        await sent(library, post)
    desk = library.desk()
    (line,) = (await desk.call(LIST_NOTICES, FIRST_PAGE, patron="1")).notices
    assert (line.kind.value, line.again) == ("email_changed", False)
    with pytest.raises(Refused) as refused:
        await desk.call(SEND_NOTICE_AGAIN, Nothing(), key="k", notice=str(line.notice))
    assert refused.value.type is ProblemType.CONFLICT
    own = library.embedded(library.signed_in(Role.PATRON))
    assert len((await own.call(LIST_MY_NOTICES, FIRST_PAGE)).notices) == 1


async def test_a_form_that_is_refused_tells_nobody(library) -> None:
    with pytest.raises(Refused):
        await at_desk(library, NEW, home_site="x")
    with pytest.raises(Refused):
        await at_desk(library, NEW, version=9)
    assert states(library) == []
