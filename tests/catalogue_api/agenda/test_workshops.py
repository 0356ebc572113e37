"""Places in events: registering, waiting, offers, confirming, and who came; both databases."""

import pytest
from agenda_world import DAY, HOUR, MINUTE, START, Agenda, readers
from catalogue_world import NOW

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.patrons import DELETE_PATRON
from catalogue_api.contract.registrations import (
    ACCEPT_MY_OFFER,
    CANCEL_MY_REGISTRATION,
    CANCEL_REGISTRATION,
    CONFIRM_MY_SEAT,
    CONFIRM_SEAT,
    LIST_MY_REGISTRATIONS,
    NOTE_ATTENDANCE,
    SHOW_MY_REGISTRATION,
    SHOW_SHEET,
    AttendanceSheet,
)
from catalogue_api.storage.tables import Patron


@pytest.fixture
def agenda(world) -> Agenda:
    return Agenda(world)


async def refusal(doing) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.reasons


async def full_house(world, agenda, waiting: int = 2, **values) -> list[int]:
    """Five readers with a seat, and some who wait."""
    await agenda.event(**values)
    people = readers(world, 5 + waiting)
    for one in people:
        await agenda.register(one)
    return people


async def test_five_get_seats_and_the_others_wait_in_their_order(world, agenda) -> None:
    people = await full_house(world, agenda)
    assert agenda.statuses() == ["registered"] * 5 + ["waiting"] * 2
    assert world.rows("SELECT number FROM seats ORDER BY number") == [(n,) for n in range(1, 6)]
    mine = await agenda.as_reader(people[6]).call(LIST_MY_REGISTRATIONS, Nothing())
    assert [(one.status.value, one.position) for one in mine.registrations] == [("waiting", 2)]
    assert mine.registrations[0].person == ""
    assert await refusal(agenda.register(people[0])) == ("already_registered",)
    (late,) = readers(world, 1, first=300)
    assert await refusal(agenda.register(late, or_wait=False)) == ("full",)


async def test_a_seat_given_up_is_offered_to_who_came_first(world, agenda) -> None:
    people = await full_house(world, agenda)
    first = agenda.as_reader(people[0])
    gone = await first.call(CANCEL_MY_REGISTRATION, Nothing(), version=1, registration="1")
    assert (gone.status.value, gone.ended_for) == ("ended", "cancelled")
    assert agenda.statuses() == ["cancelled"] + ["registered"] * 4 + ["offered", "waiting"]
    assert ("workshop_offered", people[5]) in agenda.notices()
    next_one = agenda.as_reader(people[5])
    seen = await next_one.call(SHOW_MY_REGISTRATION, Nothing(), registration="6")
    assert seen.offer_until == NOW + DAY
    taken = await next_one.call(ACCEPT_MY_OFFER, Nothing(), version=seen.version, registration="6")
    assert taken.status.value == "registered"
    # Nobody jumps the queue: who comes now waits behind the one who waits.
    (late,) = readers(world, 1, first=300)
    assert (await agenda.register(late)).position == 2


async def test_a_link_used_twice_is_used_once_and_forwarded_it_is_nobodys(world, agenda) -> None:
    people = await full_house(world, agenda)
    await agenda.desk.call(CANCEL_REGISTRATION, Nothing(), version=1, registration="2")
    owner, other = agenda.as_reader(people[5]), agenda.as_reader(people[6])
    for endpoint in (
        SHOW_MY_REGISTRATION,
        ACCEPT_MY_OFFER,
        CONFIRM_MY_SEAT,
        CANCEL_MY_REGISTRATION,
    ):
        with pytest.raises(Refused) as refused:
            await other.call(endpoint, Nothing(), version=2, registration="6")
        assert refused.value.type is ProblemType.NOT_FOUND
    taken = await owner.call(ACCEPT_MY_OFFER, Nothing(), version=2, registration="6")
    again = await owner.call(ACCEPT_MY_OFFER, Nothing(), version=2, registration="6")
    assert taken == again
    assert world.row("SELECT count(*) FROM seats WHERE registration_id = 6") == (1,)


