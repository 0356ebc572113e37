"""The account of a reader, page by page, with a browser that runs no script."""

import json
from datetime import timedelta

import pytest
from agenda_world import HOUR, Agenda
from catalogue_world import NOW, TODAY
from desk_world import ENGLISH
from http_world import serving
from portal_world import PIN, PortalVisitor, give_pin
from slot_people import furnish as furnish_rooms

from catalogue_api.domain.holds import HoldEventKind, MoveReason
from catalogue_api.domain.loans import LoanRefusal
from catalogue_api.domain.notices import NoticeKind, NoticeStatus
from catalogue_api.domain.patrons import BlockKind, PatronRefusal
from catalogue_api.services.noticing import notify
from catalogue_api.storage.tables import Block, Booking, Patron
from catalogue_api.web.texts import LANGUAGES, read_words

HOSTILE = "<script>alert(1)</script>"


def change(world, **values) -> None:
    def work(session) -> None:
        for name, value in values.items():
            setattr(session.get_one(Patron, 1), name, value)

    world.database.write_now(work)


@pytest.mark.parametrize(
    "path",
    ["", "/prets", "/reservations", "/coordonnees", "/mes-donnees", "/suppression", "/code",
     "/appareils", "/agenda"],
)  # fmt: skip
async def test_who_is_not_signed_in_signs_in_first_and_comes_back(world, anybody, path) -> None:
    give_pin(world)
    door = await anybody.open(f"/compte{path}")
    assert door.path.startswith("/connexion?next=/compte")
    assert (await anybody.send(door, "/connexion", card="P1", pin=PIN)).path == f"/compte{path}"


async def test_the_first_page_says_what_is_next(world, reader) -> None:
    world.lend("1", due_in=3)
    world.lend("2", days_ago=60, due_in=-5)
    world.lend("3", due_in=0)
    ready = {"status": "ready", "item_id": 4, "ready_at": NOW, "expires_on": TODAY}
    world.hold(2, patron=1, shelf_number=12, **ready)
    world.add(Block(patron_id=1, kind="staff", from_on=TODAY, created_at=NOW))
    page = await reader.open("/compte")
    for said in ("Bonjour Ida", "En retard : à rendre depuis le 18 novembre 2026",
                 "À rendre le jeudi 26 novembre au plus tard", "Prêt à être retiré : Cachan.",
                 "Numéro 12", "À rendre aujourd’hui", "Mes 3 prêts", "Ma réservation",
                 "Passez à l’accueil"):  # fmt: skip
        assert said in page.said, said
    assert page.said.index("En retard") < page.said.index("À rendre le jeudi")


async def test_renewing_all_says_of_each_what_became_of_it(world, reader) -> None:
    world.lend("1", due_in=3)
    world.lend("2", due_in=3)
    world.hold(1, patron=2, wanted_item_id=2)
    page = await reader.open("/compte/prets")
    seen = await reader.send(page, "/compte/prets", renew="all")
    assert "1 prêt prolongé." in seen.said
    assert "1 prêt n’a pas pu l’être." in seen.said
    assert "Prolongé jusqu’au lundi 21 décembre" in seen.said
    assert "Quelqu’un d’autre attend ce document. Rendez-le à la date prévue" in seen.said
    # A double click, and the back button: the same form is the same renewal.
    again = await reader.send(page, "/compte/prets", renew="all")
    assert "Prolongé jusqu’au lundi 21 décembre" in again.said
    assert world.rows("SELECT renewals FROM loans ORDER BY id") == [(1,), (0,)]


async def test_one_is_renewed_and_another_tab_is_told_why_it_is_not_twice(world, reader) -> None:
    loan = world.lend("1", due_in=3)
    first, second = [await reader.open("/compte/prets") for _ in range(2)]
    assert "1 prêt prolongé." in (await reader.send(first, renew=f"{loan}")).said
    assert "ne donnerait pas un jour de plus" in (await reader.send(second, renew=f"{loan}")).said
    assert world.row("SELECT renewals FROM loans") == (1,)


@pytest.mark.parametrize("which", ["77", "x", "", "all' OR 1"])
async def test_what_is_not_ones_own_cannot_be_renewed(world, reader, which) -> None:
    world.lend("1", patron=2)
    page = await reader.open("/compte/prets")
    world.lend("2")
    loans = await reader.open("/compte/prets")
    told = await reader.post("/compte/prets", loans.form("/compte/prets").fields | {"renew": which})
    assert "Ce prêt est déjà terminé." in told.said
    assert page.form
    assert world.rows("SELECT renewals FROM loans") == [(0,), (0,)]


