"""« Documents »: found, described, taken in, marked and withdrawn at the desk."""

import re
from io import BytesIO

import pymarc
import pytest
from desk_world import ENGLISH, Visitor, busy_day, hire

from catalogue_api.contract.copies import CopyPlace, HistoryKind
from catalogue_api.domain.collection import (
    Audience,
    CollectionRefusal,
    ItemStatus,
    TitleKind,
)
from catalogue_api.domain.marks import Mark
from catalogue_api.domain.queries import Sort
from catalogue_api.domain.roles import Role
from catalogue_api.web import texts
from catalogue_api.web.pages.title_words import language_name

TITLES = "/desk/titles"
HOSTILE = "<script>alert(1)</script> {{ 7 * 7 }} {x} %s"


async def test_titles_are_found_and_narrowed_down(world, visitor) -> None:
    await busy_day(world)
    assert "Scannez un exemplaire" in (await visitor.open(TITLES)).said
    page = await visitor.open(f"{TITLES}?q=camus")
    for said in ("1 notice", "L’Été", "Camus, Albert", "3 disponibles", "Arcueil 1/1 · Cachan 2/2"):
        assert said in page.said, said
    narrowed = re.findall(r'href="(/desk/titles\?[^"]*site=cachan[^"]*)"', page.text)[0]
    there = await visitor.open(narrowed.replace("&amp;", "&"))
    assert "1 notice" in there.said
    assert 'aria-current="true"' in there.text
    assert "1 notice" in (await visitor.open(f"{TITLES}?q=momo&sort=title")).said
    assert "Rien trouvé" in (await visitor.open(f"{TITLES}?q=momo&available=1")).said
    nothing = await visitor.open(f"{TITLES}?q=%3Cscript%3E%7Bx%7D%22")
    assert (nothing.status, "Rien trouvé" in nothing.said) == (200, True)
    assert "<script>{x}" not in nothing.text
    assert "0 title" in (await Visitor(visitor.client, ENGLISH).open(f"{TITLES}?q=zzzz")).said


@pytest.mark.parametrize(
    "odd", ["kind=x", "sort=x", "year_from=x", "q=" + "x" * 1001, "q=a&cursor=nonsense.x"]
)
async def test_a_search_that_cannot_be_understood_is_said(visitor, odd) -> None:
    page = await visitor.open(f"{TITLES}?{odd}")
    assert (page.status, "ne peut pas être comprise" in page.said) == (422, True)


async def test_long_lists_are_paged(world, visitor) -> None:
    await busy_day(world)
    for title in range(30):
        page = await visitor.open(f"{TITLES}/new")
        await visitor.send(page, f"{TITLES}/new", title=f"Cahier {title}")
    first = await visitor.open(f"{TITLES}?q=cahier&sort=title")
    following = re.findall(r'href="([^"]*cursor=[^"]*)"', first.text)[0].replace("&amp;", "&")
    second = await visitor.open(following)
    assert (first.text.count("Cahier"), second.text.count("Cahier")) == (20, 10)


async def test_a_scanned_barcode_leads_to_its_copy(visitor) -> None:
    for barcode in ("1", "5"):  # the public does not see the second: it is withdrawn
        assert (await visitor.open(f"{TITLES}?q={barcode}")).path == f"/desk/items/{barcode}"


async def test_a_title_shows_where_its_copies_are(world, visitor, give_back) -> None:
    world.lend("2")
    world.hold()
    page = await visitor.open(f"{TITLES}/1")
    for said in ("L’Été", "3 exemplaires", "Emprunté, à rendre lundi 14 décembre", "En rayon",
                 "1 réservation en attente"):  # fmt: skip
        assert said in page.said, said
    assert f'href="{TITLES}/1/holds"' in page.text
    other = await visitor.open(f"{TITLES}/2")
    for said in ("perdu", "retiré", "exclu du prêt", "manquant", "Introuvable"):
        assert said in other.said, said
    async with visitor.client.get(f"{TITLES}/1/record") as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="1.mrc"'
        (record,) = pymarc.MARCReader(BytesIO(await answer.read()))
        assert record is not None
    for nowhere in (f"{TITLES}/999", f"{TITLES}/0", f"{TITLES}/999/record", f"{TITLES}/x",
                    f"{TITLES}/999/items", f"{TITLES}/999/edit"):  # fmt: skip
        assert (await visitor.open(nowhere)).status == 404, nowhere


