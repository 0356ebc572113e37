"""The scan box: one field, and what is expected of it."""

from datetime import timedelta
from itertools import product

import pytest
from catalogue_world import World
from desk_settings_world import settled
from desk_world import ENGLISH, SeenPage, Visitor, busy_day

from catalogue_api.contract.returns import Outcome
from catalogue_api.domain.holds import Scan
from catalogue_api.domain.undoing import UndoRefusal
from catalogue_api.services.desk.scanning import Deed, Seen, deed_of
from catalogue_api.storage.tables import Patron, Rulebook, Title
from catalogue_api.web import texts

SCAN = "/desk/scan"


async def scan(visitor: Visitor, page: SeenPage | None, code: str, **fields: str) -> SeenPage:
    """Scan into the field of a page, a fresh one by default."""
    page = page or await visitor.open(SCAN)
    found = page.form(SCAN)
    return await visitor.post(SCAN, found.fields | {"barcode": code} | fields)


async def test_a_copy_on_loan_is_returned_and_its_next_place_said(world, visitor) -> None:
    world.lend("1", days_ago=40, due_in=-3)
    page = await scan(visitor, None, " 1 ")
    for words in ("Rendu", "L’Été", "À ranger en rayon : R CAM 1.", "En retard : à rendre le"):
        assert words in page.said
    assert world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (0,)
    assert "pas emprunté" in (await scan(visitor, page, "1")).said
    english = await scan(Visitor(visitor.client, ENGLISH), page, "1")
    assert "Nothing to return" in english.said


async def test_a_return_is_taken_back(world, visitor) -> None:
    world.lend("1")
    page = await scan(visitor, None, "1")
    back = await visitor.send(page, "/desk/scan/undo")
    assert "Retour annulé" in back.said
    assert world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (1,)
    twice = page.form("/desk/scan/undo").fields | {"key": "another"}
    assert "Déjà annulé" in (await visitor.post("/desk/scan/undo", twice)).said
    assert (await visitor.post("/desk/scan/undo", twice | {"return_id": "x"})).status == 404


async def test_a_reserved_copy_is_returned_then_put_on_its_shelf(world, visitor) -> None:
    world.lend("1")
    world.hold()
    empty = await visitor.open(SCAN)
    page = await scan(visitor, empty, "1")
    assert "quelqu’un l’attend ici" in page.said
    again = await scan(visitor, empty, "1")  # the same form, sent again by a reload
    assert "quelqu’un l’attend ici" in again.said
    assert world.row("SELECT status FROM holds") == ("captured",)
    ready = await scan(visitor, page, "1")
    assert "Prêt à retirer" in ready.said
    assert "numéro 1" in ready.said
    assert world.row("SELECT status FROM holds") == ("ready",)
    back = await visitor.send(ready, "/desk/deeds/")
    assert (back.path, "n’est plus sur l’étagère" in back.said) == (SCAN, True)
    assert world.row("SELECT status FROM holds") == ("captured",)


async def test_lending_to_an_open_reader(world, visitor) -> None:
    world.hold()
    reader = await scan(visitor, None, "P2")
    assert "Paul Personne" in reader.said
    lent = await scan(visitor, reader, "1")
    assert "Prêté jusqu’au lundi 21 décembre" in lent.said
    assert "Sa réservation est servie." in lent.said
    assert "1 prêt" in lent.said
    same = await scan(visitor, reader, "1")  # the same form again
    assert "Prêté jusqu’au lundi 21 décembre" in same.said
    assert world.row("SELECT count(*) FROM loans") == (1,)
    other = reader.form(SCAN).fields | {"barcode": "2"}  # back, and another copy
    assert "déjà été envoyé avec un autre contenu" in (await visitor.post(SCAN, other)).said
    assert world.row("SELECT count(*) FROM loans") == (1,)
    closed = await scan(visitor, lent, "P2")
    assert "Paul" not in closed.said


async def test_a_refused_loan_says_why_and_what_can_be_done(world, visitor) -> None:
    world.lend("1", patron=2)
    world.lend("2", patron=1)
    reader = await scan(visitor, None, "P2")
    own = await scan(visitor, reader, "1")
    assert "Pas prêté" in own.said
    renewed = await visitor.send(own, SCAN, **{"as": "renew"})
    assert "Prolongé jusqu’au lundi 21 décembre" in renewed.said
    others = await scan(visitor, renewed, "2")
    returned = await visitor.send(others, SCAN, **{"as": "return"})
    assert "Rendu" in returned.said
    assert "Paul Personne" in returned.said
    assert world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (1,)


