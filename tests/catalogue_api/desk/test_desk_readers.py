"""« Lecteurs »: finding, registering, and the page of a reader, without a script."""

import json
import re
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from catalogue_world import NOW, TODAY
from desk_world import ENGLISH, PASSWORD, Visitor, hire

from catalogue_api.domain.roles import Role
from catalogue_api.services.staff.sessions import open_staff_session
from catalogue_api.storage.tables import Block, Item, Loan, LoanRule, Patron
from catalogue_api.storage.tables import Rulebook as RulebookTable

ONE = "/desk/readers/1"
DAY = timedelta(days=1)
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}\u202e"


@pytest.fixture
async def visitor(world, client) -> Visitor:
    """Ana, a librarian of Cachan, who has come in by the door before."""
    hire(world)
    world.database.write_now(lambda db: open_staff_session(db, "ana", "token", "csrf", NOW))
    cookie = SimpleCookie()
    cookie["ritournelle_desk"] = "token"
    cookie["ritournelle_desk"]["path"] = "/desk"
    client.cookie_jar.update_cookies(cookie, client._base_url)
    return Visitor(client)


def act(page, name: str):
    """Return the form of a page that has this button."""
    return next(form for form in page.forms if name in form.buttons)


async def press(visitor, page, name: str, **fields: str):
    """Press a button of a page."""
    form = act(page, name)
    return await visitor.post(form.action, form.fields | {"act": name} | fields)


async def test_a_reader_is_found_by_any_part(world, visitor) -> None:
    world.add(
        Patron(card="C7", family_name="Personnier", email="z@example.org", phone="06 12 34"),
        Patron(card="P10", family_name="Zola", expires_on=TODAY - DAY, birth_year=2016),
    )
    page = await visitor.open("/desk/readers")
    assert 'aria-current="page">Lecteurs' in page.text
    several = await visitor.send(page, words="person")
    assert "2 lecteurs trouvés" in several.said
    assert f'href="{ONE.replace("1", "2")}"' in several.text
    assert several.form("/desk/readers").fields["words"] == "person"
    for words in ("z@exam", "06 12", "personnier"):
        assert "Personnier" in (await visitor.send(page, words=words)).said
    assert (await visitor.send(page, words="P1")).path == ONE  # the card itself, though P10 has it
    none = await visitor.send(page, words="nobody at all")
    assert "Personne ne correspond" in none.said
    short = await visitor.send(page, words=" x ")
    assert (short.status, "deux caractères" in short.said) == (422, True)
    found = await visitor.send(page, words="p1")
    assert "mineur" in found.said


async def test_a_long_list_of_readers_goes_on(world, visitor) -> None:
    world.add(*(Patron(card=f"N{n}", family_name=f"Nombreux{n:03}") for n in range(60)))
    page = await visitor.send(await visitor.open("/desk/readers"), words="nombreux")
    assert "Les 50 premiers lecteurs" in page.said
    more = next(form for form in page.forms if form.fields.get("cursor"))
    assert "10 lecteurs trouvés" in (await visitor.post(more.action, more.fields)).said


async def test_a_reader_is_registered_once(world, visitor) -> None:
    blank = await visitor.open("/desk/readers/new")
    form = blank.form("/desk/readers/new")
    assert form.fields["expires_on"] == (TODAY + 365 * DAY).isoformat()
    assert form.fields["home_site"] == "cachan"
    said = {"card": " C1 ", "family_name": "Dupont", "given_name": "Zoë", "birth_year": "2015",
            "category": "child", "expires_on": "31/12/2027", "keeps_history": "on",
            "note": "a\r\nb"}  # fmt: skip
    done = await visitor.send(blank, **said)
    assert "Zoë Dupont est inscrit." in done.said
    assert "mineur" in done.said
    again = await visitor.send(blank, **said)  # a double click
    assert again.path == done.path
    rows = world.rows(
        "SELECT card, given_name, birth_year, category, expires_on, home_site, note "
        "FROM patrons WHERE family_name = 'Dupont'"
    )
    assert rows == [("C1", "Zoë", 2015, "child", "2027-12-31", "cachan", "a\nb")]