async def test_a_title_is_made_described_and_deleted(world, visitor) -> None:
    page = await visitor.open(f"{TITLES}/new")
    made = await visitor.send(
        page, f"{TITLES}/new", title=HOSTILE, author=HOSTILE, numbers="2-07-036002-4\n\n",
        subjects=f"{HOSTILE}\nLycée", summary="Un\ndeux", year="1942",
    )  # fmt: skip
    assert f"« {HOSTILE} » est créé" in made.said
    assert "<script>alert" not in made.text
    assert "9782070360024" in made.said
    twice = await visitor.send(
        page, f"{TITLES}/new", title=HOSTILE, author=HOSTILE, numbers="2-07-036002-4\n\n",
        subjects=f"{HOSTILE}\nLycée", summary="Un\ndeux", year="1942",
    )  # fmt: skip
    assert twice.path == made.path  # a double click makes one title
    assert world.row("SELECT count(*) FROM titles WHERE source = 'local'") == (1,)
    edit = await visitor.open(f"{made.path}/edit")
    form = edit.form(f"{made.path}/edit").fields
    assert (form["title"], form["subjects"]) == (HOSTILE, f"{HOSTILE}\nLycée")
    stored = await visitor.send(edit, f"{made.path}/edit", title="Cahier", subjects="", numbers="")
    assert "« Cahier » est enregistré." in stored.said
    assert world.row("SELECT title, summary FROM titles WHERE source = 'local'") == (
        "Cahier", "Un deux",
    )  # fmt: skip
    gone = await visitor.send(stored, f"{made.path}/delete")
    assert (gone.path, "« Cahier » est supprimé." in gone.said) == (TITLES, True)


async def test_what_is_wrong_with_a_title_stands_beside_its_field(world, visitor) -> None:
    page = await visitor.open(f"{TITLES}/1/edit")
    for field, value, said in [
        ("numbers", "123", "n’est ni un ISBN"),
        ("title", " ", "À remplir."),
        ("title", "x" * 1001, "C’est trop long."),
        ("year", "mille", "forme attendue"),
        ("parts_count", "0", "forme attendue"),
        ("language", "12", "forme attendue"),
        ("kind", "nonsense", "forme attendue"),
        ("author", "a\tb", "forme attendue"),
    ]:
        kept = await visitor.send(page, f"{TITLES}/1/edit", **{field: value})
        assert (kept.status, said in kept.said) == (422, True), (field, kept.said)
        assert f'id="against-{field}"' in kept.text
    assert world.row("SELECT version FROM titles WHERE id = 1") == (1,)


async def test_who_comes_second_is_told_what_changed(world, visitor) -> None:
    title = await visitor.open(f"{TITLES}/1/edit")
    copy = await visitor.open("/desk/items/1/edit")
    await visitor.send(title, f"{TITLES}/1/edit", author="Camus, A.")
    late = await visitor.send(title, f"{TITLES}/1/edit", publisher="Gallimard")
    assert late.status == 422
    for said in ("Auteur principal", "Camus, Albert", "Camus, A."):
        assert said in late.said
    assert late.form(f"{TITLES}/1/edit").fields["publisher"] == "Gallimard"
    await visitor.send(late, f"{TITLES}/1/edit", author="Camus, A.")
    assert world.row("SELECT author, publisher FROM titles WHERE id = 1") == (
        "Camus, A.", "Gallimard",
    )  # fmt: skip
    lines = {"was.subjects": "Été\r\nMer", "subjects": "Été\r\nMer"}  # as browsers send them
    await visitor.send(await visitor.open(f"{TITLES}/1/edit"), f"{TITLES}/1/edit", **lines)
    late = await visitor.send(title, f"{TITLES}/1/edit", **lines)
    assert "Sujets" not in late.text.partition('class="changes"')[2].partition("</ul>")[0]
    await visitor.send(copy, "/desk/items/1/edit", shelf_mark="R CAM")
    late = await visitor.send(copy, "/desk/items/1/edit", note="usé")
    assert (late.status, "Cote" in late.said, "R CAM 1" in late.said) == (422, True, True)
    await visitor.send(late, "/desk/items/1/edit")
    assert world.row("SELECT shelf_mark, note FROM items WHERE id = 1") == ("R CAM", "usé")


@pytest.mark.parametrize(
    ("address", "field", "typed", "said"),
    [
        (f"{TITLES}/1/edit", "author", "Personne, Paul ", "est enregistré"),
        (f"{TITLES}/1/edit", "numbers", "978-2-07-036002-4\r\n2-07-036002-4", "est enregistré"),
        (f"{TITLES}/1/edit", "subjects", "Lycée\r\nÉté\r\nLycée", "est enregistré"),
        ("/desk/items/1/edit", "note", "Personne, Paul", "enregistré"),
    ],
)
async def test_a_double_click_is_no_second_librarian(visitor, address, field, typed, said) -> None:
    page = await visitor.open(address)
    first = await visitor.send(page, address, **{field: typed})
    second = await visitor.send(page, address, **{field: typed})
    assert (second.status, second.path) == (first.status, first.path)
    assert said in first.said
    assert said in second.said


