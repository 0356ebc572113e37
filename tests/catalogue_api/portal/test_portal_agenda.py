"""« Agenda » at the portal: seen by anybody, and places taken, without any script."""

import json
import re

import pytest
from agenda_world import DAY, HOUR, START, Agenda, readers
from catalogue_world import NOW
from portal_world import PIN, PortalVisitor, give_pin

from catalogue_api.contract.agenda import EventShown, SessionShown
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.event_sessions import CALL_OFF_SESSION
from catalogue_api.contract.events import CallOff
from catalogue_api.contract.registrations import CANCEL_REGISTRATION
from catalogue_api.domain.events import EventKind
from catalogue_api.web.portal.agenda.structured import structured

pytestmark = pytest.mark.server  # many pages; what is quick stands in test_agenda_pages
HOSTILE = "</script><script>alert(1)</script>"
MONTH = "/agenda?mois=2026-12"


@pytest.fixture
def agenda(world) -> Agenda:
    return Agenda(world)


async def fill(world, agenda, people: int = 5) -> list[int]:
    """Let other readers take the seats of event 1."""
    others = readers(world, people)
    for one in others:
        await agenda.register(one)
    return others


async def test_an_event_says_all_of_itself(world, agenda, anybody) -> None:
    await agenda.event(title="Souris", about="Sans jargon.", least_age=12, room="Salle bleue")
    page = await anybody.open("/agenda/1")
    for line in ("Souris", "Sans jargon.", "à partir de 12 ans", "Cachan, Salle bleue", "5 places",
                 "jeudi 10 décembre, de 14 h à 15 h", "Me connecter pour m’inscrire"):  # fmt: skip
        assert line in page.said
    (data,) = json.loads(re.findall(r'ld\+json">(.*?)</script>', page.text, re.DOTALL)[0])
    assert data["@type"] == "EducationEvent"
    assert (data["startDate"], data["remainingAttendeeCapacity"]) == (
        "2026-12-10T13:00:00+00:00", 5,
    )  # fmt: skip
    assert data["url"].endswith("/agenda/1")
    assert data["typicalAgeRange"] == "12-"
    for gone in ("/agenda/99", "/agenda/99.ics", "/agenda/0"):
        assert (await anybody.open(gone)).status == 404


async def test_hostile_words_end_no_script(agenda, anybody) -> None:
    await agenda.event(title=HOSTILE, about=HOSTILE, room=HOSTILE)
    for path in (MONTH, "/agenda/1"):
        page = await anybody.open(path)
        assert HOSTILE not in page.text
        assert "alert(1)" in page.said or path == MONTH


async def test_full_then_waiting_then_offered_then_taken(world, agenda, reader) -> None:
    await agenda.event()
    page = await reader.open("/agenda/1")
    await fill(world, agenda)
    meanwhile = await reader.send(page, "/agenda/1/inscrire")
    assert "C’est complet." in meanwhile.said
    assert "Me mettre sur la liste d’attente" in meanwhile.said
    waits = await reader.send(meanwhile, "/agenda/1/inscrire")
    assert "Place dans la file : 1." in waits.said
    await agenda.desk.call(CANCEL_REGISTRATION, Nothing(), version=1, registration="1")
    offered = await reader.open("/agenda/inscriptions/6")
    assert "elle est gardée pour vous. Répondez avant le mardi 24 novembre à 13 h." in offered.said
    form = next(one for one in offered.forms if one.fields.get("faire") == "prendre")
    taken = await reader.post(form.action, form.fields)
    assert "La place est à vous." in taken.said
    twice = await reader.post(form.action, form.fields)
    assert "Vous êtes inscrit." in twice.said
    assert world.row("SELECT count(*) FROM seats") == (5,)


async def test_a_forwarded_link_opens_nothing(world, agenda, client, reader) -> None:
    await agenda.event()
    await fill(world, agenda, 1)
    assert (await reader.open("/agenda/inscriptions/1")).status == 404
    stolen = {"csrf": "x", "faire": "annuler", "version": "1"}
    assert (await reader.post("/agenda/inscriptions/1", stolen)).status == 403
    assert agenda.statuses() == ["registered"]


async def test_the_link_of_a_message_leads_through_the_door(world, agenda, anybody) -> None:
    await agenda.event(must_confirm=True)
    await agenda.register(1)
    give_pin(world)
    agenda.settle(START - 7 * DAY)
    door = await anybody.open("/agenda/inscriptions/1")
    assert door.path.startswith("/connexion?next=")
    inside = await anybody.send(door, "/connexion", card="P1", pin=PIN)
    assert "Confirmez avant le lundi 7 décembre à 14 h." in inside.said
    form = next(one for one in inside.forms if one.fields.get("faire") == "confirmer")
    assert "Merci : nous vous attendons." in (await anybody.post(form.action, form.fields)).said


