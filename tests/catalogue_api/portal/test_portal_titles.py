"""Finding a title at the portal, its page, and reserving it: without any script."""

import asyncio
import json
import re
from datetime import timedelta
from html import escape
from xml.etree import ElementTree as ET

import pytest
from catalogue_world import NOW, World
from http_world import serving
from portal_world import PIN, give_pin

from catalogue_api.domain.collection import TitleKind
from catalogue_api.storage.tables import Item, Rulebook, Title
from catalogue_api.web.portal.feeds import FeedEntry, feed

HOSTILE = '</script><script>alert("1")</script>\u2028<b>&amp;'


def games(world: World) -> None:
    """Three games for two consoles; one says no age, one has no copy."""
    kind = TitleKind.VIDEO_GAME.value
    world.add(
        *(
            Title(id=number, source="g", control_number=str(number), title=title, kind=kind,
                  platform=console, pegi_age=age, created_at=world.now)
            for number, title, console, age in [
                (21, "Course de nuages", "Switch", 7), (22, "Minuit", "PlayStation 5", 16),
                (23, "Labyrinthe", "Switch", None), (24, "Perdu", "Dreamcast", 3),
            ]
        )
    )  # fmt: skip
    world.add(
        *(
            Item(id=number, barcode=str(number), title_id=number, home_site="cachan",
                 current_site="cachan", shelf_mark=f"JV {number}")
            for number in (21, 22, 23)
        )
    )  # fmt: skip


async def test_somebody_finds_a_title_and_where_it_stands(world, anybody) -> None:
    start = await anybody.open("/")
    found = await anybody.open("/recherche?q=ete+camus")
    assert start.form("/recherche").fields == {"q": ""}
    assert "1 titre" in found.said
    assert "Cachan R CAM 1" in found.said
    assert "Arcueil R CAM 3" in found.said
    page = await anybody.open("/titre/1")
    assert "Se connecter pour réserver" in page.said
    assert page.said.count("en rayon") == 3
    assert anybody.client.cookie_jar.filter_cookies("http://127.0.0.1/") == {}


async def test_what_is_misspelt_is_put_right_and_said(anybody) -> None:
    page = await anybody.open("/recherche?q=Asterrix")
    assert "Rien pour « Asterrix ». Voici ce qui répond à « astérix »." in page.said
    exactly = re.search(r'href="(/recherche\?q=Asterrix&amp;exact=1)"', page.text)
    assert exactly is not None
    assert "Rien ne répond" in (await anybody.open("/recherche?q=Asterrix&exact=1")).said


async def test_hits_are_narrowed_and_turned_over(world, anybody) -> None:
    games(world)
    page = await anybody.open("/recherche?kind=video_game&site=cachan")
    assert "3 titres" in page.said
    assert "Ne plus limiter à Jeu vidéo" in page.said
    assert "dès 7 ans" in (await anybody.open("/recherche?pegi_up_to=7")).said
    world.add(
        *(
            Title(id=n, source="m", control_number=str(n), title=f"Nuit {n}")
            for n in range(200, 225)
        )
    )
    first = await anybody.open("/recherche?q=nuit")
    assert "25 titres" in first.said
    following = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert following is not None
    last = await anybody.open(following[1].replace("&amp;", "&"))
    numbers = [set(re.findall(r"/titre/(\d+)\"", page.text)) for page in (first, last)]
    assert (len(numbers[0]), len(numbers[1])) == (20, 5)
    assert not numbers[0] & numbers[1]


async def test_a_question_that_is_none_is_told_so(anybody) -> None:
    for query in ("kind=nonsense", "q=x&cursor=nothing", "year_from=x", "pegi_up_to=99", "sort=x"):
        page = await anybody.open(f"/recherche?{query}")
        assert page.status == 422
        assert "pas compris cette recherche" in page.said


async def test_the_address_of_a_title_says_what_it_is_to_search_engines(world, anybody) -> None:
    world.add(
        Title(id=30, source="h", control_number="30", title=HOSTILE, author=HOSTILE,
              volume="Tome 1", isbn="9782070360024", summary=HOSTILE, subjects=f"{HOSTILE}\nMer")
    )  # fmt: skip
    page = await anybody.open("/titre/30")
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text)
    said = json.loads(data)
    assert (said["@type"], said["isbn"]) == ("Book", "9782070360024")
    assert said["name"] == f"{HOSTILE}, Tome 1"
    assert said["url"].endswith("/titre/30")
    assert "<script>alert" not in page.text
    assert (await anybody.open("/titre/31")).status == 404
    assert "canonical" in (await anybody.open("/titre/030")).text
    assert (await anybody.open("/titre/9999999999")).status == 404