async def test_what_a_form_gets_wrong_is_said_beside_the_field_and_kept(world, visitor) -> None:
    blank = await visitor.open("/desk/readers/new")
    said = {"card": "P1", "family_name": "X", "given_name": "kept", "birth_year": "1987"}
    for wrong, why in [
        ({}, "Cette carte est déjà celle d’un autre lecteur"),
        ({"card": ""}, "À remplir"),
        ({"card": "C" * 65}, "C’est trop long"),
        ({"birth_year": "12/05/1987"}, "pas la forme attendue"),
        ({"expires_on": "30/02/2027"}, "pas la forme attendue"),
        ({"home_site": "nowhere"}, "pas la forme attendue"),
    ]:
        page = await visitor.send(blank, **said | {"card": "C2"} | (wrong or {"card": "P1"}))
        assert (page.status, why in page.said) == (422, True), wrong
        assert page.form("/desk/readers/new").fields["given_name"] == "kept"
    assert world.row("SELECT count(*) FROM patrons") == (2,)


async def test_somebody_who_seems_known_is_warned_about(world, visitor) -> None:
    said = {"card": "C1", "family_name": "IDA", "given_name": "inconnue"}
    blank = await visitor.open("/desk/readers/new")
    warned = await visitor.send(blank, **said)
    assert "Est-ce l’une de ces personnes" in warned.said
    assert f'href="{ONE}"' in warned.text
    assert world.row("SELECT count(*) FROM patrons") == (2,)
    done = await visitor.post(warned.path, warned.form("/desk/readers/new").fields)
    assert "est inscrit" in done.said
    other_year = said | {"card": "C2", "birth_year": "1950"}
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql("UPDATE patrons SET birth_year = 1980")
    )
    assert "est inscrit" in (await visitor.send(blank, **other_year | {"key": "k2"})).said


async def test_two_librarians_edit_one_reader(world, visitor) -> None:
    mine, theirs = [await visitor.open(f"{ONE}/edit") for _ in range(2)]
    done = await visitor.send(theirs, phone="06 00", note="vu")
    assert "La fiche est à jour" in done.said
    assert "06 00" in done.said
    told = await visitor.send(mine, email="ida@example.org", note="à voir")
    assert told.status == 422
    assert "Un collègue l’a changé entre-temps" in told.said
    assert "Téléphone – 06 00" in told.said
    fields = told.form(f"{ONE}/edit").fields
    assert (fields["note"], fields["email"], fields["phone"]) == (
        "à voir", "ida@example.org", "06 00",
    )  # fmt: skip
    assert "La fiche est à jour" in (await visitor.send(told)).said
    row = world.row("SELECT email, phone, note, version FROM patrons WHERE id = 1")
    assert row == ("ida@example.org", "06 00", "à voir", 3)
    assert "La fiche est à jour" in (await visitor.send(told)).said  # a double click
    assert world.row("SELECT version FROM patrons WHERE id = 1") == (3,)


async def test_items_are_lent_and_given_back_by_barcode(world, visitor) -> None:
    page = await visitor.open(ONE)
    assert "Peut emprunter" in page.said
    lent = await press(visitor, page, "lend", barcode="1")
    assert "Prêté jusqu’au lundi 21 décembre" in lent.said
    assert "1 prêt" in lent.said
    twice = await press(visitor, page, "lend", barcode="1")  # a double click
    assert "Prêté jusqu’au lundi 21 décembre" in twice.said
    assert world.row("SELECT count(*) FROM loans") == (1,)
    refused = await press(visitor, lent, "lend", barcode="1")
    assert "Ce lecteur l’a déjà en prêt : prolongez-le" in refused.said
    assert not [form for form in refused.forms if "override" in form.fields]
    offered = {form.fields.get("act") for form in refused.forms}
    assert {"renew:1", "return:1"} <= offered
    back = await press(visitor, refused, "return", barcode="1")
    assert "Rendu" in back.said
    assert "Rien en prêt" in back.said
    undo = next(form for form in back.forms if form.fields.get("act", "").startswith("undo:"))
    undone = await visitor.post(undo.action, undo.fields)
    assert "Retour annulé" in undone.said
    assert "L’Été" in undone.said
    moved = await visitor.post(undo.action, undo.fields | {"key": "other"})
    assert "Déjà annulé" in moved.said
    for button in ("lend", "return"):
        unknown = await press(visitor, page, button, barcode="nothing")
        assert "« nothing » n’est ni un exemplaire ni une carte" in unknown.said
        assert (await press(visitor, page, button, barcode="P2")).path == "/desk/readers/2"
    for barcode in ("", "x" * 65):
        assert (await press(visitor, page, "lend", barcode=barcode)).status == 200