async def test_a_reservation_is_paused_moved_cancelled_and_restored(world, reader) -> None:
    hold = world.hold(1, patron=1)
    world.hold(1, patron=2, placed_at=NOW - timedelta(days=9))
    for barcode in "123":
        world.lend(barcode, patron=2, due_in=9)
    listed = await reader.open("/compte/reservations")
    assert "Vous êtes 2e dans la file." in listed.said
    assert "1 lecteur passe avant vous." in listed.said
    there = f"/compte/reservations/{hold}"
    page = await reader.open(there)
    paused = await reader.send(page, there, act="pause", until="2026-12-24")
    assert "En pause jusqu’au jeudi 24 décembre." in paused.said
    # A double click says the same, not that somebody else changed it.
    assert (
        "vous gardez votre place"
        in (await reader.send(page, there, act="pause", until="2026-12-24")).said
    )
    moved = await reader.send(paused, there, act="pickup", pickup_site="arcueil")
    assert "À retirer : Arcueil." in moved.said
    gone = await reader.send(moved, there, act="cancel")
    assert gone.path == "/compte/reservations"
    assert "Réservation annulée." in gone.said
    back = await reader.send(gone, there)
    assert "rétablie" in back.said
    assert world.row(f"SELECT status FROM holds WHERE id = {hold}") == ("waiting",)
    assert "Rétablie." in back.said


async def test_a_page_that_is_old_changes_nothing(world, reader) -> None:
    hold = world.hold(1, patron=1)
    there = f"/compte/reservations/{hold}"
    old = await reader.open(there)
    await reader.send(old, there, act="pickup", pickup_site="arcueil")
    told = await reader.send(old, there, act="pause", until="")
    assert "Cela a changé entre-temps" in told.said
    assert world.row("SELECT count(*) FROM holds WHERE paused") == (0,)


@pytest.mark.parametrize(
    ("act", "value", "said"),
    [("pause", "2020-01-01", "est déjà passée"), ("pickup", "x", "Choisissez une bibliothèque")],
)
async def test_a_refusal_says_what_to_do(world, reader, act, value, said) -> None:
    hold = world.hold(1, patron=1)
    there = f"/compte/reservations/{hold}"
    page = await reader.open(there)
    told = await reader.send(page, there, act=act, until=value, pickup_site=value)
    assert said in told.said


async def test_another_readers_reservation_is_not_there(world, reader) -> None:
    world.hold(1, patron=1)
    hold = world.hold(2, patron=2)
    own = await reader.open("/compte/reservations/1")
    assert (await reader.open(f"/compte/reservations/{hold}")).status == 404
    fields = own.form("/compte/reservations/1", act="cancel").fields
    assert (await reader.post(f"/compte/reservations/{hold}", fields)).status == 404
    assert world.rows("SELECT status FROM holds ORDER BY id") == [("waiting",), ("waiting",)]
    for number in ("x", "0", "9" * 12, "%00"):
        assert (await reader.open(f"/compte/reservations/{number}")).status == 404
    fields["act"] = "burn"
    assert (await reader.post("/compte/reservations/1", fields)).status == 400


async def test_details_are_put_right_and_a_new_address_needs_the_pin(world, reader) -> None:
    page = await reader.open("/compte/coordonnees")
    new = {"email": "ida@example.org", "phone": HOSTILE, "history": "none"}
    refused = await reader.send(page, **new, pin="000000")
    assert refused.status == 422
    assert "Ce n’est pas votre code secret." in refused.said
    assert "000000" not in refused.text
    done = await reader.send(refused, **new, pin=PIN)
    assert "C’est enregistré." in done.said
    assert HOSTILE not in done.text
    assert world.row("SELECT email, phone, forgets_history FROM patrons WHERE id = 1")[:2] == (
        "ida@example.org", HOSTILE,
    )  # fmt: skip
    # The same form once more, and one that a librarian overtook.
    assert "C’est enregistré." in (await reader.send(refused, **new, pin=PIN)).said
    old = await reader.open("/compte/coordonnees")
    change(world, phone="01 23", version=9)
    told = await reader.send(old, phone="06 12")
    assert "Cela a changé entre-temps" in told.said
    assert "01 23" in told.said
    assert "C’est enregistré." in (await reader.send(told)).said
    assert world.row("SELECT phone FROM patrons WHERE id = 1") == ("06 12",)


