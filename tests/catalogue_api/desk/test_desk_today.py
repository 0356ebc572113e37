"""« Aujourd’hui »: every list of the day, and each button of it."""

from datetime import timedelta

import pytest
from catalogue_world import NOW
from desk_world import ENGLISH, Visitor, busy_day, hire

from catalogue_api.contract.kiosks import BinState, KioskFault, KioskHealth, Paper
from catalogue_api.domain.anomalies import AnomalyKind
from catalogue_api.services.desk.today import Basket, Today, beginnings, sheet
from catalogue_api.services.kiosks.kiosk_needs import KioskNeed, Need, needs
from catalogue_api.storage.tables import Item
from catalogue_api.storage.transfers import WaitingCopy
from catalogue_api.web import texts

TODAY = "/desk/today"
LISTS = ["kiosks", "picks", "caught", "arrivals", "clearing", "crates", "baskets", "anomalies",
         "agenda"]  # fmt: skip


@pytest.fixture
async def day(world, visitor):
    """The page of a busy day."""
    await busy_day(world)
    return await visitor.open(TODAY)


def number(page, section: str) -> int:
    """Return what the tally says of a list."""
    after = page.text.split(f'href="#{section}"', 1)[1]
    return int(after.split("<strong>", 1)[1].split("<", 1)[0])


def section(page, name: str) -> str:
    """Return one list as it is written."""
    return page.text.split(f'<section id="{name}"', 1)[1].split("</section>", 1)[0]


async def test_every_list_has_its_number_and_its_words(world, day, visitor) -> None:
    assert {name: number(day, name) for name in LISTS} == dict.fromkeys(LISTS, 1) | {"kiosks": 2}
    for name, words in {
        "kiosks": ["pad", "Bac 2 plein", "Plus de papier", "PC 2", "Ne donne plus de nouvelles"],
        "picks": ["R 11", "Vendredi"],
        "caught": ["Momo", "Bac 2", "automate pad"],
        "arrivals": ["Persepolis", "de Arcueil", "parti le 23 nov."],
        "crates": ["Germinal", "Caisse pour Arcueil"],
        "baskets": ["Nana", "Bac 2"],
        "clearing": ["La Peste", "n° 9"],
        "anomalies": ["nobody’s", "Code-barres inconnu"],
        "agenda": ["15 h – 16 h", "Premiers pas", "3 inscrits"],
    }.items():
        said = " ".join(section(day, name).split())
        assert all(word in said for word in words), name
    for nobody in ("Inconnue", "Personne", "P1", "P2"):
        assert nobody not in day.text
    only = await visitor.open(TODAY + "?only=picks")
    assert ("Vendredi" in only.said, "Momo" in only.said) == (True, False)
    english = await Visitor(visitor.client, ENGLISH).open(TODAY)
    assert "To fetch from the shelves" in english.said


async def test_a_long_list_begins_on_the_page_and_goes_on_alone(world, visitor) -> None:
    shelf = {"title_id": 1, "current_site": "arcueil", "home_site": "cachan",
             "destination": "cachan", "sent_at": NOW}  # fmt: skip
    world.add(*(Item(id=one, barcode=f"B{one}", **shelf) for one in range(100, 150)))
    page = await visitor.open(TODAY)
    assert number(page, "arrivals") == 50
    assert section(page, "arrivals").count("<li>") == 30
    assert "Toute la liste (50)" in section(page, "arrivals")
    alone = await visitor.open(f"{TODAY}?only=arrivals")
    assert ("B100" in alone.text, "B149" in alone.text, "La suite" in alone.said) == (
        True, True, False,
    )  # fmt: skip
    rest = await visitor.open(f"{TODAY}?only=arrivals&from=45")
    assert rest.text.count("<li>") == 5
    assert "Depuis le début" in rest.said
    for odd in ("x", "-1", "999999", "9" * 30, "²"):
        assert (await visitor.open(f"{TODAY}?only=arrivals&from={odd}")).status == 200


def copies(number: int) -> tuple[WaitingCopy, ...]:
    return tuple(WaitingCopy("pad", "1", "R", f"{one}", "Nana", "") for one in range(number))


def of(*baskets: int, arrivals: int = 0) -> Today:
    found = tuple(Basket("pad", f"{n}", n, copies(n)) for n in baskets)
    return Today((), (), ("a",) * arrivals, (), (), found, (), (), (), ())


def listed(found: Today) -> list[tuple[int, int]]:
    return [(basket.number, len(basket.copies)) for basket in found.baskets]