async def test_what_may_be_set_aside_is_lent_with_a_reason(world, visitor) -> None:
    world.add(Block(patron_id=1, kind="staff", from_on=TODAY, created_at=NOW, reason="voir Léa"))
    page = await visitor.open(ONE)
    assert "Ne peut pas emprunter" in page.said
    assert "voir Léa" in page.said
    refused = await press(visitor, page, "lend", barcode="6")
    assert "Exclu du prêt" in refused.said
    assert "Lecteur bloqué" in refused.said
    form = next(form for form in refused.forms if "override" in form.fields)
    assert form.fields["override"] == "not_for_loan,blocked"
    for reason, why in [(" ", "À remplir"), ("x" * 501, "trop long")]:
        kept = await visitor.post(
            form.action, form.fields | {"act": "lend", "override_reason": reason}
        )
        assert why in kept.said
    fields = form.fields | {"act": "lend", "override_reason": "pour l’école"}
    assert "Prêté" in (await visitor.post(form.action, fields)).said
    detail = json.loads(world.row("SELECT detail FROM audit WHERE action = 'lend'")[0])
    assert detail["reason"] == "pour l’école"


async def test_loans_are_renewed_one_or_all_with_a_reason_for_each_refusal(world, visitor) -> None:
    world.lend("1", days_ago=20, due_in=8)
    world.lend("3", days_ago=40, due_in=-12)
    lost = world.lend("4", due_in=2)
    world.lend("2", days_ago=28, due_in=0)
    page = await visitor.open(ONE)
    assert "En retard de 12 jours" in page.said
    assert "À rendre aujourd’hui" in page.said
    everything = await press(visitor, page, "renew_all")
    assert "2 prêts prolongés" in everything.said
    assert "Déclaré perdu" in everything.said
    one = await press(visitor, page, f"renew:{lost}")
    assert "Pas prolongé" in one.said
    assert "Déclaré perdu" in one.said
    again = await press(visitor, everything, "renew_all")
    assert "Aucun prêt prolongé" in again.said
    assert "Déjà prolongé autant que possible" in again.said


async def test_a_renewal_may_be_forced_with_a_reason(world, visitor) -> None:
    loan = world.lend("1", days_ago=20, due_in=1)
    world.database.write_now(lambda db: setattr(db.get_one(Loan, loan), "renewals", 1))
    page = await visitor.open(ONE)
    assert "c’est demain" in page.said
    refused = await press(visitor, page, f"renew:{loan}")
    assert "L’Été" in refused.said
    form = next(form for form in refused.forms if "override" in form.fields)
    empty = await visitor.post(form.action, form.fields | {"act": f"renew:{loan}"})
    assert "À remplir" in empty.said
    fields = form.fields | {"act": f"renew:{loan}", "override_reason": "malade"}
    for _ in range(2):
        assert "Prolongé jusqu’au lundi 21" in (await visitor.post(form.action, fields)).said
    assert world.row("SELECT renewals FROM loans") == (2,)
    gone = await press(visitor, page, f"renew:{loan}", act="renew:999")
    assert "Cela n’existe pas" in gone.said
    assert (await press(visitor, page, f"renew:{loan}", act="renew:x")).status == 200


async def test_what_is_lost_or_said_to_be_returned(world, visitor) -> None:
    world.lend("1")
    page = await visitor.open(ONE)
    claimed = await press(visitor, page, "claimed_returned:1")
    assert "dit rendu" in claimed.said
    assert "Dit rendu le lundi 23 novembre" in claimed.said
    lost = await press(visitor, claimed, "lost:1")
    assert "« L’Été » est déclaré perdu" in lost.said
    assert "Un document perdu n’est pas encore réglé" in lost.said
    undo = next(form for form in lost.forms if form.fields.get("act") == "with_reader:1")
    back = await visitor.post(undo.action, undo.fields)
    assert "Peut emprunter" in back.said
    refused = await press(visitor, page, "lost:1", act="lost:unknown")
    assert "Cela n’existe pas" in refused.said
    not_lent = await press(visitor, page, "lost:1", act="with_reader:2")
    assert "Pas en prêt" in not_lent.said


async def test_blocks_are_added_and_lifted(world, visitor) -> None:
    page = await visitor.open(ONE)
    for fields in ({"kind": "suspension"}, {"kind": "staff", "until_on": "01/01/2020"}):
        wrong = await press(visitor, page, "block", reason="kept", **fields)
        assert (wrong.status, "Un jour qui n’est pas passé" in wrong.said) == (422, True)
        assert act(wrong, "block").fields["reason"] == "kept"
    odd = await press(visitor, page, "block", kind="nonsense")
    assert odd.status == 422
    for _ in range(2):
        done = await press(visitor, page, "block", kind="staff", reason="voir Léa")
    assert world.row("SELECT count(*) FROM blocks") == (1,)
    assert "voir Léa" in done.said
    assert "par ana" in done.said
    lifted = await press(visitor, done, "lift:1")
    assert "Le blocage est levé" in lifted.said
    assert "Aucun blocage" in lifted.said
    assert "Cela n’existe pas" in (await press(visitor, done, "lift:1", act="lift:77")).said
    past = await visitor.open(f"{ONE}/history")
    assert "Anciens blocages" in past.said