@pytest.mark.server
async def test_an_offer_that_is_over_goes_on_and_its_link_says_so(world, agenda) -> None:
    people = await full_house(world, agenda)
    await agenda.desk.call(CANCEL_REGISTRATION, Nothing(), version=1, registration="2")
    world.now = NOW + DAY
    owner = agenda.as_reader(people[5])
    accept = owner.call(ACCEPT_MY_OFFER, Nothing(), version=2, registration="6")
    assert await refusal(accept) == ("offer_over",)
    assert agenda.settle() == {"lapse": 1, "offer": 1}
    assert agenda.statuses()[1:] == ["cancelled_by_staff"] + ["registered"] * 3 + [
        "offer_lapsed", "offered",
    ]  # fmt: skip
    assert agenda.settle() == {}


async def test_who_does_not_confirm_loses_the_seat_who_can_only_be_called_keeps_it(
    world, agenda
) -> None:
    people = await full_house(world, agenda, must_confirm=True, waiting=1)
    assert agenda.settle(START - 7 * DAY)["ask"] == 5
    confirming = agenda.as_reader(people[0])
    asked = await confirming.call(SHOW_MY_REGISTRATION, Nothing(), registration="1")
    assert asked.confirm_by == START - 3 * DAY
    await confirming.call(CONFIRM_MY_SEAT, Nothing(), version=1, registration="1")
    await agenda.desk.call(CONFIRM_SEAT, Nothing(), version=1, registration="2")
    report = agenda.settle(START - 3 * DAY)
    assert report == {"release": 3, "offer": 1}
    assert agenda.statuses()[:6] == ["registered"] * 2 + ["not_confirmed"] * 3 + ["offered"]
    released = [one for one in agenda.notices() if one[0] == "workshop_released"]
    assert [patron for _, patron in released] == people[2:5]


@pytest.mark.server
async def test_without_the_setting_nobody_is_asked_or_released(world, agenda) -> None:
    await full_house(world, agenda, waiting=0)
    assert agenda.settle(START - 7 * DAY) == {}
    assert agenda.settle(START - 3 * DAY) == {}
    assert agenda.settle(START - DAY) == {"remind": 5}
    assert agenda.settle(START - HOUR) == {}


async def test_a_person_without_an_account_is_registered_by_name(world, agenda) -> None:
    await agenda.event(least_age=7, most_age=99)
    found = await agenda.by_staff(name="  Ahmed  Ben Ali ", phone="06 12", birth_year=1950)
    assert (found.person, found.patron, found.birth_year) == ("Ahmed Ben Ali", None, 1950)
    twin = {"name": "ben-ali ahmed", "birth_year": 1950}
    assert await refusal(agenda.by_staff(**twin)) == ("perhaps_registered",)
    assert (await agenda.by_staff(**twin, anyway=True)).registration == 2
    assert await refusal(agenda.by_staff(name="Zoé")) == ("birth_year_unknown",)
    with pytest.raises(Refused, match="card"):
        await agenda.by_staff(name="Zoé", card="P1")
    with pytest.raises(Refused, match="no such card"):
        await agenda.by_staff(card="P999")


async def test_a_birth_year_nobody_asks_for_is_not_kept(world, agenda) -> None:
    await agenda.event()
    await agenda.by_staff(name="Zoé", birth_year=1980)
    assert world.row("SELECT birth_year FROM registrations") == (None,)


async def test_nobody_is_in_two_places_at_once(world, agenda) -> None:
    await agenda.event()
    await agenda.event(START + 30 * MINUTE)
    await agenda.event(START + HOUR)
    readers(world, 1)
    await agenda.register(200, 1)
    assert await refusal(agenda.register(200, 2)) == ("elsewhere_then",)
    assert (await agenda.register(200, 3)).status.value == "registered"


async def test_a_series_is_one_registration_for_all_dates(world, agenda) -> None:
    await agenda.event(START, START + 7 * DAY, START + 14 * DAY, series=True)
    people = readers(world, 6)
    found = [await agenda.register(one) for one in people]
    assert [one.status.value for one in found] == ["registered"] * 5 + ["waiting"]
    assert len(found[0].sessions) == 3
    assert world.row("SELECT count(*), count(DISTINCT session_id) FROM seats") == (15, 3)
    await agenda.as_reader(people[0]).call(
        CANCEL_MY_REGISTRATION, Nothing(), version=1, registration="1"
    )
    assert agenda.statuses() == ["cancelled"] + ["registered"] * 4 + ["offered"]
    assert world.row("SELECT count(*) FROM seats WHERE registration_id = 6") == (3,)
    (late,) = readers(world, 1, first=300)
    world.now = START + HOUR
    assert await refusal(agenda.register(late)) == ("has_begun",)


