"""What librarians keep is shown at the portal: favourites, places, texts; guides; robots."""

import json
import re
from datetime import date, datetime, time, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from catalogue_world import NOW, TODAY
from desk_world import Visitor, hire
from portal_world import PortalVisitor, lived_in

from catalogue_api.domain.calendar import Calendar, Exceptional, Span, Stretch
from catalogue_api.domain.portal import PageName
from catalogue_api.domain.roles import Role
from catalogue_api.web.pages.first_texts import first_text
from catalogue_api.web.pages.markdown import as_html
from catalogue_api.web.portal.opening import said_today, today_at, week_lines
from catalogue_api.web.texts import read_words

HOSTILE = '<script>alert("1")</script> & co'
PARIS = ZoneInfo("Europe/Paris")
WORDS = read_words(PARIS)


@pytest.fixture
async def desk(world, client) -> Visitor:
    """Zoe, who manages the library, at the desk."""
    hire(world, "zoe", Role.MANAGER)
    visitor = Visitor(client)
    await visitor.sign_in("zoe")
    return visitor


async def test_a_librarian_makes_a_favourite_and_readers_see_it(desk, anybody) -> None:
    title = await desk.open("/desk/titles/1")
    assert "/desk/titles/1/favourite" in title.text
    form, other = [await desk.open("/desk/titles/1/favourite") for _ in range(2)]
    empty = await desk.send(form, words=" ")
    assert (empty.status, "À remplir" in empty.said) == (422, True)
    made = await desk.send(empty, words=f"On rit.\r\n{HOSTILE}", signed="Zoé")
    assert "« L’Été » est un coup de cœur" in made.said
    again = await desk.send(other, words="Autrement.")
    assert "déjà un coup de cœur" in again.said
    shown = await anybody.open("/coups-de-coeur")
    assert f"On rit. {HOSTILE} Zoé" in shown.said
    assert HOSTILE not in shown.text
    assert "On rit." in (await anybody.open("/")).said
    assert f"Coup de cœur On rit. {HOSTILE} Zoé" in (await anybody.open("/titre/1")).said
    async with anybody.client.get("/coups-de-coeur.atom") as answer:
        root = ET.fromstring(await answer.read())
    summaries = [one.text for one in root.iter("{http://www.w3.org/2005/Atom}summary")]
    assert summaries == [f"On rit.\n{HOSTILE} (Zoé)"]


async def test_favourites_are_put_in_order_ended_and_taken_out(world, desk, anybody) -> None:
    lived_in(world)
    page = await desk.open("/desk/favourites")
    names = re.findall(r"/desk/favourites/\d+\">([^<]+)", page.text)
    assert names[0] == "Vingt mille lieues sous les mers"
    down = page.form("/desk/favourites/1/move", place="2")
    moved = await desk.post(down.action, down.fields)
    assert re.findall(r"/desk/favourites/\d+\">([^<]+)", moved.text)[0] == "Little Nemo"
    assert (await desk.post(down.action, down.fields | {"place": "x"})).status == 400
    edit = await desk.open("/desk/favourites/1")
    await desk.send(edit, until="23/11/2026")
    overtaken = await desk.send(edit, words="Trop tard.")
    assert "2026-11-23" in overtaken.said
    world.now = NOW + timedelta(days=1)
    assert "Vingt mille" not in (await anybody.open("/coups-de-coeur")).said
    assert "Le capitaine Nemo" not in (await anybody.open("/titre/11")).said
    await desk.sign_in("zoe")
    kept = await desk.open("/desk/favourites")
    assert "n’est plus montré depuis le 23 novembre 2026" in kept.said
    gone = await desk.send(kept, "/desk/favourites/1/remove")
    assert "Le coup de cœur est retiré" in gone.said
    assert (await desk.open("/desk/favourites/1")).status == 404


async def test_what_there_is_at_a_site_is_shown_printed_and_given_as_data(
    world, desk, anybody
) -> None:
    form = await desk.open("/desk/settings/places/cachan")
    typed = {"street": HOSTILE, "computers": "8", "wifi": "1", "latitude": "48,7919"}
    half = await desk.send(form, **typed)
    assert half.status == 422
    stored = await desk.send(half, longitude="2,3319")
    assert "Cachan : c’est enregistré" in stored.said
    page = await anybody.open("/lieux")
    assert "8 ordinateurs" in page.said
    assert HOSTILE not in page.text
    async with anybody.client.get("/lieux.geojson") as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        data = json.loads(await answer.text())
    (place,) = data["features"]
    assert place["geometry"]["coordinates"] == [2.3319, 48.7919]
    assert place["properties"]["street"] == HOSTILE
    async with anybody.client.get("/lieux.csv") as answer:
        lines = (await answer.read()).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("site;name;street")
    assert ";48.7919;2.3319;8;" in lines[2]
    assert (await desk.open("/desk/settings/places/nowhere")).status == 404