async def test_cards_are_renewed_and_replaced(world, visitor) -> None:
    world.add(Block(patron_id=1, kind="lost_card", from_on=TODAY, created_at=NOW))
    page = await visitor.open(ONE)
    for day in ("2020-01-01", "2099-01-01"):
        wrong = await press(visitor, page, "renew_card", expires_on=day)
        assert (wrong.status, "dans les trois ans" in wrong.said) == (422, True)
    done = await press(visitor, page, "renew_card")
    assert "23 novembre 2027" in done.said
    taken = await press(visitor, done, "replace_card", card="P2")
    assert (taken.status, "déjà celle d’un autre" in taken.said) == (422, True)
    assert (await press(visitor, done, "replace_card", card=" ")).status == 422
    for _ in range(2):
        replaced = await press(visitor, taken, "replace_card", card="P1bis")
    assert "La nouvelle carte est P1bis" in replaced.said
    assert "Aucun blocage" in replaced.said
    assert world.row("SELECT card, version FROM patrons WHERE id = 1") == ("P1bis", 3)


async def test_a_code_is_shown_once(world, visitor) -> None:
    page = await visitor.open(ONE)
    form = page.form(f"{ONE}/code")
    slip = await visitor.post(form.action, form.fields)
    digits = re.findall(r"\d{4} \d{4}", slip.said)
    assert len(digits) == 1
    assert "lundi 30 novembre" in slip.said
    assert "Inconnue" not in slip.said
    stored = world.row("SELECT pin_hash FROM patrons WHERE id = 1")
    again = await visitor.post(form.action, form.fields)  # a double click, or the page loaded anew
    assert "Aucun nouveau code" in again.said
    assert digits[0] not in again.text
    assert world.row("SELECT pin_hash FROM patrons WHERE id = 1") == stored
    assert (await visitor.open(f"{ONE}/code")).path == ONE
    everything = str(world.rows("SELECT answer FROM idempotency_keys"))
    assert digits[0].replace(" ", "") not in everything


async def test_history_is_kept_only_as_long_as_the_reader_wants(world, visitor) -> None:
    for days, barcode in [(3, "1"), (200, "2")]:
        ended = NOW - days * DAY
        world.add(
            Loan(item_id=int(barcode), patron_id=1, started_at=ended - DAY, due_on=TODAY,
                 ended_at=ended)
        )  # fmt: skip
    world.hold(patron=1, status="cancelled", ended_at=NOW - 2 * DAY)
    page = await visitor.open(f"{ONE}/history")
    assert page.said.count("L’Été") == 1  # what is older is for the reader alone
    kept = await press(visitor, page, "keep")
    assert "Historique gardé à sa demande" in kept.said
    stale = await press(visitor, page, "keep", act="keep_not")
    assert (stale.status, "Un collègue" in stale.said) == (422, True)
    stopped = await press(visitor, kept, "keep_not")
    assert "L’historique n’est plus gardé" in stopped.said
    forgotten = await press(visitor, stopped, "forget")
    assert "Oublié : 3" in forgotten.said
    assert world.rows("SELECT id FROM loans WHERE patron_id = 1") == []
    assert world.row("SELECT last_loan_ended_on FROM patrons WHERE id = 1") == ("2026-11-20",)
    assert (await press(visitor, stopped, "forget", act="odd")).status == 400
    assert (await visitor.open(f"{ONE}/history?after=!")).status == 404


async def test_all_data_are_handed_out_and_that_is_written_down(world, visitor) -> None:
    world.lend("1")
    world.hold(patron=1, title=2)
    page = await visitor.open(f"{ONE}/history")
    form = page.form(f"{ONE}/data")
    headers = {"Accept-Language": "fr"}
    async with visitor.client.post(form.action, data=form.fields, headers=headers) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        held = await answer.json()
    assert held["reader"]["family_name"] == "Inconnue"
    assert [loan["title"] for loan in held["loans"]] == ["L’Été"]
    assert [hold["title"] for hold in held["holds"]] == ["Astérix, Tome 3"]
    assert held["acts"][0]["action"] == "data_exported"
    assert held["acts"][0]["by"] == "librarian"
    assert "pin" not in json.dumps(held).replace("has_pin", "").replace("pin_reset", "")
    assert (await visitor.open(f"{ONE}/data")).path == ONE