async def test_all_that_is_held_is_shown_and_taken_away(world, reader) -> None:
    change(world, note=HOSTILE, email="ida@example.org")
    world.lend("1")
    page = await reader.open("/compte/mes-donnees")
    assert "ida@example.org" in page.said
    assert HOSTILE not in page.text
    fields = page.form("/compte/mes-donnees").fields
    async with reader.client.post("/compte/mes-donnees", data=fields) as answer:
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="mes-donn')
        assert json.loads(await answer.text())["reader"]["note"] == HOSTILE
    again = await reader.open("/compte/mes-donnees")
    assert "Données remises (vous)" in again.said
    assert "oublié" in (await reader.send(again, "/compte/mes-donnees", act="forget")).said


async def test_slots_and_events_are_shown_confirmed_and_given_up(world, reader) -> None:
    furnish_rooms(world)
    agenda = Agenda(world)
    await agenda.event(title=HOSTILE)
    await agenda.register(1)
    world.add(
        Booking(computer_id=1, kind="reader", patron_id=1, starts_at=world.now + HOUR,
                booked_at=world.now, ends_at=world.now + 2 * HOUR)
    )  # fmt: skip
    first = await reader.open("/compte")
    assert "PC 1, Cachan" in first.said
    page = await reader.open("/compte/rendez-vous")
    assert HOSTILE not in page.text
    assert "Vous avez une place." in page.said
    for _ in range(2):  # a double click
        gone = await reader.send(page, act="cancel_slot")
        assert "Le créneau est annulé." in gone.said
    for _ in range(2):
        gone = await reader.send(page, act="cancel")
        assert "L’inscription est annulée." in gone.said
    assert "Aucun ordinateur réservé" in gone.said
    told = await reader.post(
        "/compte/rendez-vous",
        page.form("/compte/rendez-vous", act="cancel").fields | {"act": "confirm"},
    )
    assert told.status == 200
    assert "✕" in told.said
    for act, number, status in [("x", "1", 400), ("cancel", "77", 404), ("cancel", "x", 404)]:
        fields = page.form("/compte/rendez-vous", act="cancel").fields
        sent = fields | {"act": act, "number": number}
        assert (await reader.post("/compte/rendez-vous", sent)).status == status


async def test_messages_are_listed_and_chosen(world, reader) -> None:
    assert "Aucun message ces derniers mois." in (await reader.open("/compte/messages")).said
    change(world, email="ida@example.org")
    world.database.write_now(
        lambda db: notify(db, NoticeKind.DUE_SOON, 1, {"on": f"{TODAY}"}, NOW, key="x")
    )
    page = await reader.open("/compte/messages")
    assert "En attente" in page.said
    choices = await reader.open("/compte/messages/choix")
    assert "ida@example.org" in choices.said
    done = await reader.send(choices, **{"way.due_soon": "not_at_all"})
    assert "C’est enregistré." in done.said
    again = await reader.open("/compte/messages/choix")
    assert again.form("/compte/messages/choix").fields["way.due_soon"] == "not_at_all"
    wrong = await reader.send(again, **{"way.due_soon": "pigeon"})
    assert wrong.status == 422


async def test_deletion_is_asked_for_and_taken_back(world, reader) -> None:
    world.lend("1")
    page = await reader.open("/compte/suppression")
    assert "rendez-les d’abord" in page.said
    asked = await reader.send(page, act="ask")
    assert "à partir du 30 novembre 2026" in asked.said
    assert world.row("SELECT deletion_asked_on FROM patrons WHERE id = 1") == (f"{TODAY}",)
    stays = await reader.send(asked, "/compte/suppression", act="stay")
    assert "Votre compte reste." in stays.said
    assert world.row("SELECT deletion_asked_on FROM patrons WHERE id = 1") == (None,)


async def test_sessions_are_ended_one_by_one_and_all(world, reader, client) -> None:
    world.now += timedelta(minutes=1)
    world.database.write_now(lambda db: open_elsewhere(db, world.now))
    page = await reader.open("/compte/appareils")
    assert "C’est ce navigateur." in page.said
    other = next(form.fields["end"] for form in page.forms if len(form.fields.get("end", "")) == 16)
    for _ in range(2):  # a double click
        assert "Cette session est terminée." in (await reader.send(page, end=other)).said
    assert world.row("SELECT count(*) FROM patron_sessions") == (1,)
    left = await reader.send(await reader.open("/compte/appareils"), end="all")
    assert "Vous êtes déconnecté partout." in left.said
    assert world.row("SELECT count(*) FROM patron_sessions") == (0,)