@pytest.mark.server
async def test_a_seat_is_anybodys_five_minutes_after_the_start(world, agenda) -> None:
    people = await full_house(world, agenda, waiting=1)
    world.now = START + 4 * MINUTE
    here = AttendanceSheet.model_validate({"marks": [{"registration": 1, "attendance": "came"}]})
    await agenda.desk.call(NOTE_ATTENDANCE, here, event_session="1")
    readers(world, 1, first=300)
    at_the_door = await agenda.by_staff(card="P300")
    assert at_the_door.status.value == "waiting"
    world.now = START + 5 * MINUTE
    assert agenda.settle() == {"late": 4}
    admitted = {"marks": [{"registration": n, "attendance": "came"} for n in (7, 6, 2, 3)]}
    sheet = await agenda.desk.call(
        NOTE_ATTENDANCE, AttendanceSheet.model_validate(admitted), event_session="1"
    )
    assert sum(line.attendance == "came" for line in sheet.seated) == 5
    last = {"marks": [{"registration": 4, "attendance": "came"}]}
    full = agenda.desk.call(
        NOTE_ATTENDANCE, AttendanceSheet.model_validate(last), event_session="1"
    )
    assert await refusal(full) == ("full",)
    assert agenda.settle(START + HOUR)["close"] == 7
    assert agenda.statuses() == ["took_place"] * 7
    assert people[5] == 205


@pytest.mark.server
async def test_who_came_can_be_put_right_after_the_end(world, agenda) -> None:
    await full_house(world, agenda, waiting=0)
    agenda.settle(START + 2 * HOUR)
    marks = [
        {"registration": 1, "attendance": "came"}, {"registration": 2, "attendance": "absent"},
    ]  # fmt: skip
    body = AttendanceSheet.model_validate({"marks": marks})
    sheet = await agenda.desk.call(NOTE_ATTENDANCE, body, event_session="1")
    assert [line.attendance.value for line in sheet.seated] == [
        "came", "absent", "unknown", "unknown", "unknown",
    ]  # fmt: skip
    assert sheet.session.came == 1


@pytest.mark.server
async def test_the_list_is_for_its_day(world, agenda) -> None:
    await full_house(world, agenda, waiting=1)
    body = AttendanceSheet.model_validate({"marks": [{"registration": 1, "attendance": "came"}]})
    assert await refusal(agenda.desk.call(NOTE_ATTENDANCE, body, event_session="1")) == (
        "too_early",
    )
    sheet = await agenda.desk.call(SHOW_SHEET, Nothing(), event_session="1")
    assert [line.person for line in sheet.seated] == [f"Lecteur{n}" for n in range(200, 205)]
    assert [(line.person, line.position) for line in sheet.waiting] == [("Lecteur205", 1)]
    assert (sheet.session.seated, sheet.session.waiting) == (5, 1)


async def test_a_drop_in_and_a_talk_without_places_take_no_registration(world, agenda) -> None:
    await agenda.event(kind="drop_in", places=None)
    await agenda.event(kind="talk", places=None)
    readers(world, 1)
    for event in (1, 2):
        assert await refusal(agenda.register(200, event)) == ("no_registration",)


async def test_a_draft_is_not_there_for_readers(world, agenda) -> None:
    await agenda.event(published=False)
    readers(world, 1)
    with pytest.raises(Refused) as refused:
        await agenda.register(200)
    assert refused.value.type is ProblemType.NOT_FOUND
    assert (await agenda.by_staff(card="P200")).status.value == "registered"


async def test_a_reader_with_a_place_is_not_deleted(world, agenda) -> None:
    await agenda.event()
    readers(world, 1)
    found = await agenda.register(200)
    delete = agenda.desk.call(DELETE_PATRON, Nothing(), version=1, patron="200")
    assert await refusal(delete) == ("has_registrations",)
    reader = agenda.as_reader(200)
    await reader.call(CANCEL_MY_REGISTRATION, Nothing(), version=found.version, registration="1")
    await agenda.desk.call(DELETE_PATRON, Nothing(), version=1, patron="200")
    assert world.row("SELECT patron_id FROM registrations") == (None,)


async def test_a_stranger_has_no_seat_and_no_place_of_another_kind(world, agenda) -> None:
    await agenda.event()
    await agenda.event(START + 2 * DAY)
    world.add(Patron(id=150, card="P150", family_name="Zut"))
    with pytest.raises(Refused):
        await agenda.register(150, 1, session=2)
    with pytest.raises(Refused):
        await agenda.register(150, 77)
    assert world.rows("SELECT id FROM registrations") == []