async def test_a_reader_is_deleted_when_nothing_is_open(world, visitor) -> None:
    world.lend("1")
    page = await visitor.open(f"{ONE}/delete")
    refused = await visitor.send(page)
    assert (refused.status, "encore des prêts" in refused.said) == (422, True)
    await press(visitor, await visitor.open(ONE), "return", barcode="1")
    for _ in range(2):
        gone = await visitor.send(refused)
        assert "Le lecteur est supprimé" in gone.said
    assert (await visitor.open(ONE)).status == 404
    for path in ("edit", "history", "delete"):
        assert (await visitor.open(f"{ONE}/{path}")).status == 404


async def test_a_loan_leads_to_its_copy(world, visitor) -> None:
    world.database.write_now(lambda db: setattr(db.get_one(Item, 1), "barcode", "1/é ?"))
    world.lend("1")
    page = await visitor.open(ONE)
    link = re.findall(r'href="(/desk/items/[^"]+)"', page.text)[0]
    copy = await visitor.open(link)
    assert (copy.status, "1/é ?" in copy.said) == (200, True)
    assert f'href="{ONE}"' in copy.text


async def test_a_long_list_of_loans_goes_on(world, visitor) -> None:
    rows = [
        Loan(item_id=1, patron_id=1, started_at=NOW, due_on=TODAY, ended_at=NOW + n * DAY / 999)
        for n in range(101)
    ]
    world.add(*rows)
    page = await visitor.open(f"{ONE}/history")
    assert page.said.count("L’Été") == 100
    link = re.findall(r'href="([^"]+after=[^"]+)"', page.text)[0]
    assert (await visitor.open(link)).said.count("L’Été") == 1


async def test_hostile_words_stay_words(world, visitor) -> None:
    blank = await visitor.open("/desk/readers/new")
    said = dict.fromkeys(("family_name", "given_name", "email", "phone", "note"), HOSTILE)
    page = await visitor.send(blank, card=HOSTILE[:64], **said)
    assert "est inscrit" in page.said
    shown = [
        page,
        await visitor.open(f"{page.path}/edit"),
        await visitor.open(f"{page.path}/delete"),
    ]
    shown.append(await press(visitor, page, "block", kind="staff", reason=HOSTILE))
    shown.append(await press(visitor, page, "lend", barcode=HOSTILE))
    shown.append(await visitor.send(await visitor.open("/desk/readers"), words=HOSTILE))
    shown.append(await visitor.open(f"{page.path}/history"))
    for one in shown:
        assert one.status == 200
        assert "<script>alert" not in one.text
        assert "alert(1)" in one.text


async def test_a_form_sent_after_the_session_ended_goes_on(world, visitor) -> None:
    await visitor.open("/desk/sign-in")
    page = await visitor.open("/desk/readers/new")
    world.now += timedelta(hours=2)
    asked = await visitor.send(page, card="C1", family_name="Dupont", note="typed")
    assert (asked.status, "Reconnectez-vous" in asked.said) == (403, True)
    done = await visitor.send(asked, again_name="ana", again_password=PASSWORD)
    assert "Dupont est inscrit" in done.said
    assert world.row("SELECT note FROM patrons WHERE card = 'C1'") == ("typed",)


async def test_a_technician_sees_no_reader(world, client) -> None:
    hire(world, "tom", Role.TECHNICIAN)
    visitor = Visitor(client)
    await visitor.sign_in("tom")
    for path in ("/desk/readers", "/desk/readers/new", ONE, f"{ONE}/edit", f"{ONE}/history"):
        page = await visitor.open(path)
        assert (page.status, "Inconnue" in page.text) == (403, False)
    assert 'href="/desk/readers"' not in (await visitor.open("/desk/help")).text


async def test_in_english_and_with_the_categories_of_the_rules(world, client) -> None:
    world.add(RulebookTable(version=1))
    world.database.write_now(lambda db: db.add(LoanRule(category="portage", loan_days=60)))
    world.lend("1", due_in=-1)
    hire(world)
    visitor = Visitor(client, ENGLISH)
    await visitor.sign_in()
    page = await visitor.open(ONE)
    for words in ("Late by one open day", "May borrow", "1 loan", "Renew"):
        assert words in page.said
    assert ">portage</option>" in (await visitor.open("/desk/readers/new")).text


@pytest.mark.parametrize(
    "path", ["/desk/readers/0", "/desk/readers/x", f"{ONE}?after=!!", f"{ONE}0"]
)
async def test_what_is_not_there(visitor, path) -> None:
    assert (await visitor.open(path)).status == 404


async def test_a_button_that_is_none_does_nothing(visitor) -> None:
    page = await visitor.open(ONE)
    assert (await press(visitor, page, "lend", act="sing")).status == 400