def open_elsewhere(session, now) -> None:
    from catalogue_api.services.staff.sessions import open_patron_session  # noqa: PLC0415

    open_patron_session(session, 1, "elsewhere", "csrf", now)


async def test_the_calendar_is_read_at_its_address_and_nowhere_else(world, reader, client) -> None:
    world.lend("1", due_in=3)
    page = await reader.open("/compte/agenda")
    made = await reader.send(page, act="make")
    address = made.text.split('readonly value="')[1].split('"')[0]
    # A double click makes the same address.
    assert address in (await reader.send(page, act="make")).text
    assert address not in (await reader.open("/compte/agenda")).text
    client.cookie_jar.clear()
    async with client.get(address) as answer:
        assert answer.content_type == "text/calendar"
        assert answer.headers["Cache-Control"].startswith("private")
        text = await answer.text()
    assert "SUMMARY:1 document à rendre" in text
    assert "DESCRIPTION:L’Été" in text
    assert "DTSTART;VALUE=DATE:20261126" in text
    for secret in ("a" * 64, "x", "..%2Fdesk", "a" * 300):
        async with client.get(f"/calendrier/{secret}.ics") as answer:
            assert answer.status == 404
    await reader.sign_in()
    renewed = await reader.send(await reader.open("/compte/agenda"), act="make")
    assert address not in renewed.text
    async with client.get(address) as answer:
        assert answer.status == 404
    gone = await reader.send(renewed, act="drop")
    assert "L’adresse est supprimée." in gone.said


async def test_a_pin_is_changed_by_who_knows_it(world, reader) -> None:
    page = await reader.open("/compte/code")
    new = {"new_pin": "234216", "again_pin": "234216"}
    for wrong, said in [
        (new | {"pin": "999999"}, "Ce n’est pas votre code secret."),
        (new | {"pin": PIN, "again_pin": "234217"}, "Les deux ne sont pas les mêmes."),
        ({"pin": PIN, "new_pin": "123456", "again_pin": "123456"}, "Trop facile à deviner."),
        ({"pin": PIN, "new_pin": "12", "again_pin": "12"}, "Six à douze chiffres"),
    ]:
        told = await reader.send(page, **wrong)
        assert (told.status, said in told.said) == (422, True), said
        assert PIN not in told.text
    assert "Votre code secret est enregistré." in (await reader.send(page, **new, pin=PIN)).said


async def test_who_came_by_a_one_time_code_is_asked_for_a_pin(world, reader) -> None:
    change(world, pin_hash="")
    page = await reader.open("/compte")
    assert "Vous n’avez pas encore de code secret" in page.said
    chosen = await reader.send(
        await reader.open("/compte/code"), new_pin="234216", again_pin="234216"
    )
    assert "Votre code secret est enregistré." in chosen.said
    assert "Vous n’avez pas encore" not in (await reader.open("/compte")).said


async def test_a_pin_is_chosen_with_a_code_by_mail_in_this_browser_only(
    world, anybody, client
) -> None:
    change(world, email="ida@example.org")
    asking = await anybody.open("/code/courriel")
    sent = await anybody.send(asking, card="P1", email="ida@example.org")
    assert (sent.path, "un code vient de partir" in sent.said) == ("/code", True)
    # Nobody is told whether card and address exist.
    nobody = await anybody.send(asking, card="P9", email="x@example.org")
    wrong = await anybody.send(asking, card="P1", email="x@example.org")
    assert {(sent.status, sent.path, sent.said)} == {
        (page.status, page.path, page.said) for page in (nobody, wrong)
    }
    await anybody.send(asking, card=" P 1", email="ida@example.org")
    ((about,),) = world.rows("SELECT about FROM notices")
    code = json.loads(about)["code"]
    fields = {"card": "P1", "code": code, "new_pin": PIN, "again_pin": PIN}
    async with serving(world) as other:  # the message was forwarded
        elsewhere = PortalVisitor(other)
        told = await elsewhere.send(await elsewhere.open("/code"), **fields)
        assert "Cela ne va pas ensemble" in told.said
    page = await anybody.open("/code")
    done = await anybody.send(page, **fields)
    assert done.path == "/connexion?next=/compte"
    assert "Votre code secret est choisi" in done.said
    assert "ritournelle_code" not in {cookie.key for cookie in client.cookie_jar}
    # The same once more, by the back button.
    assert "Cela ne va pas ensemble" in (await anybody.send(page, **fields)).said
    assert "Ida" in (await anybody.sign_in()).said