async def test_other_volumes_stand_beside_a_title_in_their_order(world, anybody) -> None:
    volumes = [(41, "Tome 10", "A"), (42, "Tome 2", "A"), (43, "Tome 1", "A"), (44, "Tome 3", "B")]
    world.add(
        *(
            Title(id=n, source="v", control_number=str(n), title="Le Dragon", volume=v, author=a)
            for n, v, a in volumes
        )
    )
    page = await anybody.open("/titre/43")
    assert re.findall(r'<li><a href="/titre/(\d+)">', page.text) == ["42", "41"]


async def test_a_reader_reserves_sees_the_place_and_takes_it_back(world, anybody) -> None:
    give_pin(world)
    world.add(Rulebook(version=1, hold_on_available=False))
    for barcode in ("1", "2", "3"):
        world.lend(barcode, due_in=3, patron=2)
    door = await anybody.open("/connexion?next=/titre/1%23reserver")
    page = await anybody.send(door, "/connexion", card="P1", pin=PIN)
    assert page.path == "/titre/1"
    placed = await anybody.send(page, "/titre/1/reserver", pickup="arcueil")
    assert "C’est réservé. À retirer : Arcueil." in placed.said
    assert "Vous êtes au rang 1." in placed.said
    assert "Attendu pour" in placed.said
    again = await anybody.send(page, "/titre/1/reserver", pickup="arcueil")
    assert "C’est réservé" in again.said  # the same form, sent twice
    assert world.row("SELECT count(*) FROM holds") == (1,)
    undone = await anybody.send(placed, "/titre/1/annuler")
    assert "La réservation est annulée" in undone.said
    assert world.row("SELECT status FROM holds") == ("cancelled",)


async def test_a_double_click_reserves_once(world, reader) -> None:
    world.lend("3", patron=2)
    page = await reader.open("/titre/1")
    sent = [reader.send(page, "/titre/1/reserver", pickup="arcueil") for _ in range(4)]
    answers = await asyncio.gather(*sent)
    assert {answer.status for answer in answers} == {200}
    assert world.row("SELECT count(*) FROM holds") == (1,)


async def test_a_rule_that_refuses_is_said_in_words_for_readers(world, reader) -> None:
    world.add(Rulebook(version=1, hold_on_available=False))
    page = await reader.open("/titre/1")
    refused = await reader.send(page, "/titre/1/reserver", pickup="arcueil")
    assert refused.status == 422
    assert "il suffit d’aller le prendre" in refused.said
    assert refused.form("/titre/1/reserver").fields["pickup"] == "arcueil"
    nowhere = await reader.post(
        "/titre/1/reserver", page.form("/titre/1/reserver").fields | {"pickup": "x", "key": "k"}
    )
    assert "Choisissez une bibliothèque" in nowhere.said
    gone = page.form("/titre/1/reserver").fields
    assert (await reader.post("/titre/99/reserver", gone)).status == 404


async def test_a_reservation_survives_the_end_of_the_session(world, reader) -> None:
    page = await reader.open("/titre/1")
    world.now += timedelta(hours=2)
    asked = await reader.send(page, "/titre/1/reserver", pickup="arcueil")
    assert asked.status == 403
    assert "Reconnectez-vous pour continuer" in asked.said
    assert asked.form("/titre/1/reserver").fields["pickup"] == "arcueil"
    wrong = await reader.send(asked, again_name="P1", again_password="000000")
    assert "ne vont pas ensemble" in wrong.said
    done = await reader.send(wrong, again_name="P1", again_password=PIN)
    assert "C’est réservé. À retirer : Arcueil." in done.said


async def test_nobody_cancels_what_is_not_theirs(world, reader) -> None:
    other = world.hold(1, patron=2)
    page = await reader.open("/titre/1")
    fields = page.form("/titre/1/reserver").fields | {"hold": str(other), "version": "1"}
    assert "n’existe pas, ou plus" in (await reader.post("/titre/1/annuler", fields)).said
    assert world.row("SELECT status FROM holds") == ("waiting",)


