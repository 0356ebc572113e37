"""A reader's own data: put right, seen, taken away, forgotten; and the wish to be deleted."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from agenda_world import Agenda
from catalogue_world import NOW, TODAY
from http_world import QUICK
from slot_people import furnish as furnish_rooms

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.own_account import SHOW_OWN_ACCOUNT
from catalogue_api.contract.own_data import (
    ASK_DELETION,
    EDIT_OWN_ACCOUNT,
    EXPORT_OWN_DATA,
    FORGET_OWN_HISTORY,
    SEE_OWN_DATA,
    SHOW_DELETION,
    TAKE_DELETION_BACK,
    HistoryKept,
    OwnData,
)
from catalogue_api.contract.patrons import DELETE_PATRON, EDIT_PATRON, PatronData
from catalogue_api.domain.patrons import DELETED_AFTER, PatronRefusal
from catalogue_api.domain.roles import Role
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.jobs.running import JOBS, run
from catalogue_api.storage.tables import Block, Booking, CalendarFeed, Loan, MailedCode, Patron

DAY = timedelta(days=1)
FORGET = next(job for job in JOBS if job.name == "forget")
PIN = "481516"


@pytest.fixture
def ida(world):
    token = world.signed_in(Role.PATRON)
    return EmbeddedCatalogue(world.database, token, world.rules, world.clock, passwords=QUICK)


def change(world, **values) -> None:
    def work(session) -> None:
        for name, value in values.items():
            setattr(session.get_one(Patron, 1), name, value)

    world.database.write_now(work)


def night(world, days: int = 0) -> dict[str, int]:
    """Let the night of today, or of so many days later, forget people."""
    at = datetime.combine(TODAY + days * DAY, datetime.min.time(), ZoneInfo("Europe/Paris"))
    ran = run(world.database, FORGET, at + timedelta(hours=3), world.rules, dry_run=False)
    return {name: number for name, number in ran.report.items() if number}


def set_up(world) -> None:
    """Give Ida a calendar that others may read, and a code on its way."""
    feed = CalendarFeed(patron_id=1, secret_hash="x", made_at=NOW)
    code = MailedCode(request_hash="x", patron_id=1, code_hash="x", ends_at=NOW)
    world.database.write_now(lambda db: db.add_all([feed, code]))


async def test_what_is_wrong_is_put_right_and_only_the_names_are_noted(world, ida) -> None:
    body = OwnData(
        email="ida@example.org", phone="06 12", language="en", home_site="arcueil",
        history=HistoryKept.KEPT,
    )  # fmt: skip
    changed = await ida.call(EDIT_OWN_ACCOUNT, body, version=1)
    assert changed == await ida.call(SHOW_OWN_ACCOUNT, Nothing())
    assert (changed.email, changed.history, changed.version) == (body.email, HistoryKept.KEPT, 2)
    # The same form once more: nothing changes, not even the version.
    assert (await ida.call(EDIT_OWN_ACCOUNT, body, version=2)).version == 2
    with pytest.raises(Refused) as refused:
        await ida.call(EDIT_OWN_ACCOUNT, body, version=1)
    assert refused.value.type is ProblemType.CHANGED_MEANWHILE
    with pytest.raises(Refused, match="no site 'x'"):
        await ida.call(EDIT_OWN_ACCOUNT, body.model_copy(update={"home_site": "x"}), version=2)
    ((detail,),) = world.rows("SELECT detail FROM audit")
    assert "email" in detail
    assert "example.org" not in detail


async def test_a_new_address_needs_the_pin_for_codes_are_sent_there(world, ida) -> None:
    change(world, email="ida@example.org", pin_hash=QUICK._hasher.hash(PIN))
    body = OwnData(email="thief@example.org", phone="06 12")
    for pin in ("", "999999"):
        with pytest.raises(Refused) as refused:
            await ida.call(EDIT_OWN_ACCOUNT, body.model_copy(update={"pin": pin}), version=1)
        assert refused.value.type is ProblemType.NOT_ALLOWED
    assert world.row("SELECT email, phone FROM patrons WHERE id = 1") == ("ida@example.org", "")
    same = body.model_copy(update={"email": "ida@example.org"})
    await ida.call(EDIT_OWN_ACCOUNT, same, version=1)
    await ida.call(EDIT_OWN_ACCOUNT, body.model_copy(update={"pin": PIN}), version=2)
    assert world.row("SELECT email FROM patrons WHERE id = 1") == ("thief@example.org",)


async def test_all_that_is_held_is_seen_and_taken_away(world, ida) -> None:
    world.lend("1")
    world.hold(patron=1, title=2)
    change(world, note="parle fort")
    seen = await ida.call(SEE_OWN_DATA, Nothing())
    assert (seen.reader.note, len(seen.loans), len(seen.holds)) == ("parle fort", 1, 1)
    assert world.rows("SELECT action FROM audit") == []
    taken = await ida.call(EXPORT_OWN_DATA, Nothing())
    assert [(act.by, act.action) for act in taken.acts] == [("patron", "data_exported")]
    assert (taken.reader, taken.loans) == (seen.reader, seen.loans)


async def test_a_history_is_forgotten_at_once_on_ones_own_demand(world, ida) -> None:
    ended = {"started_at": NOW - 9 * DAY, "due_on": TODAY, "ended_at": NOW - DAY}
    world.add(Loan(item_id=1, patron_id=1, **ended), Loan(item_id=2, patron_id=2, **ended))
    assert (await ida.call(FORGET_OWN_HISTORY, Nothing())).loans == 1
    assert world.rows("SELECT item_id FROM loans WHERE patron_id IS NOT NULL") == [(2,)]


async def test_who_wants_no_history_is_taken_from_what_ended_in_the_night_after(world, ida) -> None:
    ended = {"started_at": NOW - 9 * DAY, "due_on": TODAY, "ended_at": NOW}
    world.add(Loan(item_id=1, patron_id=1, **ended), Loan(item_id=2, patron_id=2, **ended))
    world.hold(patron=1, status="cancelled", ended_at=NOW)
    await ida.call(EDIT_OWN_ACCOUNT, OwnData(history=HistoryKept.NONE), version=1)
    assert night(world) == {}
    assert night(world, 1) == {"loans": 1, "holds": 1}
    assert world.rows("SELECT item_id FROM loans WHERE patron_id IS NOT NULL") == [(2,)]
    assert world.row("SELECT last_loan_ended_on FROM patrons WHERE id = 1") == (f"{TODAY}",)
    # A desk that lets the history be kept says no more that there is none.
    desk = world.desk()
    kept = PatronData(card="P1", family_name="Inconnue", keeps_history=True)
    told = await desk.call(EDIT_PATRON, kept, version=2, patron="1")
    assert (told.keeps_history, told.forgets_history) == (True, False)


async def test_deletion_waits_a_week_and_for_all_that_is_open(world, ida) -> None:
    loan = world.lend("1")
    set_up(world)
    asked = await ida.call(ASK_DELETION, Nothing())
    assert (asked.asked_on, asked.not_before) == (TODAY, TODAY + DELETED_AFTER)
    assert asked.against == (PatronRefusal.HAS_LOANS,)
    world.now += DAY
    world.signed_in(Role.PATRON)
    assert await ida.call(ASK_DELETION, Nothing()) == asked  # it counts from the first time
    night(world, 7)
    assert len(world.rows("SELECT id FROM patrons")) == 2
    world.database.write_now(lambda db: setattr(db.get_one(Loan, loan), "ended_at", NOW))
    assert "patrons_who_asked" not in night(world, 6)
    assert night(world, 7)["patrons_who_asked"] == 1
    assert world.rows("SELECT id FROM patrons") == [(2,)]
    assert world.rows("SELECT patron_id FROM loans") == [(None,)]
    for table in ("calendar_feeds", "mailed_codes", "patron_sessions"):
        assert world.rows(f"SELECT * FROM {table}") == []


async def test_all_that_stands_against_it_is_told_and_it_can_be_taken_back(world, ida) -> None:
    assert await ida.call(SHOW_DELETION, Nothing()) == await ida.call(TAKE_DELETION_BACK, Nothing())
    world.hold(patron=1)
    world.add(Block(patron_id=1, kind="lost_item", from_on=TODAY, created_at=NOW))
    asked = await ida.call(ASK_DELETION, Nothing())
    assert asked.against == (PatronRefusal.HAS_HOLDS, PatronRefusal.IS_BLOCKED)
    assert "patrons_who_asked" not in night(world, 30)
    back = await ida.call(TAKE_DELETION_BACK, Nothing())
    assert (back.asked_on, back.not_before) == (None, None)
    actions = [action for (action,) in world.rows("SELECT action FROM audit ORDER BY id")]
    assert actions == ["deletion_asked", "deletion_taken_back"]


async def test_a_computer_or_a_place_in_an_event_stands_against_it(world) -> None:
    furnish_rooms(world)
    await Agenda(world).event()
    await Agenda(world).register(1)
    world.add(
        Booking(computer_id=1, kind="reader", patron_id=1, starts_at=world.now, booked_at=world.now,
                ends_at=world.now + timedelta(hours=1))
    )  # fmt: skip
    world.database.write_now(lambda db: setattr(db.get_one(Patron, 1), "deletion_asked_on", TODAY))
    seen = await world.embedded(world.signed_in(Role.PATRON)).call(SHOW_DELETION, Nothing())
    assert seen.against == (PatronRefusal.HAS_REGISTRATIONS, PatronRefusal.HAS_SLOTS)
    assert "patrons_who_asked" not in night(world, 30)
    with pytest.raises(Refused) as refused:
        await world.desk().call(DELETE_PATRON, Nothing(), version=1, patron="1")
    assert refused.value.reasons == ("has_registrations",)
    held = await world.embedded(world.signed_in(Role.PATRON)).call(SEE_OWN_DATA, Nothing())
    assert [len(held.slots), len(held.registrations)] == [1, 1]


async def test_a_reader_with_a_calendar_and_a_code_is_deleted_at_the_desk(world) -> None:
    set_up(world)
    await world.desk().call(DELETE_PATRON, Nothing(), version=1, patron="1")
    assert world.rows("SELECT * FROM calendar_feeds") == []