async def test_whoever_asks_or_guesses_too_often_waits(world, anybody) -> None:
    asking = await anybody.open("/code/courriel")
    for _ in range(5):
        assert (await anybody.send(asking, card="P1", email="x@example.org")).path == "/code"
    slowed = await anybody.send(asking, card="P1", email="x@example.org")
    assert (slowed.status, "Trop d’essais" in slowed.said) == (429, True)
    page = await anybody.open("/code?de=accueil")
    guess = {"card": "P2", "code": "00000000", "new_pin": PIN, "again_pin": PIN}
    told = [await anybody.send(page, **guess) for _ in range(6)]
    assert [one.status for one in told] == [422] * 5 + [429]


async def test_a_session_that_ended_in_mid_form_loses_nothing(world, reader) -> None:
    page = await reader.open("/compte/coordonnees")
    world.now += timedelta(hours=2)
    again = await reader.send(page, phone="06 12 34", pin="999999")
    assert "Reconnectez-vous pour continuer" in again.said
    assert "999999" not in again.text
    done = await reader.send(again, "/compte/coordonnees", again_name="P1", again_password=PIN)
    assert "C’est enregistré." in done.said
    assert world.row("SELECT phone FROM patrons WHERE id = 1") == ("06 12 34",)


@pytest.mark.parametrize("path", ["/compte/prets", "/compte/suppression", "/compte/appareils"])
async def test_no_form_of_a_stranger_is_taken(world, reader, path) -> None:
    page = await reader.open(path)
    fields = {"csrf": "made-up", "act": "ask", "renew": "all", "end": "all", "key": "k"}
    stranger = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert (await reader.post(path, fields, **stranger)).status == 403
    assert page.status == 200
    assert world.row("SELECT deletion_asked_on FROM patrons WHERE id = 1") == (None,)
    assert world.row("SELECT count(*) FROM patron_sessions") == (1,)


@pytest.mark.parametrize("page", ["prets/anciens", "messages"])
async def test_a_page_that_nobody_gave_out_is_no_error_of_ours(world, reader, page) -> None:
    for said in ("x", "WzFd", "é", "%00", "a" * 300, "../../desk"):
        answer = await reader.open(f"/compte/{page}?suite={said}")
        assert answer.status in {200, 400, 404}, said


@pytest.mark.parametrize(
    "path",
    ["prets", "reservations/1", "coordonnees", "code", "rendez-vous", "messages/choix", "agenda",
     "appareils", "mes-donnees"],
)  # fmt: skip
async def test_no_field_that_was_made_up_is_an_error_of_ours(world, reader, path) -> None:
    world.lend("1")
    world.hold(2, patron=1)
    page = await reader.open(f"/compte/{path}")
    csrf = page.form("/deconnexion").fields["csrf"]
    names = ("act", "renew", "end", "number", "version", "until", "pickup_site", "email", "phone",
             "language", "home_site", "history", "pin", "new_pin", "again_pin", "way.due_soon",
             "way.", "was.email")  # fmt: skip
    for value in ("", HOSTILE, "9" * 400, "\U0001f600", "' OR 1=1 --", "-1", "make", "pause"):
        fields = dict.fromkeys(names, value) | {"csrf": csrf, "key": value}
        answer = await reader.post(f"/compte/{path}", fields)
        assert answer.status < 500, (path, value)
        assert HOSTILE not in answer.text


async def test_in_english_too_and_nothing_is_kept_by_the_browser(world, client) -> None:
    give_pin(world)
    visitor = PortalVisitor(client, ENGLISH)
    await visitor.sign_in()
    world.lend("1", due_in=3)
    assert "Due back by Thursday 26 November" in (await visitor.open("/compte/prets")).said
    async with client.get("/compte/prets") as answer:
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words_for_readers(world, language) -> None:
    words = read_words(world.zone)[language]
    closed = {
        "event": HoldEventKind, "move": MoveReason, "block": BlockKind, "message": NoticeStatus,
    }  # fmt: skip
    keys = {f"{name}.{one.value}" for name, members in closed.items() for one in members}
    against = (
        PatronRefusal.HAS_LOANS, PatronRefusal.HAS_HOLDS, PatronRefusal.IS_BLOCKED,
        PatronRefusal.HAS_REGISTRATIONS, PatronRefusal.HAS_SLOTS,
    )  # fmt: skip
    keys |= {f"deletion.{reason.value}" for reason in against}
    assert all(words.text(f"portal.account.{key}") for key in keys)
    for reason in LoanRefusal:
        own = f"portal.account.renewal.{reason.value}"
        assert words.has(own) or words.text(f"loan.{reason.value}.patron")