async def test_new_arrivals_are_shown_by_kind_and_can_be_followed(world, anybody) -> None:
    games(world)
    page = await anybody.open("/nouveautes")
    titles = re.findall(r'<li><a href="/titre/(\d+)">', page.text)
    assert titles == ["23", "22", "21", "2", "1"]  # 24 has no copy
    assert "/titre/1" not in (await anybody.open("/nouveautes?kind=video_game")).text
    assert (await anybody.open("/nouveautes?kind=nonsense")).status == 404
    async with anybody.client.get("/nouveautes.atom?kind=video_game") as answer:
        assert answer.content_type == "application/atom+xml"
        root = ET.fromstring(await answer.read())
    entries = root.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == 3


async def test_games_are_found_by_console_and_age(world, anybody) -> None:
    games(world)
    page = await anybody.open("/jeux-video")
    assert "Switch (2)" in page.said
    assert "Dreamcast" not in page.said
    for query, expected in [
        ("console=Switch", {"21", "23"}), ("age=12", {"21"}),
        ("console=PlayStation+5&age=12", set()), ("console=&age=16", {"21", "22"}),
    ]:  # fmt: skip
        shown = await anybody.open(f"/jeux-video?{query}")
        assert set(re.findall(r'<li><a href="/titre/(\d+)">', shown.text)) == expected, query
    assert (await anybody.open("/jeux-video?age=x")).status == 422


@pytest.mark.parametrize("library", ["", "Médiathèques <de> Cachan"])
async def test_the_library_has_its_own_name_at_the_portal(world, library) -> None:
    async with serving(world, library=library) as client:
        page = await (await client.get("/")).text()
        found = ET.fromstring(await (await client.get("/nouveautes.atom")).read())
    name = library or "Ritournelle"
    assert f"· {escape(name)}</title>" in page
    assert f'href="/">{escape(name)}' in page
    assert next(found.iter("{http://www.w3.org/2005/Atom}name")).text == name


def test_a_feed_holds_no_character_that_breaks_it() -> None:
    entry = FeedEntry("http://x/1", f"{HOSTILE}\x00\x0b\ud800\uffff", NOW, HOSTILE, "]]>")
    root = ET.fromstring(feed("Titre", "http://x/f", "http://x/", [entry], NOW))
    titles = [one.text for one in root.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles == ["Titre", HOSTILE]


async def test_the_catalogue_is_open_while_nobody_can_be_noted(world, reader) -> None:
    world.now += timedelta(minutes=5)
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql("DROP TABLE patron_sessions")
    )
    for path in ("/", "/recherche?q=ete", "/titre/1", "/nouveautes", "/jeux-video"):
        page = await reader.open(path)
        assert page.status == 200, path
        assert "Ida" not in page.said


_ODD = (
    "/recherche?q=" + "x" * 1001, "/recherche?q=%ff%fe", "/recherche?q=%ed%a0%80",
    "/recherche?q=%00", "/recherche?q=%F0%9F%93%9A+%E2%80%AE", "/recherche?q='\"%3B--+OR+1=1",
    "/recherche?q=%22%22+%C2%AB+*+:+auteur:+NEAR(", "/recherche?site=" + "s" * 33,
    "/recherche?" + "&".join(["site=x"] * 21), "/recherche?platform=%3Cscript%3E",
    "/recherche?year_from=9999999999&year_to=-1", "/recherche?cursor=" + "a" * 201,
    "/recherche?q=x&cursor=relevance.LTE.99999999999", "/recherche?limit=1000000&q=e*",
    "/recherche?pegi_up_to=%D9%A7", "/jeux-video?console=%00", "/jeux-video?age=1e9",
    "/nouveautes?kind=%3Cscript%3E", "/nouveautes.atom?kind=%27", "/titre/0", "/titre/%D9%A7",
    "/titre/1/annuler", "/sitemap-999999.xml", "/guides/..%2f..%2fpasswd", "/langue/..",
    "/connexion?next=%0d%0aSet-Cookie:x=1", "/recherche?q=%3Cscript%3Ealert(1)%3C/script%3E",
)  # fmt: skip


async def test_nothing_that_is_asked_makes_the_portal_fail(anybody) -> None:
    for path in _ODD:
        page = await anybody.open(path)
        assert page.status in {200, 400, 404, 405, 422}, path
        assert "<script>alert" not in page.text