def test_of_every_bin_something_is_listed() -> None:
    assert listed(beginnings(of(150), 30)) == [(150, 30)]
    assert listed(beginnings(of(150, 2, 40), 30)) == [(150, 10), (2, 2), (40, 10)]
    assert listed(beginnings(of(*[9] * 20), 30)) == [(9, 5)] * 20
    assert listed(beginnings(of(), 30)) == []
    assert len(beginnings(of(arrivals=31), 30).arrivals) == 30


def test_a_sheet_goes_through_the_bins_in_turn() -> None:
    found = of(150, 2, 40)
    assert listed(sheet(found, 0, 100)) == [(150, 100)]
    assert listed(sheet(found, 100, 170)) == [(150, 50), (2, 2), (40, 18)]
    assert listed(sheet(found, 170, 400)) == [(40, 22)]
    assert listed(sheet(found, 192, 400)) == []
    seen = [copy for first in range(0, 192, 64) for one in sheet(found, first, first + 64).baskets
            for copy in one.copies]  # fmt: skip
    assert seen == [copy for one in found.baskets for copy in one.copies]


async def test_an_empty_day_is_calm(world, visitor) -> None:
    page = await visitor.open(TODAY)
    assert "Rien à chercher : les réservations sont servies." in page.said
    assert number(page, "kiosks") == 1  # the one that never said anything
    assert "Ne donne plus de nouvelles" in section(page, "kiosks")


async def test_a_copy_that_is_not_on_its_shelf_and_is_found_after_all(world, day, visitor) -> None:
    gone = await visitor.send(day, "/desk/today/not-found", barcode="11")
    assert "« Vendredi » est noté manquant" in gone.said
    assert number(gone, "picks") == 0
    assert world.row("SELECT status FROM items WHERE id = 11") == ("missing",)
    found = await visitor.send(gone, "/desk/today/found")
    assert "de nouveau en rayon" in found.said
    assert number(found, "picks") == 1
    assert "de nouveau en rayon" not in (await visitor.open(TODAY)).said
    again = await visitor.post("/desk/today/not-found", day.form("/desk/today/not-found").fields)
    assert number(again, "picks") == 0
    said = world.row("SELECT count(*) FROM audit WHERE actor = 'librarian:ana'")
    assert said == (3,)


async def test_what_was_sent_shelved_and_cleared_leaves_its_list(world, day, visitor) -> None:
    sent = await visitor.send(day, "/desk/today/sent")
    assert "1 exemplaire parti." in sent.said
    assert (number(sent, "crates"), number(sent, "arrivals")) == (0, 1)
    twice = await visitor.post("/desk/today/sent", day.form("/desk/today/sent").fields)
    assert "1 exemplaire parti." in twice.said  # the same form is the same deed
    shelved = await visitor.send(twice, "/desk/today/shelved")
    assert "1 exemplaire rangé." in shelved.said
    assert world.row("SELECT to_shelve_since FROM items WHERE id = 15") == (None,)
    cleared = await visitor.send(shelved, "/desk/today/cleared")
    assert "« La Peste » est retiré de l’étagère." in cleared.said
    assert [number(cleared, name) for name in ("crates", "baskets", "clearing")] == [0, 0, 0]


async def test_each_click_is_taken_back_by_one(world, day, visitor) -> None:
    def stand() -> tuple[int, ...]:
        return tuple(number(page, name) for name in ("crates", "baskets", "clearing", "anomalies"))

    page, before = day, (1, 1, 1, 1)
    for action, done, undone in [
        ("sent", "1 exemplaire parti.", "1 exemplaire attend de nouveau son départ."),
        ("shelved", "1 exemplaire rangé.", "1 exemplaire est de nouveau à ranger."),
        ("cleared", "« La Peste » est retiré", "de nouveau à retirer de l’étagère."),
        ("handled", "C’est noté.", "l’anomalie est de nouveau à traiter."),
    ]:
        made = page = await visitor.send(page, f"/desk/today/{action}")
        assert done in page.said
        assert stand() != before
        (form,) = (one for one in page.forms if "back" in one.fields)
        page = await visitor.post(form.action, form.fields)
        assert undone in page.said
        assert stand() == before, action
        twice = await visitor.post(form.action, form.fields)
        assert ("Annulé" in twice.said) is (action != "handled"), made.said
    late = await visitor.post("/desk/anomalies/99/reopened", form.fields)
    assert "existe" in late.said
    odd = await visitor.post("/desk/deeds/99/taken-back", form.fields | {"back": "//elsewhere"})
    assert odd.path.startswith("/desk/today")


async def test_what_came_of_a_click_is_said_when_it_can_no_longer_be_taken_back(
    world, day, visitor
) -> None:
    sent = await visitor.send(day, "/desk/today/sent")
    (form,) = (one for one in sent.forms if "back" in one.fields)
    scan = await visitor.open("/desk/scan")
    await visitor.send(scan, "/desk/scan", barcode="14")
    refused = await visitor.post(form.action, form.fields)
    assert "cela ne s’annule plus" in refused.said