async def test_a_librarian_sets_a_refusal_aside_with_a_reason(world, visitor) -> None:
    reader = await scan(visitor, None, "P1")
    refused = await scan(visitor, reader, "6")
    assert "Pas prêté Astérix, Tome 3" in refused.said
    form = next(form for form in refused.forms if "override.not_for_loan" in form.fields)
    bare = await visitor.post(SCAN, form.fields | {"reason": " "})
    assert "Dites pourquoi" in bare.said
    lent = await visitor.post(SCAN, form.fields | {"reason": "exposition", "key": "another"})
    assert "Prêté jusqu’au" in lent.said
    said = world.rows("SELECT detail FROM audit WHERE action = 'lend'")
    assert "exposition" in str(said)


async def test_a_game_for_older_players_is_lent_if_a_librarian_decides_so(world, visitor) -> None:
    world.database.write_now(
        lambda db: [
            setattr(db.get(Title, 1), "pegi_age", 16),
            setattr(db.get(Patron, 1), "birth_year", 2013),
        ]
    )
    refused = await scan(visitor, await scan(visitor, None, "P1"), "1")
    assert "Plus jeune que l’âge PEGI de ce jeu." in refused.said
    form = next(form for form in refused.forms if "override.too_young" in form.fields)
    decided = form.fields | {"reason": "parents d’accord", "key": "another"}
    assert "Prêté jusqu’au" in (await visitor.post(SCAN, decided)).said
    older = await scan(visitor, await scan(visitor, None, "P2"), "2")  # of no known age
    assert "Prêté jusqu’au" in older.said
    world.add(Rulebook(version=1, heed_pegi=False))
    free = await scan(visitor, await scan(visitor, None, "P1"), "3")
    assert "Prêté jusqu’au" in free.said


async def test_returns_only_lends_to_nobody(world, visitor) -> None:
    page = await visitor.send(await visitor.open(SCAN), "/desk/scan/ways", way="return_only")
    assert 'aria-pressed="true"' in page.text
    reader = await scan(visitor, page, "P2")
    assert "Paul" in reader.said
    assert "Rien à rendre" in (await scan(visitor, reader, "1")).said
    assert world.row("SELECT count(*) FROM loans") == (0,)
    off = await visitor.send(page, "/desk/scan/ways", way="return_only")
    assert 'aria-pressed="true"' not in off.text
    assert (await visitor.send(off, "/desk/scan/ways", way="odd")).path == SCAN


async def dropped(world, visitor) -> SeenPage:
    """Begin to empty the book drop of Monday morning; the library was last open on Saturday."""
    await settled(world)
    page = await visitor.open(SCAN)
    return await visitor.send(page, "/desk/scan/night")


async def test_what_lay_in_the_book_drop_counts_as_of_the_last_closing(world, visitor) -> None:
    page = await dropped(world, visitor)
    for said in ("Boîte de retour de la nuit", "samedi 21 novembre", "21 nov. 18:00"):
        assert said in page.said
    world.lend("2", due_in=-2)  # due on that Saturday
    returned = await scan(visitor, page, "2")
    assert "Compté comme rendu le 21 nov. 18:00." in returned.said
    assert "En retard" not in returned.said
    assert world.row("SELECT occurred_at FROM returns") == ("2026-11-21 17:00:00.000000",)
    world.hold(patron=1)
    caught = await scan(visitor, returned, "3")  # it is not put on the reservation shelf unseen
    assert "Compté comme rendu" in caught.said
    ended = await visitor.send(caught, "/desk/scan/night")
    assert "samedi 21 novembre" not in ended.said
    world.lend("2")
    assert "Compté comme" not in (await scan(visitor, ended, "2")).said


async def test_the_book_drop_ends_by_itself(world, visitor) -> None:
    page = await dropped(world, visitor)
    world.lend("2")
    world.now += timedelta(minutes=14)
    goes_on = await scan(visitor, page, "nothing")
    assert "samedi 21 novembre" in goes_on.said
    card = await scan(visitor, goes_on, "P2")
    assert ("Paul Personne" in card.said, "samedi 21 novembre" in card.said) == (True, False)
    world.now += timedelta(minutes=14)
    assert "samedi 21 novembre" in (await scan(visitor, goes_on, "nothing")).said
    world.now += timedelta(minutes=2)
    late = await scan(visitor, goes_on, "2")
    assert "s’était arrêtée d’elle-même" in late.said
    assert "samedi 21 novembre" not in late.said
    for odd in ("yesterday", "9999-12-31T23:59:59-12:00", "2027-01-01T00:00:00Z", "0001-01-01"):
        assert "Compté comme" not in (await scan(visitor, None, "2", night=odd)).said


