"""The way of an event from the desk to a reader's place in it, page by page."""

import pytest
from agenda_world import DAY, START, Agenda
from desk_world import ENGLISH, Visitor

NEW = "/desk/agenda/events/new"
MONTH = "/agenda?mois=2026-12"
TYPED = {
    "kind": "workshop", "title": "Souris", "at": "cachan", "room": "Salle bleue", "places": "5",
    "first_on": "2026-12-10", "starts": "14:00", "minutes": "60", "published": "on",
}  # fmt: skip


@pytest.fixture
def agenda(world) -> Agenda:
    return Agenda(world)


async def test_an_event_is_told_before_it_is_added(world, visitor) -> None:
    empty = await visitor.open("/desk/agenda?month=2026-12")
    assert "Nouveau rendez-vous" in empty.said
    page = await visitor.open(NEW)
    told = await visitor.send(page, NEW, **TYPED, times="3", do="look")
    for line in (
        "jeudi 10 décembre, de 14 h à 15 h",
        "jeudi 24 décembre, de 14 h à 15 h",
        "5 places",
    ):
        assert line in told.said
    assert world.row("SELECT count(*) FROM events") == (0,)
    added = await visitor.send(told, NEW, do="save")
    assert "« Souris » est dans l’agenda." in added.said
    again = await visitor.post(NEW, told.form(NEW).fields | {"do": "save"})
    assert again.path == added.path
    assert world.row("SELECT count(*) FROM event_sessions") == (3,)
    month = await visitor.open("/desk/agenda?month=2026-12")
    assert month.said.count("Souris") == 3
    listed = await visitor.open("/desk/agenda?month=2026-12&as=list&at=cachan&kind=workshop")
    assert listed.said.count("Souris") == 3
    assert "Souris" not in (await visitor.open("/desk/agenda?month=2026-12&kind=talk")).said


async def test_the_month_tells_what_is_on(world, agenda, anybody) -> None:
    await agenda.event(title="Souris")
    await agenda.event(START + DAY, title="Camus", kind="talk", places=None, site="arcueil")
    await agenda.event(START + 2 * DAY, title="Brouillon", published=False)
    await agenda.event(START + 3 * DAY, title="Aide", kind="drop_in", places=None)
    page = await anybody.open(MONTH)
    for line in (
        "14 h – 15 h Cachan Souris Atelier numérique · 5 places libres",
        "Camus Conférence · entrée libre",
        "Aide Permanence sans inscription",
    ):
        assert line in page.said
    assert "Brouillon" not in page.said
    assert "Souris" not in (await anybody.open(f"{MONTH}&lieu=arcueil")).said
    assert "Camus" not in (await anybody.open(f"{MONTH}&genre=workshop")).said
    english = await Visitor(anybody.client, ENGLISH).open(f"{MONTH}&lieu=x&genre=x")
    assert "Digital workshop · 5 places left" in english.said
    for odd in ("2026-13", "9999-01", "x", "2026-12-01"):
        assert (await anybody.open(f"/agenda?mois={odd}")).status == 200


async def test_a_reader_registers_and_gives_the_place_up(world, agenda, reader) -> None:
    await agenda.event()
    page = await reader.open("/agenda/1")
    done = await reader.send(page, "/agenda/1/inscrire")
    assert "C’est noté : jeudi 10 décembre, de 14 h à 15 h." in done.said
    assert "Vous êtes inscrit." in done.said
    form = page.form("/agenda/1/inscrire")
    again = await reader.post(form.action, form.fields)  # a double click
    assert "Vous êtes inscrit." in again.said
    assert world.row("SELECT count(*) FROM registrations") == (1,)
    assert "Souris" in (await reader.open("/compte/rendez-vous")).said
    one = await reader.open("/agenda/inscriptions/1")
    gone = await reader.send(one, "/agenda/inscriptions/1", faire="annuler")
    assert "C’est annulé." in gone.said
    assert "Vous avez annulé votre inscription." in gone.said
