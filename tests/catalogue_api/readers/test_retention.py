"""Move the clock, and see what is forgotten: on both databases, dry first."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from agenda_world import Agenda
from catalogue_world import NOW, TODAY, World
from sqlalchemy import text

from catalogue_api.contract.personal_data import PersonalData
from catalogue_api.domain.retention import RULES, Period, Then
from catalogue_api.domain.roles import Role
from catalogue_api.jobs.running import JOBS, run
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.readers_gone import links_to_readers
from catalogue_api.storage.tables import (
    Anomaly,
    AuditEntry,
    Block,
    Hold,
    HoldEvent,
    IdempotencyKey,
    Return,
    Table,
)

DOCS = Path(__file__).parents[3] / "docs"
PARIS = ZoneInfo("Europe/Paris")
FORGET, PRUNE = (next(job for job in JOBS if job.name == name) for name in ("forget", "prune"))


@pytest.fixture
def night(world):
    """Run a job on a day, dry and for real; return what it did."""

    def night(on: date, job=FORGET) -> dict[str, int]:
        now = datetime.combine(on, datetime.min.time(), PARIS) + timedelta(hours=3)
        dry = run(world.database, job, now, world.rules, dry_run=True)
        real = run(world.database, job, now, world.rules, dry_run=False)
        assert dict(dry.report) == dict(real.report)
        again = run(world.database, job, now, world.rules, dry_run=False)
        assert not any(again.report.values())
        return {name: number for name, number in real.report.items() if number}

    return night


def test_every_table_has_a_period_and_a_reason() -> None:
    assert set(RULES) == set(Table.metadata.tables)
    for name, rule in RULES.items():
        assert rule.reason, name
        counted = rule.period.months or rule.period.days
        assert bool(counted) is bool(rule.counted_from), name
        assert bool(counted) is (rule.then is not Then.KEPT) or name == "changes", name


def test_every_table_that_names_a_reader_is_not_just_kept() -> None:
    for table, _ in links_to_readers():
        assert RULES[table.name].then is not Then.KEPT, table.name


HANDED_OUT = {
    "loans": ("loans", "ended_loans"), "holds": ("holds",), "blocks": ("blocks",),
    "registrations": ("registrations",), "bookings": ("slots",),
    "slot_wishes": ("slots_waited_for",), "walk_ins": ("queue_numbers",),
    "notices": ("notices",), "notice_choices": ("notice_choices",),
    "questions": ("questions",), "suggestions": ("suggestions",),
    "calendar_feeds": ("calendar_since",), "patron_sessions": ("sessions",),
}  # fmt: skip
NOT_HANDED_OUT = {
    "booking_quarters": "the quarters of an hour of the bookings",
    "mailed_codes": "a code that is hashed, for half an hour",
}


def test_readers_are_handed_all_that_names_them() -> None:
    named = {table.name for table, _ in links_to_readers()}
    assert named == set(HANDED_OUT) | set(NOT_HANDED_OUT)
    parts = {part for shown in HANDED_OUT.values() for part in shown}
    assert parts <= set(PersonalData.model_fields)


@pytest.mark.parametrize("page", ["personal-data.md", "donnees-personnelles.md"])
def test_the_pages_for_people_say_what_the_code_does(page) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", (DOCS / page).read_text(), re.MULTILINE))
    assert set(rows) == set(RULES)
    for name, rule in RULES.items():
        numbers = [int(number) for number in re.findall(r"\d+", rows[name].replace("100,000", ""))]
        expected = rule.period.months or rule.period.days
        assert numbers == ([expected] if expected else []), (page, name)


@pytest.mark.parametrize(
    ("today", "first_kept"),
    [
        (date(2026, 7, 31), date(2026, 3, 1)), (date(2026, 8, 1), date(2026, 4, 1)),
        (date(2027, 1, 31), date(2026, 9, 1)), (date(2027, 4, 30), date(2026, 12, 1)),
    ],
)  # fmt: skip
def test_four_months_end_with_the_fourth_month_after(today, first_kept) -> None:
    assert Period(months=4).first_kept(today) == first_kept


def test_a_day_begins_at_the_librarys_midnight() -> None:
    kept = Period(months=4).kept_since(date(2026, 8, 1), PARIS)
    assert kept == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert Period(days=1).kept_since(date(2026, 8, 2), PARIS) == datetime(
        2026, 7, 31, 22, tzinfo=UTC
    )


def close(world, loan: int, ended: datetime) -> None:
    stamp = f"{ended.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    suffix = "+00" if world.database.dialect == "postgresql" else ""
    sql = f"UPDATE loans SET ended_at = '{stamp}{suffix}' WHERE id = {loan}"
    world.database.write_now(lambda db: db.execute(text(sql)))


def test_a_loan_is_anonymous_when_the_fourth_month_is_over(world, night) -> None:
    last_evening = datetime(2026, 11, 30, 23, 30, tzinfo=PARIS)
    next_morning = datetime(2026, 12, 1, 0, 30, tzinfo=PARIS)
    for barcode, ended in (("1", last_evening), ("2", next_morning)):
        close(world, world.lend(barcode), ended)
    world.lend("3")
    assert night(date(2027, 3, 31)) == {}
    assert night(date(2027, 4, 1)) == {"loans": 1}
    assert world.rows("SELECT item_id, patron_id FROM loans ORDER BY item_id") == [
        (1, None), (2, 1), (3, 1),
    ]  # fmt: skip
    assert world.row("SELECT last_loan_ended_on FROM patrons WHERE id = 1") == ("2026-11-30",)
    assert night(date(2027, 5, 1)) == {"loans": 1}


def test_who_wants_their_history_keeps_it(world, night) -> None:
    close(world, world.lend("1"), NOW)
    close(world, world.lend("2", patron=2), NOW)
    keep = "UPDATE patrons SET keeps_history = (id = 1)"
    world.database.write_now(lambda db: db.execute(text(keep)))
    assert night(date(2027, 4, 1)) == {"loans": 1}
    assert world.row("SELECT item_id FROM loans WHERE patron_id = 1") == (1,)


def age(world, days: int, *patrons: int) -> None:
    first = TODAY - timedelta(days=days)
    numbers = ",".join(map(str, patrons))
    sql = f"UPDATE patrons SET last_loan_ended_on = '{first}' WHERE id IN ({numbers})"
    world.database.write_now(lambda db: db.execute(text(sql)))


def test_a_reader_is_gone_a_year_after_their_last_loan(world, night) -> None:
    close(world, world.lend("1"), NOW - timedelta(days=400))
    world.hold(patron=1, status="cancelled", ended_at=NOW - timedelta(days=400))
    world.signed_in(Role.PATRON)
    age(world, 365, 1)
    assert "patrons" not in night(TODAY)
    assert night(TODAY + timedelta(days=1))["patrons"] == 1
    assert world.rows("SELECT id FROM patrons") == [(2,)]
    assert world.rows("SELECT patron_id FROM loans UNION SELECT patron_id FROM holds") == [(None,)]
    assert world.rows("SELECT token_hash FROM patron_sessions") == []


@pytest.mark.parametrize("tie", ["loan", "lately", "hold", "block", "card"])
def test_a_reader_with_a_tie_to_the_library_stays(world, night, tie) -> None:
    age(world, 500, 1)
    match tie:
        case "loan":
            world.lend("1")
        case "lately":
            close(world, world.lend("1"), NOW - timedelta(days=2))
        case "hold":
            world.hold(patron=1)
        case "block":
            world.add(Block(patron_id=1, kind="lost_item", from_on=TODAY, created_at=NOW))
        case "card":
            sql = f"UPDATE patrons SET expires_on = '{TODAY}' WHERE id = 1"
            world.database.write_now(lambda db: db.execute(text(sql)))
    assert "patrons" not in night(TODAY)
    assert world.row("SELECT count(*) FROM patrons") == (2,)


def test_who_never_borrowed_counts_from_when_they_were_first_seen(world, night) -> None:
    assert "patrons" not in night(TODAY)
    assert "patrons" not in night(TODAY + timedelta(days=365))
    assert night(TODAY + timedelta(days=366))["patrons"] == 2


def test_reservations_lose_their_reader_and_their_history(world, night) -> None:
    ended = world.hold(status="cancelled", ended_at=NOW)
    waiting = world.hold(title=2)
    for hold in (ended, waiting):
        world.add(HoldEvent(hold_id=hold, title_id=1, at=NOW, kind="placed", by="patron"))
    assert night(date(2027, 4, 1)) == {"holds": 1, "hold_events": 1}
    assert world.rows("SELECT patron_id FROM holds ORDER BY id") == [(None,), (2,)]
    assert world.row("SELECT hold_id FROM hold_events") == (waiting,)


def test_blocks_anomalies_and_librarians_of_returns(world, night) -> None:
    blocks = {"patron_id": 1, "kind": "suspension", "created_at": NOW}
    world.add(
        Block(**blocks, from_on=TODAY, until_on=TODAY),
        Block(**blocks, from_on=TODAY, lifted_at=NOW),
        Block(**blocks, from_on=TODAY),
        Anomaly(kind="unknown_item", at=NOW, site="cachan", handled_at=NOW),
        Anomaly(kind="unknown_item", at=NOW, site="cachan"),
    )
    values = {"barcode": "1", "occurred_at": NOW, "received_at": NOW, "body_hash": "x",
              "outcome": "not_on_loan", "answer": "{}"}  # fmt: skip
    world.database.write_now(
        lambda db: db.add_all(
            [
                Return(**values, return_id="1", staff="ana", undone_by="bo", before="{}"),
                Return(**values, return_id="2", kiosk="pad"),
            ]
        )
    )
    assert night(date(2027, 4, 1)) == {"blocks": 2, "anomalies": 1, "returns": 1}
    assert world.rows("SELECT staff, undone_by, before FROM returns ORDER BY return_id") == [
        ("-", "-", ""), ("", "", ""),
    ]  # fmt: skip


def test_a_disabled_account_is_gone_after_a_year(world, night) -> None:
    world.signed_in(Role.LIBRARIAN)
    disable = f"UPDATE staff SET disabled_at = '{NOW:%Y-%m-%d %H:%M:%S.%f}'"
    if world.database.dialect == "postgresql":
        disable = disable[:-1] + "+00'"
    world.database.write_now(lambda db: db.execute(text(disable)))
    assert "staff" not in night(TODAY + timedelta(days=365))
    assert night(TODAY + timedelta(days=366))["staff"] == 1


def test_what_was_needed_for_a_while_is_pruned(world, night) -> None:
    world.signed_in(Role.PATRON)
    world.signed_in(Role.LIBRARIAN)
    long_ago = datetime(2019, 5, 1, tzinfo=UTC)
    world.add(*(AuditEntry(at=at, actor="x", action="y") for at in (long_ago, NOW)))
    world.database.write_now(
        lambda db: db.add(
            IdempotencyKey(caller="x", key="1", body_hash="", answer="{}", created_at=NOW)
        )
    )
    assert night(TODAY + timedelta(days=1), PRUNE) == {"audit": 1}
    assert night(TODAY + timedelta(days=4), PRUNE) == {
        "idempotency_keys": 1, "staff_sessions": 1, "patron_sessions": 1,
    }  # fmt: skip
    assert world.row("SELECT count(*) FROM audit") == (1,)


def test_each_run_leaves_a_row_and_a_rehearsal_changes_nothing(world) -> None:
    loan = world.lend("1")
    close(world, loan, NOW)
    later = NOW + timedelta(days=200)
    told = run(world.database, FORGET, later, world.rules, dry_run=True)
    assert told.report["loans"] == 1
    assert world.row("SELECT patron_id FROM loans") == (1,)
    assert world.row("SELECT job, dry_run FROM job_runs") in {("forget", 1), ("forget", True)}


@pytest.mark.server
def test_two_processes_at_once_do_it_once(postgres) -> None:
    url = postgres.create("template_library")
    first, second = Database(url, threads=0), Database(url, threads=0)
    world = World(url)

    def meanwhile(session) -> None:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('ritournelle.forget'))"))
        ran = run(second, FORGET, NOW, world.rules, dry_run=False)
        assert ran.elsewhere

    first.write_now(meanwhile)
    assert not run(second, FORGET, NOW, world.rules, dry_run=False).elsewhere
    for database in (first, second, world.database):
        database.close()
    postgres.drop(url)


@pytest.mark.server
def test_who_does_something_in_that_night_stays(postgres) -> None:
    url = postgres.create("template_library")
    busy, nights = Database(url, threads=0), Database(url, threads=0)
    world = World(url)
    age(world, 500, 1, 2)

    def reserve(session) -> None:
        session.execute(text("SELECT id FROM patrons WHERE id = 1 FOR UPDATE"))
        ran = run(nights, FORGET, NOW, world.rules, dry_run=False)
        assert ran.report["patrons"] == 1
        session.add(Hold(title_id=1, patron_id=1, pickup_site="cachan", placed_at=NOW))

    busy.write_now(reserve)
    assert world.rows("SELECT id FROM patrons") == [(1,)]
    assert world.row("SELECT patron_id FROM holds") == (1,)
    for database in (busy, nights, world.database):
        database.close()
    postgres.drop(url)


async def test_whoever_came_is_nobody_a_month_after_and_the_seats_still_count(world, night) -> None:
    agenda = Agenda(world)
    await agenda.event(least_age=7)
    await agenda.by_staff(name="Ahmed", phone="06 12", birth_year=1950)
    world.database.write_now(
        lambda db: db.execute(text("UPDATE patrons SET birth_year = 1980 WHERE id = 2"))
    )
    await agenda.register(2)
    agenda.settle(datetime(2026, 12, 10, 16, tzinfo=PARIS))
    assert "registrations" not in night(date(2027, 1, 31))
    assert night(date(2027, 2, 1))["registrations"] == 2
    assert world.rows("SELECT patron_id, name, phone, birth_year FROM registrations") == [
        (None, "", "", None), (None, "", "", None),
    ]  # fmt: skip
    assert world.row("SELECT count(*) FROM seats") == (2,)


async def test_a_reader_with_a_place_stays(world, night) -> None:
    age(world, 500, 1)
    agenda = Agenda(world)
    await agenda.event()
    await agenda.register(1)
    assert "patrons" not in night(TODAY)


def test_vouchers_that_were_paid_back_go_after_a_year(world, night) -> None:
    rows = (
        "INSERT INTO voucher_schemes (id, name, value_cents, most_minutes, salt)"
        " VALUES (1, 'Pass', 1000, 120, 's')",
        "INSERT INTO events (id, kind, title, site, created_at, changed_at) VALUES"
        " (1, 'talk', 'x', 'cachan', '2026-01-01', '2026-01-01')",
        "INSERT INTO event_sessions (id, event_id, starts_at, ends_at, changed_at) VALUES"
        " (1, 1, '2026-01-01 10:00:00', '2026-01-01 11:00:00', '2026-01-01')",
        *(
            "INSERT INTO vouchers (scheme_id, serial_hash, value_cents, session_id, status,"
            f" received_at, reimbursed_at) VALUES (1, '{number}', 1000, 1, '{status}',"
            f" '2026-01-01', {paid})"
            for number, (status, paid) in enumerate(
                [("reimbursed", "'2026-02-01 12:00:00'"), ("sent", "NULL")]
            )
        ),
    )
    for row in rows:
        world.database.write_now(lambda db, row=row: db.execute(text(row)))
    assert "vouchers" not in night(date(2027, 2, 1), PRUNE)
    assert night(date(2027, 2, 2), PRUNE)["vouchers"] == 1
    assert world.rows("SELECT status FROM vouchers") == [("sent",)]