async def test_what_was_lent_after_the_last_closing_counts_as_of_now(world, visitor) -> None:
    page = await dropped(world, visitor)
    world.lend("2", days_ago=1)  # on Sunday, by a librarian who prepared a visit
    asked = await scan(visitor, page, "2")
    assert "Prêté après cette fermeture" in asked.said
    returned = await visitor.send(asked, SCAN, **{"as": "now"})
    assert "Rendu" in returned.said
    assert "samedi 21 novembre" in returned.said  # the next one is of the night again
    assert world.row("SELECT ended_at IS NULL FROM loans WHERE item_id = 2")[0] == 0


async def test_a_code_that_is_a_card_and_a_copy_is_asked_about(world: World, visitor) -> None:
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql("UPDATE items SET barcode = 'P1' WHERE id = 1")
    )
    asked = await scan(visitor, None, "P1")
    assert "Exemplaire ou carte ?" in asked.said
    assert "Ida Inconnue" in (await visitor.send(asked, SCAN, **{"as": "card"})).said
    assert "Rien à rendre" in (await visitor.send(asked, SCAN, **{"as": "item"})).said


@pytest.mark.parametrize("code", ["<b>{x}", "0" * 64, "é", "a b", "%00"])
async def test_an_unknown_code_is_explained_and_changes_nothing(world, visitor, code) -> None:
    page = await scan(visitor, None, code)
    assert page.status == 200
    assert "n’est ni un exemplaire ni une carte" in page.said
    assert "<b>{x}" not in page.text
    assert world.row("SELECT count(*) FROM anomalies") == (0,)


async def test_codes_that_no_scanner_sends(world, visitor) -> None:
    for odd in ("x" * 500, "a\tb", "\x1b[A"):
        assert "Code inconnu" in (await scan(visitor, None, odd)).said
    assert "Code-barres ou carte" in (await scan(visitor, None, "  ")).said
    assert (await scan(visitor, None, "1", reader="9" * 9)).status == 200
    assert (await visitor.open(SCAN + "?reader=2")).said.count("Paul Personne") == 1
    assert "Paul" not in (await visitor.open(SCAN + "?reader=-2")).said


async def test_what_arrives_and_what_was_fetched_from_the_shelves(world, visitor) -> None:
    await busy_day(world)
    fetched = await scan(visitor, None, "11")
    assert "Prêt à retirer" in fetched.said
    arrived = await scan(visitor, fetched, "13")
    assert "À ranger en rayon" in arrived.said
    assert world.row("SELECT current_site, destination FROM items WHERE id = 13") == (
        "cachan", None,
    )  # fmt: skip
    sent = await scan(visitor, arrived, "14")
    assert "Mettez-le dans la caisse pour Arcueil." in sent.said


def test_a_scan_is_for_one_thing_only() -> None:
    for patron, item, loan, wanted, returned, reader, only, said in product(
        (0, 7), (False, True), (0, 3), (False, True), (False, True), (0, 7, 8), (False, True),
        ("", "card", "item", "return", "now", "renew"),
    ):  # fmt: skip
        seen = Seen(patron, item, loan, wanted, returned)
        deed = deed_of(seen, reader, return_only=only, said=said)
        assert (deed is Deed.UNKNOWN) is not bool(patron or item)
        if only and item and said != "renew":
            assert deed is Deed.RETURN
        if deed in {Deed.OPEN_READER, Deed.CLOSE_READER}:
            assert patron
        if deed is Deed.LEND:
            assert all((reader, item, not returned))
        if deed is Deed.SHELVE:
            assert all((item, wanted, not loan, not reader))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_everything_that_a_scan_comes_to_has_words(language, world) -> None:
    words = texts.read_words(world.zone)[language]
    for outcome in Outcome:
        assert words.text(f"scan_head.{outcome.value}")
        assert words.text(f"scan_next.{outcome.value}", mark="1", site="2")
    for refusal in UndoRefusal:
        assert words.text(f"scan_not_undone.{refusal.value}.detail", barcode="1")
        assert words.text(f"scan_not_undone.{refusal.value}")
    assert all(words.text(f"scan.{one.value}") for one in Scan)