async def test_an_offer_that_is_over_says_so(world, agenda, reader) -> None:
    await agenda.event()
    await fill(world, agenda)
    await agenda.register(1)
    await agenda.desk.call(CANCEL_REGISTRATION, Nothing(), version=1, registration="1")
    seen = await reader.open("/agenda/inscriptions/6")
    form = next(one for one in seen.forms if one.fields.get("faire") == "prendre")
    world.now = NOW + DAY
    await reader.sign_in()
    late = await reader.open("/agenda/inscriptions/6")
    assert "Le délai est passé" in late.said
    fresh = form.fields | {"csrf": late.forms[0].fields["csrf"]}
    assert "Le délai est passé" in (await reader.post(form.action, fresh)).said


async def test_a_series_has_one_button_for_all_dates(world, agenda, reader) -> None:
    await agenda.event(START, START + 7 * DAY, series=True)
    page = await reader.open("/agenda/1")
    assert len([one for one in page.forms if one.action.endswith("inscrire")]) == 1
    done = await reader.send(page, "/agenda/1/inscrire")
    assert "Vous êtes inscrit." in done.said
    assert world.row("SELECT count(*) FROM seats") == (2,)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"opens_on": "2026-12-01"}, "Inscriptions à partir du 1er décembre 2026"),
        ({"kind": "talk", "places": None}, "Sans inscription"),
        ({"must_confirm": True}, "nous vous demandons de confirmer"),
    ],
)
async def test_what_an_event_says_of_registering(agenda, reader, values, said) -> None:
    await agenda.event(**values)
    page = await reader.open("/agenda/1")
    assert said in page.said
    has_form = any(one.action.endswith("inscrire") for one in page.forms)
    assert has_form is ("must_confirm" in values)


async def test_a_child_reads_why_not(world, agenda, reader) -> None:
    await agenda.event(least_age=12)
    page = await reader.open("/agenda/1")
    refused = await reader.send(page, "/agenda/1/inscrire")
    assert "nous ne connaissons pas votre année de naissance" in refused.said
    assert refused.path == "/agenda/1"


async def test_calendars_for_other_programs(world, agenda, anybody) -> None:
    await agenda.event(START, START + 7 * DAY, title="Souris, clavier; écran")
    await agenda.event(START + DAY, title="Camus", kind="talk", places=None)
    await agenda.desk.call(CALL_OFF_SESSION, CallOff(reason="x"), version=1, event_session="2")
    async with anybody.client.get("/agenda.ics") as answer:
        assert answer.content_type == "text/calendar"
        everything = (await answer.read()).decode()
    assert everything.count("BEGIN:VEVENT") == 3
    assert "DTSTART:20261210T130000Z\r\nDTEND:20261210T140000Z" in everything
    assert "SUMMARY:Souris\\, clavier\\; écran" in everything
    assert "SEQUENCE:2\r\nSTATUS:CANCELLED" in everything
    async with anybody.client.get("/agenda/2.ics") as answer:
        assert (await answer.read()).decode().count("BEGIN:VEVENT") == 1


async def test_across_the_change_of_the_clocks_an_event_is_as_long_as_it_is(
    world, agenda, anybody
) -> None:
    """Four hours, though the clock on the wall tells of three."""
    world.now = START.replace(year=2027, month=10, day=1)
    await agenda.event(
        START.replace(year=2027, month=10, day=31, hour=0, minute=30), kind="meeting",
        places=None, minutes=240,
    )  # fmt: skip
    page = await anybody.open("/agenda/1")
    assert "de 1 h 30 à 4 h 30" in page.said
    async with anybody.client.get("/agenda/1.ics") as answer:
        said = (await answer.read()).decode()
    starts, ends = re.findall(r"DT(?:START|END):(\d{8}T\d{6})Z", said)
    assert (starts, ends) == ("20271030T233000", "20271031T033000")


def test_a_session_called_off_is_told_to_search_engines() -> None:
    session = SessionShown(
        session=1, starts_at=NOW, ends_at=NOW + HOUR, cancelled=True, reason="", free=None,
        waiting=0, changed_at=NOW, version=1,
    )  # fmt: skip
    shown = EventShown(
        event=3, kind=EventKind.TALK, title="x", about="", site="c", site_name="Cachan", room="",
        places=None, series=False, least_age=None, most_age=10, opens_on=None, must_confirm=False,
        changed_at=NOW, sessions=(session,),
    )  # fmt: skip
    (data,) = structured(shown, "https://example.org/agenda/3")
    assert data["eventStatus"] == "https://schema.org/EventCancelled"
    assert (data["typicalAgeRange"], "offers" in data, "description" in data) == (
        "0-10", False, False,
    )  # fmt: skip


async def test_somebody_signed_out_is_asked_again_and_loses_nothing(
    world, agenda, reader, client
) -> None:
    await agenda.event()
    page = await reader.open("/agenda/1")
    other = PortalVisitor(client)
    await other.post("/deconnexion", {"csrf": page.forms[0].fields["csrf"]})
    asked = await reader.send(page, "/agenda/1/inscrire")
    assert world.row("SELECT count(*) FROM registrations") == (0,)
    assert asked.status in {200, 403}