async def test_only_what_was_ticked_is_put_back(world, day, visitor, give_back) -> None:
    world.lend("2")
    await give_back(9, "2")  # into no bin yet, after the page was made
    form = day.form("/desk/today/shelved")
    nothing = {name: value for name, value in form.fields.items() if not name.startswith("copy.")}
    refused = await visitor.post("/desk/today/shelved", nothing)
    assert "ne peut pas être comprise" in refused.said
    await visitor.post("/desk/today/shelved", form.fields)
    waiting = world.rows("SELECT id FROM items WHERE to_shelve_since IS NOT NULL")
    assert waiting == [(2,)]


async def test_two_colleagues_see_to_the_same_anomaly(world, day, visitor) -> None:
    hire(world, "bo")
    done = await visitor.send(day, "/desk/today/handled", remark="étiquette <b>refaite</b>")
    assert "C’est noté." in done.said
    assert number(done, "anomalies") == 0
    await visitor.post("/desk/sign-out", done.form("/desk/sign-out").fields)
    other = await visitor.sign_in("bo")
    fields = day.form("/desk/today/handled").fields | {
        "csrf": other.form("/desk/sign-out").fields["csrf"]
    }
    late = await visitor.post("/desk/today/handled", fields)
    assert "ana s’en est déjà occupé. étiquette <b>refaite</b>" in late.said
    assert world.row("SELECT handled_by FROM anomalies") == ("ana",)


@pytest.mark.parametrize("action", ["not-found", "found", "cleared", "handled"])
async def test_what_is_not_there_is_said_not_done(visitor, day, action) -> None:
    fields = day.form("/desk/today/not-found").fields
    for odd in ("", "nothing", "0", "9" * 40, "\x7f"):
        page = await visitor.post(
            f"/desk/today/{action}", fields | {"barcode": odd, "anomaly": odd}
        )
        assert (page.status, "N’existe" in page.said or "n’existe" in page.said) == (200, True)


async def test_a_form_stays_at_the_site_it_was_made_for(world, day, visitor) -> None:
    form = day.form("/desk/today/shelved").fields
    await visitor.send(await visitor.open("/desk/site"), "/desk/site", chosen="arcueil")
    assert "Arcueil" in (await visitor.open(TODAY)).said
    gone = await visitor.post("/desk/today/shelved", form | {"site": "gone"})
    assert gone.path.startswith("/desk/site")
    assert "1 exemplaire rangé." in (await visitor.post("/desk/today/shelved", form)).said


def test_what_a_kiosk_needs() -> None:
    health = KioskHealth(at=NOW, version="1", started_at=NOW)
    assert needs(health, NOW, NOW) == ()
    assert needs(health, NOW, NOW + timedelta(minutes=5)) == (KioskNeed(Need.SILENT),)
    assert needs(None, None, NOW) == (KioskNeed(Need.SILENT),)
    ill = health.model_copy(
        update={
            "faults": (KioskFault.READER,), "paper": Paper.LOW, "refused": 2, "undelivered": 15,
            "unplaced": 5, "disk_free": 1000, "clock_offset": -61.0,
            "bins": (BinState(bin="1"), BinState(bin="2", full=True)),
        }
    )  # fmt: skip
    assert needs(ill, NOW, NOW) == (
        KioskNeed(Need.OUT_OF_SERVICE, "reader"), KioskNeed(Need.BIN_FULL, "2"),
        KioskNeed(Need.DISK_FULL), KioskNeed(Need.REFUSED, "2"), KioskNeed(Need.BACKLOG, "20"),
        KioskNeed(Need.CLOCK_WRONG), KioskNeed(Need.PAPER_LOW),
    )  # fmt: skip
    for paper, need in [(Paper.OUT, Need.PAPER_OUT), (Paper.AWAY, Need.PRINTER_AWAY)]:
        found = needs(health.model_copy(update={"paper": paper}), NOW, NOW)
        assert found == (KioskNeed(need),)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_need_fault_and_anomaly_has_words(language, world) -> None:
    words = texts.read_words(world.zone)[language]
    for kind in AnomalyKind:
        assert words.text(f"anomaly.{kind.value}") != words.text(f"anomaly.{kind.value}.todo")
    for need in Need:
        assert words.text(f"kiosk_need.{need.value}", detail="7")
        assert words.text(f"kiosk_need.{need.value}.todo")
    assert all(words.text(f"kiosk_fault.{fault.value}") for fault in KioskFault)