async def test_a_text_is_written_by_a_manager_and_holds_no_script(desk, client) -> None:
    anybody = PortalVisitor(client)
    first = await anybody.open("/mentions-legales")
    assert "Éditeur" in first.said
    form = await desk.open("/desk/settings/texts/legal/fr")
    assert form.form("/desk/settings/texts").fields["body"].startswith("*Ce texte")
    text = f"# Nous\r\n\r\n{HOSTILE}\r\n\r\n[oui](/lieux) [non](javascript:alert(1)) ![i](x.png)"
    assert "Le texte est enregistré" in (await desk.send(form, body=text)).said
    shown = await anybody.open("/mentions-legales")
    assert "<h2>Nous</h2>" in shown.text
    assert '<a href="/lieux">oui</a>' in shown.text
    assert "<script>alert" not in shown.text
    assert 'href="javascript' not in shown.text
    assert "<img" not in shown.text.split("prose")[1]
    assert "Mis à jour le 23 novembre 2026" in shown.said
    overtaken = await desk.send(form, body="Autre chose")
    assert "changé" in overtaken.said
    assert (await desk.open("/desk/settings/texts/nonsense/fr")).status == 404
    assert (await desk.open("/desk/settings/texts/legal/tlh")).status == 404


async def test_a_librarian_changes_no_text(world, client) -> None:
    hire(world)
    visitor = Visitor(client)
    await visitor.sign_in()
    assert (await visitor.open("/desk/settings/texts")).status == 403
    assert (await visitor.open("/desk/settings/places")).status == 200


def test_headings_skip_no_level_and_stand_below_the_title() -> None:
    levels = re.findall(r"<h(\d)>", as_html("# a\n\n#### b\n\n## c\n\n### d\n\n###### e"))
    assert levels == ["2", "3", "2", "3", "4"]


async def test_the_start_page_says_what_there_is_today(world, anybody) -> None:
    lived_in(world)
    page = await anybody.open("/")
    for said in (
        "Médiathèque de Cachan Ouvert jusqu’à 19 h",
        "Bibliothèque d’Arcueil Fermé, ouvre mardi 24 novembre à 14 h",
        "lundi 23 novembre, 16 h L’heure du conte Médiathèque de Cachan, Coin des enfants",
        "Le capitaine Nemo a tout vu", "Les Bâtisseurs de Kâ", "Trouver un ordinateur",
    ):  # fmt: skip
        assert said in page.said


@pytest.mark.parametrize("name", PageName)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_text_has_a_first_one(name, language) -> None:
    assert len(as_html(first_text(name, language))) > 300


async def test_a_guide_has_four_steps_with_a_picture_each(anybody) -> None:
    for guide in ("rendre", "reserver", "ordinateur"):
        page = await anybody.open(f"/guides/{guide}")
        pictures = re.findall(r'<li><img src="([^"]+)"', page.text)
        assert len(pictures) == 4
        for picture in pictures:
            async with anybody.client.get(picture) as answer:
                assert (answer.status, answer.content_type) == (200, "image/svg+xml")
    assert (await anybody.open("/guides/nonsense")).status == 404


async def test_robots_are_told_where_every_title_is(world, anybody) -> None:
    async with anybody.client.get("/robots.txt") as answer:
        text = await answer.text()
    assert "Disallow: /desk/" in text
    index = re.search(r"Sitemap: http://[^/]+(/sitemap\.xml)", text)
    assert index is not None
    found: list[str] = []
    async with anybody.client.get(index[1]) as answer:
        parts = re.findall(r"<loc>http://[^/]+(/[^<]+)</loc>", await answer.text())
    for part in parts:
        async with anybody.client.get(part) as answer:
            found += re.findall(r"<loc>http://[^/]+(/[^<]*)</loc>", await answer.text())
    assert {"/", "/titre/1", "/titre/2", "/lieux"} <= set(found)
    for path in found:
        assert (await anybody.open(path)).status == 200, path
    assert (await anybody.open("/sitemap-7.xml")).status == 404


def week(*closed: int) -> tuple[tuple[Stretch, ...], ...]:
    day = (Stretch(time(10), time(12)), Stretch(time(14), time(19, 30)))
    return tuple(() if number in closed else day for number in range(7))


@pytest.mark.parametrize(
    ("at", "french"),
    [
        (datetime(2026, 11, 24, 11, tzinfo=PARIS), "Ouvert jusqu’à 12 h"),
        (datetime(2026, 11, 24, 13, tzinfo=PARIS), "Fermé en ce moment, ouvre à 14 h"),
        (datetime(2026, 11, 24, 20, tzinfo=PARIS), "Fermé, ouvre mercredi 25 novembre à 10 h"),
        (datetime(2026, 11, 30, 20, tzinfo=PARIS), "Fermé, ouvre mardi 1er décembre à 10 h"),
        (datetime(2026, 12, 2, 9, tzinfo=PARIS), "Fermé pour le moment"),
    ],
)
def test_how_a_site_opens_is_said_in_plain_words(at, french) -> None:
    far = Exceptional(Span(date(2026, 12, 2), date(2036, 12, 2)))
    calendar = Calendar(PARIS, week(0, 6), exceptions=(far,))
    assert " ".join(said_today(WORDS["fr"], today_at(calendar, at)).text.split()) == french


def test_nothing_is_said_of_a_site_that_entered_no_hours() -> None:
    assert said_today(WORDS["fr"], today_at(Calendar(PARIS), NOW)).text == ""
    assert week_lines(WORDS["fr"], Calendar(PARIS)) == []


def test_days_that_open_alike_stand_together() -> None:
    lines = week_lines(WORDS["en"], Calendar(PARIS, week(0, 6)))
    assert [one.days for one in lines] == ["Monday", "Tuesday – Saturday", "Sunday"]
    assert [" ".join(one.hours.split()) for one in lines] == [
        "closed", "10:00 – 12:00, 14:00 – 19:30", "closed",
    ]  # fmt: skip
    assert TODAY.weekday() == 0
