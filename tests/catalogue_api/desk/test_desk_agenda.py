"""« Agenda » at the desk: planned, registered, ticked off, and paid for by vouchers."""

import pytest
from agenda_world import DAY, HOUR, START, Agenda, readers
from catalogue_world import NOW
from desk_world import PASSWORD, hire

from catalogue_api.domain.roles import Role

pytestmark = pytest.mark.server  # many pages; what is quick stands in test_agenda_pages
NEW = "/desk/agenda/events/new"
TYPED = {
    "kind": "workshop", "title": "Souris", "at": "cachan", "room": "Salle bleue", "places": "5",
    "first_on": "2026-12-10", "starts": "14:00", "minutes": "60", "published": "on",
}  # fmt: skip


@pytest.fixture
async def workshop(world, visitor):
    """Souris, a workshop with five readers and one who waits."""
    agenda = Agenda(world, hired=True)
    await agenda.event()
    for one in readers(world, 6):
        await agenda.register(one)
    return agenda


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"places": "4"}, "Un atelier a de 5 à 12 places."),
        ({"title": ""}, "À remplir."),
        ({"first_on": "2026-11-01"}, "Ce moment est passé."),
        ({"first_on": "2027-03-28", "starts": "02:30"}, "Cette heure n’existe pas"),
        ({"starts": "25:00"}, ""), ({"first_on": "never"}, ""), ({"minutes": "1"}, ""),
        ({"times": "61"}, ""), ({"least_age": "9", "most_age": "8"}, "L’âge minimum"),
    ],
)  # fmt: skip
async def test_what_cannot_be_keeps_what_was_typed(visitor, wrong, said) -> None:
    page = await visitor.open(NEW)
    kept = await visitor.send(page, NEW, **(TYPED | wrong), do="look")
    assert kept.status == 422
    assert said in kept.said
    fields = kept.form(NEW).fields
    assert (fields["room"], fields["starts"]) == ("Salle bleue", (TYPED | wrong)["starts"])


async def test_a_change_tells_whom_it_touches(workshop, visitor) -> None:
    page = await visitor.open("/desk/agenda/events/1/edit")
    told = await visitor.send(page, places="6", room="Salle rouge", do="look")
    for line in ("6 places", "Cachan, Salle rouge", "5 personnes reçoivent un message",
                 "1 place est proposée à qui attend"):  # fmt: skip
        assert line in told.said
    saved = await visitor.send(told, do="save")
    assert "« Souris » est modifié." in saved.said
    assert workshop.statuses() == ["registered"] * 5 + ["offered"]
    overtaken = await visitor.send(page, title="Souris et clavier", do="save")
    assert "Salle rouge" in overtaken.text


async def test_a_session_is_moved_and_called_off(world, workshop, visitor) -> None:
    move = "/desk/agenda/sessions/1/move"
    page = await visitor.open(move)
    told = await visitor.send(page, first_on="2026-12-17", do="look")
    assert "jeudi 17 décembre, de 14 h à 15 h" in told.said
    assert "6 personnes reçoivent un message" in told.said
    moved = await visitor.send(told, do="save")
    assert "Déplacé : jeudi 17 décembre, de 14 h à 15 h." in moved.said
    page = await visitor.open("/desk/agenda/sessions/1/call-off")
    told = await visitor.send(page, reason="Animateur malade", do="look")
    assert "6 personnes reçoivent un message" in told.said
    assert workshop.statuses().count("called_off") == 0
    off = await visitor.send(told, do="save")
    assert "Animateur malade" in off.said
    assert workshop.statuses() == ["called_off"] * 6


async def test_all_dates_are_called_off_at_once(world, workshop, visitor) -> None:
    page = await visitor.open("/desk/agenda/events/1")
    more = await visitor.send(
        page, "/desk/agenda/events/1/sessions", first_on="2026-12-17", starts="10:00", times="2"
    )
    assert "2 dates ajoutées." in more.said
    page = await visitor.open("/desk/agenda/events/1/call-off")
    told = await visitor.send(page, reason="Travaux", do="look")
    assert "jeudi 24 décembre, de 10 h à 11 h" in told.said
    await visitor.send(told, do="save")
    assert world.row("SELECT count(*) FROM event_sessions WHERE cancelled_at IS NULL") == (0,)


async def test_people_are_registered_confirmed_and_taken_off(world, workshop, visitor) -> None:
    here = "/desk/agenda/sessions/1"
    page = await visitor.open(here)
    assert "5 inscrits" in page.said
    assert "1 en attente" in page.said
    by_name = await visitor.send(page, f"{here}/register", name="Ahmed Ben Ali", phone="06")
    assert "C’est complet : Ahmed Ben Ali est sur la liste d’attente." in by_name.said
    twin = await visitor.send(by_name, f"{here}/register", name="ben ali ahmed")
    assert "est-ce la même personne" in twin.said
    sent = await visitor.send(twin, f"{here}/register", anyway="on")
    assert workshop.statuses().count("waiting") == 3
    nobody = await visitor.send(sent, f"{here}/register")
    assert "Passez une carte, ou notez un nom." in nobody.said
    off = await visitor.send(page, f"{here}/cancel", registration="1")
    assert "Lecteur200 est désinscrit." in off.said
    assert "proposée jusqu’au" in off.said
    taken = await visitor.send(off, f"{here}/accept", registration="6")
    assert "Lecteur205 a la place." in taken.said
    stale = await visitor.send(page, f"{here}/cancel", registration="6")
    assert workshop.statuses()[5] == "registered", stale.said


