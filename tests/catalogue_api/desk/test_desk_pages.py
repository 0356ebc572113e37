import re
from datetime import timedelta

import aiohttp
import pytest
from catalogue_world import NOW
from http_world import QUICK, serving

from catalogue_api.services.staff import staff

PASSWORD = "correct horse battery"
FRENCH = {"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"}
ENGLISH = {"Accept-Language": "en-GB, fr;q=0.5"}
SHELVING = "/desk/sites/cachan/shelving"


@pytest.fixture(autouse=True)
def librarian(world) -> None:
    stored = QUICK.hash(PASSWORD)
    world.database.write_now(lambda db: staff.add_staff(db, "ana", stored, "cachan", NOW))


def csrf_in(page: str) -> str:
    return re.findall(r'name="csrf" value="([^"]+)"', page)[-1]


async def sign_in(client, name: str = "ana", password: str = PASSWORD) -> aiohttp.ClientResponse:
    form = await (await client.get("/desk/sign-in")).text()
    fields = {"csrf": csrf_in(form), "name": name, "password": password}
    return await client.post("/desk/sign-in", data=fields, headers=FRENCH)


async def scan(client, barcode: str, path: str = SHELVING, headers=FRENCH) -> str:
    page = await (await client.get(path, headers=headers)).text()
    fields = {"csrf": csrf_in(page), "barcode": barcode}
    response = await client.post(path, data=fields, headers=headers)
    assert response.status == 200
    return await response.text()


async def test_signing_in_leads_to_ones_own_site_and_out_again(world, client) -> None:
    outside = await client.get("/desk/")
    assert outside.url.path == "/desk/sign-in"
    inside = await sign_in(client)
    assert inside.url.path == "/desk/today"
    page = await inside.text()
    assert "À mettre sur l’étagère des réservations" in page
    cookie = next(c for c in client.cookie_jar if c.key == "ritournelle_desk")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie.value not in {
        row[0] for row in world.rows("SELECT token_hash FROM staff_sessions")
    }
    refused = await client.post("/desk/sign-out", data={"csrf": "wrong"})
    assert refused.status == 403
    left = await client.post("/desk/sign-out", data={"csrf": csrf_in(page)})
    assert left.url.path == "/desk/sign-in"
    assert world.row("SELECT count(*) FROM staff_sessions") == (0,)
    assert (await client.get(SHELVING)).url.path == "/desk/sign-in"


@pytest.mark.parametrize("door", ["/desk", "/desk/"])
async def test_every_door_leads_to_the_same_page(client, door) -> None:
    assert (await client.get(door)).url.path == "/desk/sign-in"


async def test_wrong_passwords_are_refused_alike_and_slowed_down(world, client) -> None:
    for name in ("ana", "nobody"):
        response = await sign_in(client, name, "wrong horse battery")
        assert response.status == 422
        assert "n’est pas le bon" in await response.text()
    for _ in range(4):
        await sign_in(client, "ana", "wrong horse battery")
    slowed = await sign_in(client)
    assert slowed.status == 429
    assert "Trop d’essais" in await slowed.text()
    world.now += timedelta(minutes=5)
    assert (await sign_in(client)).status == 200


async def test_a_form_from_elsewhere_is_refused(client) -> None:
    fields = {"csrf": "made-up", "name": "ana", "password": PASSWORD}
    assert (await client.post("/desk/sign-in", data=fields)).status == 403
    await sign_in(client)
    assert (await client.post(SHELVING, data={"csrf": "x", "barcode": "1"})).status == 403
    assert (await client.post(SHELVING, data={"barcode": "1"})).status == 403
    assert (await client.post(SHELVING, json={"barcode": "1"})).status == 415
    odd = {"Content-Type": "application/x-www-form-urlencoded; charset=klingon"}
    assert (await client.post(SHELVING, data=b"a=%ff", headers=odd)).status == 400


async def test_a_copy_is_caught_scanned_and_ready(world, client, give_back) -> None:
    world.hold()
    await give_back(1)
    await sign_in(client)
    page = await (await client.get(SHELVING, headers=FRENCH)).text()
    for expected in ("1 exemplaire", "L’Été", "R CAM 1", "Camus, Albert", "Bac non précisé",
                     "automate pad", "23 nov.", "13:00"):  # fmt: skip
        assert expected in page
    told = await scan(client, " 1 ")
    assert "Prêt à retirer" in told
    assert "numéro 1" in told
    assert "jeudi 3 décembre" in told
    assert "Rien à mettre de côté" in told
    assert "<title>Prêt à retirer, L’Été" in told
    assert world.row("SELECT status FROM holds") == ("ready",)
    assert "Already ready" in await scan(client, "1", headers=ENGLISH)
    assert "Thursday 3 December" in await scan(client, "1", headers=ENGLISH)
    assert "autofocus" in told
    for word in ("Inconnue", "Personne", "Paul", "P2"):
        assert word not in page + told


async def test_what_else_a_scan_comes_to(world, client, give_back) -> None:
    world.hold(site="arcueil")
    await give_back(1)
    world.lend("2")
    await sign_in(client)
    assert "À envoyer vers un autre site" in await scan(client, "4")
    assert "À mettre dans la navette" in await scan(client, "1")
    assert "Encore emprunté" in await scan(client, "2")
    assert "Aucune réservation" in await scan(client, "4")
    odd = await scan(client, "<script>{x}")
    assert "Code-barres inconnu" in odd
    assert "&lt;script&gt;{x}" in odd
    assert "<script>" not in odd
    elsewhere = "/desk/sites/arcueil/shelving"
    assert "En route vers ce site" in await (await client.get(elsewhere, headers=FRENCH)).text()
    assert "Prêt à retirer" in await scan(client, "1", elsewhere)
    assert (await client.get("/desk/sites/nowhere/shelving")).status == 404


async def test_the_language_follows_the_browser_and_the_switch(client) -> None:
    async def language(headers=None) -> str:
        page = await (await client.get("/desk/sign-in", headers=headers)).text()
        return re.findall(r'<html lang="(\w+)"', page)[0]

    assert await language() == "fr"
    assert await language({"Accept-Language": "de, *;q=0.1"}) == "fr"
    assert await language({"Accept-Language": ";;q=x,,en"}) == "en"
    assert await language(ENGLISH) == "en"
    await client.get("/desk/language/en")
    assert await language(FRENCH) == "en"
    assert (await client.get("/desk/language/xx")).status == 404


async def test_every_answer_carries_the_headers(world, client) -> None:
    for path, status in [("/desk/sign-in", 200), ("/desk/nothing", 404), ("/desk/", 303)]:
        response = await client.get(path, allow_redirects=False)
        assert response.status == status
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in response.headers
    async with serving(world, https=True) as secure:
        response = await secure.get("/desk/sign-in")
        assert "Strict-Transport-Security" in response.headers
        assert "Secure" in response.headers["Set-Cookie"]


async def test_pages_hold_no_inline_style_or_script(world, client, give_back) -> None:
    world.hold()
    await give_back(1)
    await sign_in(client)
    for path in (SHELVING, "/desk/site", "/desk/today", "/desk/nothing"):
        page = await (await client.get(path)).text()
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", page)
        assert page.count("<h1") == 1


async def test_a_database_that_is_away_is_a_page_not_a_trace(world, client) -> None:
    await sign_in(client)
    world.database.write_now(
        lambda session: session.connection().exec_driver_sql("ALTER TABLE holds RENAME TO gone")
    )
    response = await client.get(SHELVING, headers=FRENCH)
    assert response.status == 503
    assert "Rien n’a été changé" in await response.text()