async def test_copies_are_taken_in_and_deleted(world, visitor) -> None:
    page = await visitor.open(f"{TITLES}/1/items")
    odd = "9/é <b>"
    made = await visitor.send(page, f"{TITLES}/1/items", barcode=odd, shelf_mark=HOSTILE)
    assert f"Exemplaire {odd} ajouté." in made.said
    assert "<script>alert" not in made.text
    assert "4 exemplaires" in made.said
    there = re.findall(r'href="(/desk/items/9[^"]+)"', made.text)[0]
    assert HOSTILE in (await visitor.open(there)).said
    for barcode, said in [
        ("2", "Un autre exemplaire porte déjà"), ("P1", "carte de lecteur"), ("", "À remplir"),
        ("x" * 65, "trop long"), ("a\x07b", "forme attendue"),
    ]:  # fmt: skip
        refused = await visitor.send(
            await visitor.open(f"{TITLES}/1/items"), f"{TITLES}/1/items", barcode=barcode
        )
        assert (refused.status, said in refused.said) == (422, True), barcode
        assert 'id="against-barcode"' in refused.text
    fresh = await visitor.open(f"{TITLES}/1/items")
    nowhere = await visitor.send(fresh, f"{TITLES}/1/items", barcode="n", home_site="nowhere")
    assert (nowhere.status, 'id="against-home_site"' in nowhere.text) == (422, True)
    gone = await visitor.send(await visitor.open(there), f"{there}/delete")
    assert f"Exemplaire {odd} supprimé." in gone.said
    world.lend("2")
    kept = await visitor.send(await visitor.open("/desk/items/2"), "/desk/items/2/delete")
    assert "Il est emprunté" in kept.said
    fields = gone.form("/desk/sign-out").fields | {"version": "1"}
    refused = await visitor.post(f"{TITLES}/1/delete", fields)
    assert "Cette notice a encore des exemplaires." in refused.said


async def test_a_mark_is_said_and_taken_back(world, visitor) -> None:
    async def mark(page, what: str, **more: str):
        form = page.form("/desk/items/1/mark", key=page.form("/desk/items/1/mark").fields["key"])
        return await visitor.post("/desk/items/1/mark", form.fields | {"mark": what} | more)

    page = await visitor.open("/desk/items/1")
    for what, word in [("missing", "manquant"), ("damaged", "abîmé"), ("withdrawn", "retiré")]:
        marked = await mark(page, what, remark=HOSTILE)
        assert f"« L’Été » est noté {word}." in marked.said
        assert HOSTILE in marked.said
        assert "<script>alert" not in marked.text
    undone = await visitor.send(marked, "/desk/items/1/mark", mark="damaged")
    assert "est noté abîmé" in undone.said
    late = await visitor.send(marked, "/desk/items/1/mark", mark="damaged")
    assert "est noté abîmé entre-temps : rien n’est annulé" in late.said
    assert world.row("SELECT status FROM items WHERE id = 1") == ("damaged",)
    await mark(page, "available")
    refused = await mark(page, "claimed_returned")
    assert (refused.status, "Pas en prêt." in refused.said) == (422, True)
    for odd in ("", "nonsense"):
        assert (await mark(page, odd)).status == 422
    long = await mark(page, "lost", remark="x" * 501)
    assert (long.status, 'id="against-remark"' in long.text) == (422, True)


async def test_what_is_said_of_a_copy_on_loan(world, visitor) -> None:
    world.lend()
    page = await visitor.open("/desk/items/1")
    assert "lecteur n° 1" in page.said
    assert "Inconnue" not in page.text
    claimed = await visitor.post(
        "/desk/items/1/mark", page.form("/desk/items/1/mark").fields | {"mark": "claimed_returned"}
    )
    assert "est noté dit rendu" in claimed.said
    undone = await visitor.send(claimed, "/desk/items/1/mark", mark="with_reader")
    assert "est noté disponible" in undone.said
    lost = await visitor.post(
        "/desk/items/1/mark", page.form("/desk/items/1/mark").fields | {"mark": "lost"}
    )
    gone = await visitor.post(
        "/desk/items/1/mark", lost.form("/desk/items/1/mark").fields | {"mark": "withdrawn"}
    )
    assert "est noté retiré" in gone.said
    assert "Annuler" not in gone.said  # the loan has ended with it
    assert "Prêt clos sans retour" in gone.said


async def test_only_those_may_who_look_after_the_collection(world, client) -> None:
    hire(world, "tom", Role.TECHNICIAN)
    visitor = Visitor(client)
    await visitor.sign_in("tom")
    for path in (TITLES, f"{TITLES}/1", f"{TITLES}/1/record", "/desk/items/1"):
        assert (await visitor.open(path)).status == 403, path


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_everything_about_titles_and_copies_has_words(language, world) -> None:
    words = texts.read_words(world.zone)[language]
    values = dict.fromkeys(("due", "number", "site", "here"), "•")
    for name, members in {
        "title_kind": TitleKind, "audience": Audience, "item_status": ItemStatus,
        "copy_place": CopyPlace, "item_history": HistoryKind, "mark_as": Mark,
        "collection_refusal": CollectionRefusal, "titles.sort": Sort,
    }.items():  # fmt: skip
        assert all(words.text(f"{name}.{one.value}", **values) for one in members)
    assert language_name(words, "fre") == {"fr": "français", "en": "French"}[language]
    assert language_name(words, "qqq") == "qqq"
