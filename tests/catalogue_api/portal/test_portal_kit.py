"""What every page of the portal gets from the kit: sessions, the two languages, errors."""

from datetime import timedelta

import pytest
from catalogue_world import NOW
from desk_world import ENGLISH
from http_world import serving
from portal_world import PIN, PortalVisitor, give_pin

from catalogue_api.web.portal.page import PORTAL


async def test_a_reader_signs_in_with_card_and_pin_and_out_again(world, anybody) -> None:
    give_pin(world)
    assert "Se connecter" in (await anybody.open("/")).said
    inside = await anybody.sign_in(card=" P 1 ")
    assert (inside.status, inside.path) == (200, "/")
    assert "Ida" in inside.said
    cookie = next(c for c in anybody.client.cookie_jar if c.key == "ritournelle_reader")
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie.value not in world.row("SELECT token_hash FROM patron_sessions")
    left = await anybody.send(inside, "/deconnexion")
    assert "Vous êtes déconnecté" in left.said
    assert world.row("SELECT count(*) FROM patron_sessions") == (0,)
    assert "Ida" not in (await anybody.open("/")).said


async def test_nobody_finds_out_which_cards_exist(world, anybody) -> None:
    give_pin(world)  # P2 has no PIN, nobody has P3
    seen = {
        (page.status, page.said.replace(card, "•"), page.text.replace(f'"{card}"', "•"))
        for card in ("P1", "P2", "P3")
        for page in [await anybody.sign_in(card, "000000")]
    }
    assert [(status, "ne vont pas ensemble" in said) for status, said, _ in seen] == [(422, True)]
    for _ in range(5):
        slowed = [await anybody.sign_in(card, "000000") for card in ("P1", "P3")]
    assert [page.status for page in slowed] == [429, 429]
    assert "Trop d’essais" in (await anybody.sign_in()).said
    world.now += timedelta(minutes=5)
    assert "Ida" in (await anybody.sign_in()).said


async def test_the_door_takes_only_its_own_form(world, anybody) -> None:
    give_pin(world)
    await anybody.open("/connexion")
    fields = {"card": "P1", "pin": PIN, "csrf": "made-up"}
    assert (await anybody.post("/connexion", fields)).status == 403
    assert world.row("SELECT count(*) FROM patron_sessions") == (0,)


async def test_one_comes_back_to_the_page_that_led_to_the_door(world, anybody) -> None:
    give_pin(world)
    page = await anybody.open("/connexion?next=/%3Fx%3D1")
    assert (await anybody.send(page, "/connexion", card="P1", pin=PIN)).path == "/?x=1"
    assert (await anybody.open("/connexion?next=/%3Fx%3D2")).path == "/?x=2"


@pytest.mark.parametrize(
    "said",
    ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/desk/today",
     "/connexion", "/deconnexion", "/v1/session", "javascript:alert(1)", "/é", "/" + "a" * 3000],
)  # fmt: skip
def test_nobody_is_sent_anywhere_else(said) -> None:
    assert PORTAL.own(said) == "/"


def test_one_is_sent_to_any_page_of_the_portal() -> None:
    assert PORTAL.own("/titre/17?x=%2F#reserver") == "/titre/17?x=%2F#reserver"


async def test_a_session_that_is_used_stays_and_one_that_is_not_ends(world, reader) -> None:
    for minutes in (50, 100):
        world.now = NOW + timedelta(minutes=minutes)
        assert "Ida" in (await reader.open("/")).said
    world.now += timedelta(hours=1)
    assert "Ida" not in (await reader.open("/")).said


async def test_english_is_for_who_asks_for_it_and_is_kept(world, client) -> None:
    assert "What are you looking for?" in (await PortalVisitor(client, ENGLISH).open("/")).said
    visitor = PortalVisitor(client)
    assert "cherchez‑vous" in (await visitor.open("/")).said
    assert (await visitor.open("/langue/en?next=/%3Fx%3D1")).path == "/?x=1"
    page = await visitor.open("/")
    assert '<html lang="en">' in page.text
    assert (await visitor.open("/langue/tlh")).status == 404


async def test_who_asks_for_a_page_is_told_by_a_page_that_there_is_none(client) -> None:
    for path, accept, kind in [
        ("/nulle-part", "text/html,*/*", "text/html"),
        ("/nulle-part", "*/*", "application/problem+json"),
        ("/v1/nothing", "text/html", "application/problem+json"),
        ("/nulle%00part", "text/html", "text/html"),
    ]:
        async with client.get(path, headers={"Accept": accept}) as answer:
            assert (answer.status, answer.content_type) == (404, kind)
    async with client.post("/", headers={"Accept": "text/html"}) as answer:
        assert (answer.status, answer.content_type) == (405, "text/html")


async def test_every_page_carries_what_keeps_strangers_out(world, client) -> None:
    async with client.get("/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Set-Cookie" not in answer.headers  # who only looks leaves no trace
    async with serving(world, https=True) as secure, secure.get("/connexion") as answer:
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert "Secure" in answer.headers["Set-Cookie"]