async def test_the_page_of_a_reader_tells_of_their_places(workshop, visitor) -> None:
    page = await visitor.open("/desk/readers/205")
    assert "Inscrit à 1 rendez-vous Souris Sur liste d’attente" in page.said
    assert "/desk/agenda/sessions/1#registration-6" in page.text
    assert "rendez-vous" not in (await visitor.open("/desk/readers/1")).said


async def test_who_came_is_ticked_and_who_waits_let_in(world, workshop, visitor) -> None:
    here = "/desk/agenda/sessions/1"
    world.now = START + HOUR / 6
    await visitor.sign_in()
    workshop.settle()
    page = await visitor.open(here)
    ticked = await visitor.send(page, f"{here}/came", **{"came.1": "came", "came.2": "absent"})
    assert "Les présences sont notées." in ticked.said
    let_in = next(form for form in ticked.forms if form.fields.get("came.6") == "came")
    inside = await visitor.post(let_in.action, let_in.fields)
    assert world.row("SELECT attendance FROM seats WHERE registration_id = 6") == ("came",)
    assert "6 inscrits" in inside.said


async def test_vouchers_from_the_desk_to_the_bank(world, workshop, visitor) -> None:
    hire(world, "zoe", Role.MANAGER)
    await visitor.sign_in("zoe")
    page = await visitor.open("/desk/agenda/schemes/new")
    wrong = await visitor.send(page, name="Pass numérique", euros="dix", **{"site.cachan": "on"})
    assert wrong.status == 422
    listed = await visitor.send(wrong, euros="7,50")
    assert "« Pass numérique » est ajouté." in listed.said
    page = await visitor.open("/desk/agenda/schemes/1")
    await visitor.send(page, euros="10")
    edit = await visitor.open("/desk/agenda/events/1/edit")
    told = await visitor.send(edit, scheme="1", do="look")
    assert "Chèques acceptés : Pass numérique" in told.said
    await visitor.send(told, do="save")
    here = "/desk/agenda/sessions/1"
    sheet = await visitor.open(here)
    taken = await visitor.send(sheet, f"{here}/voucher", registration="1", serial="AB 42")
    assert "Le chèque est noté pour cette place." in taken.said
    assert "AB 42" not in taken.text
    twice = await visitor.send(taken, f"{here}/voucher", registration="2", serial="ab-42")
    assert "Ce chèque a déjà été pris." in twice.said
    world.now = START
    await visitor.sign_in("zoe")
    sheet = await visitor.open(here)
    await visitor.send(sheet, f"{here}/came", **{"came.1": "came"})
    to_send = await visitor.open("/desk/agenda/vouchers")
    sent = await visitor.send(to_send, "/desk/agenda/vouchers", **{"voucher.1": "on"})
    assert "Envoyés : 1 pour 10 €." in sent.said
    there = await visitor.open("/desk/agenda/vouchers?status=sent")
    paid = await visitor.send(there, "/desk/agenda/vouchers", **{"voucher.1": "on"})
    assert "Remboursés : 1 pour 10 €." in paid.said
    async with visitor.client.get("/desk/agenda/vouchers.csv") as file:
        text = (await file.read()).decode("utf-8-sig")
        assert file.content_type == "text/csv"
    assert text.splitlines()[1].startswith("1;Pass numérique;10;Remboursés;Souris;Cachan;")
    assert "42" not in text.replace("2042", "")


async def test_technicians_have_no_agenda_and_librarians_no_schemes(world, visitor) -> None:
    assert (await visitor.open("/desk/agenda/schemes/new")).status == 403
    hire(world, "tech", Role.TECHNICIAN)
    await visitor.sign_in("tech", PASSWORD)
    assert (await visitor.open("/desk/agenda")).status == 403


@pytest.mark.parametrize(
    "path",
    ["events/99", "sessions/99", "events/99/edit", "sessions/99/move", "events/99/call-off",
     "events/x", "sessions/0"],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(visitor, path) -> None:
    assert (await visitor.open(f"/desk/agenda/{path}")).status == 404


async def test_hostile_words_stay_words(workshop, visitor) -> None:
    hostile = "<script>alert(1)</script>"
    page = await visitor.open(NEW)
    words = TYPED | {"title": hostile, "about": hostile, "room": hostile, "first_on": "2026-12-11"}
    told = await visitor.send(page, NEW, **words, do="look")
    assert hostile not in told.text
    await visitor.send(told, NEW, do="save")
    for path in ("/desk/agenda?month=2026-12", "/desk/agenda/events/2", "/desk/agenda/sessions/2"):
        assert hostile not in (await visitor.open(path)).text
    assert NOW + DAY < START
