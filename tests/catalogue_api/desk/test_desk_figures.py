"""« Chiffres » as a page: what it says, what it lets choose, and its files."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from catalogue_world import NOW, TODAY, fact
from desk_world import ENGLISH, FRENCH, Visitor

from catalogue_api.contract.returns import RETURN_ITEM
from catalogue_api.services.kiosks.kiosks import add_kiosk
from catalogue_api.storage.tables import Loan
from catalogue_api.web.desk.figures import months_before, presets

FIGURES = "/desk/figures"


async def rows(visitor: Visitor, path: str, language=FRENCH) -> list[list[str]]:
    async with visitor.client.get(path, headers=language) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/csv"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        text = (await answer.read()).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


async def test_the_page_says_what_was_counted(world, visitor, give_back) -> None:
    for barcode in ("1", "2", "3"):
        world.lend(barcode)
    await give_back(1, occurred_at=NOW - timedelta(hours=2))
    await give_back(2, "2", occurred_at=NOW - timedelta(hours=2))
    await give_back(3, "3", at="a/b c")
    world.hold(2, 1, placed_at=NOW - timedelta(days=9), ready_at=NOW, status="cancelled",
               ended_at=NOW)  # fmt: skip
    page = await visitor.open(FIGURES)
    for said in ("Retours 3", "Rendus aux bornes 100", "de 11 h à 12 h : 2 retours sur 3",
                 "3 prêts, de", "Retours par heure : pad", "Retours par heure : a/b c",
                 "Réservations devenues prêtes : 1 ; la moitié en 9 j"):  # fmt: skip
        assert said in page.said, said
    assert page.text.count("<svg") == 2 + 2 + 2 + 2
    for nobody in ("Inconnue", "Ida", "P1"):
        assert nobody not in page.text
    english = await Visitor(visitor.client, ENGLISH).open(FIGURES)
    assert "The busiest hour is from 11:00 to 12:00: 2 returns of 3." in english.said


async def test_a_library_where_nothing_happened_has_a_page(visitor) -> None:
    page = await visitor.open(FIGURES)
    assert page.status == 200
    assert "Aucun retour pendant cette période." in page.said
    assert "<svg" not in page.text
    assert "–" in page.said


async def test_the_minutes_are_an_assumption_that_can_be_changed(world, visitor, give_back) -> None:
    world.lend()
    await give_back(1)
    page = await visitor.open(f"{FIGURES}?minutes_each=30")
    assert "0,5 h en comptant 30 min" in page.said
    assert "en comptant 1,5 min" in (await visitor.open(f"{FIGURES}?minutes_each=1,5")).said


@pytest.mark.parametrize(
    "query",
    [
        "first=2026-11-30&last=2026-11-01", "first=x", "last=", "first=1999-01-01",
        "site=nowhere", "minutes_each=-1", "minutes_each=nan", "within=0", "within=1e9",
        "first=2020-01-01&last=2026-01-01", "last=9999-12-31",
    ],
)  # fmt: skip
async def test_what_is_no_span_is_said_and_kept(visitor, query) -> None:
    page = await visitor.open(f"{FIGURES}?{query}")
    assert page.status == 422
    assert "told wrong" in page.text
    name, value = query.rsplit("&", 1)[-1].split("=")
    if name != "site":  # it is chosen from a list
        assert page.form(FIGURES).fields[name] == value
    async with visitor.client.get(f"{FIGURES}/returns.csv?{query}") as answer:
        assert answer.status == 400


async def test_every_figure_is_a_file_too(world, visitor, give_back) -> None:
    world.database.write_now(lambda db: add_kiosk(db, "=hall;1", "cachan", "token-of-hall", NOW))
    world.add(Loan(item_id=1, patron_id=1, started_at=NOW, due_on=TODAY, site="arcueil"))
    await give_back(1)
    with_hall = world.embedded("token-of-hall")
    world.lend("2")
    await with_hall.call(RETURN_ITEM, fact(2, "2"), kiosk="=hall;1")
    returns = await rows(visitor, f"{FIGURES}/returns.csv")
    assert returns[0] == ["Heure", "'=hall;1", "pad", "Bureau", "Total"]
    assert returns[14] == ["13:00", "1", "1", "0", "2"]
    assert returns[-1] == ["Total", "1", "1", "0", "2"]
    loans = await rows(visitor, f"{FIGURES}/loans.csv", ENGLISH)
    assert ["2026-11", "Arcueil", "Books", "1"] in loans
    assert len(await rows(visitor, f"{FIGURES}/waits.csv")) == 33
    kinds = await rows(visitor, f"{FIGURES}/kinds.csv?year=2026")
    assert kinds[1] == ["Livres", "2", "6", "0", "0", "2"]
    assert (await rows(visitor, f"{FIGURES}/borrowers.csv?year=2024"))[-1] == ["Total", ""]
    for nothing in ("nothing.csv", "kinds.csv?year=x", "kinds.csv?year=-1"):
        async with visitor.client.get(f"{FIGURES}/{nothing}") as answer:
            assert answer.status == 404


async def test_the_year_of_the_ministry(world, visitor) -> None:
    world.lend()
    page = await visitor.open(f"{FIGURES}/year")
    for said in ("Rapport annuel 2026", "Livres 2 6 0 0 1", "L’année n’est pas finie",
                 "Âge inconnu 1"):  # fmt: skip
        assert said in page.said, said
    before = await visitor.open(f"{FIGURES}/year?year=2024")
    assert "ne peuvent plus être comptés" in before.said
    assert (await visitor.open(f"{FIGURES}/year?year=2026.5")).status == 404
    assert (await visitor.open(f"{FIGURES}/year?year=2026.0")).status == 200


def test_spans_by_one_click() -> None:
    spans = {one.name: (one.first, one.last) for one in presets(date(2026, 1, 15))}
    assert spans == {
        "weeks": (date(2025, 12, 19), date(2026, 1, 15)),
        "this_month": (date(2026, 1, 1), date(2026, 1, 15)),
        "month_before": (date(2025, 12, 1), date(2025, 12, 31)),
        "year": (date(2026, 1, 1), date(2026, 1, 15)),
    }
    assert months_before(date(2026, 1, 31), 12) == date(2025, 2, 1)
    assert months_before(date(2026, 12, 1), 12) == date(2026, 1, 1)


async def test_what_was_counted_is_kept_for_a_while(world, visitor, give_back) -> None:
    assert "Retours 0" in (await visitor.open(FIGURES)).said
    world.lend()
    await give_back(1)
    assert "Retours 0" in (await visitor.open(FIGURES)).said
    assert "Retours 1" in (await visitor.open(f"{FIGURES}?site=cachan")).said
    world.now = NOW + timedelta(minutes=10)
    assert "Retours 1" in (await visitor.open(FIGURES)).said
    world.now = NOW - timedelta(hours=1)  # the clock was put right
    assert "Retours 1" in (await visitor.open(FIGURES)).said
