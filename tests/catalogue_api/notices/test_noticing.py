"""Notices are laid into the outbox with what they tell of, once for each key."""

import json
from datetime import timedelta

import pytest
from catalogue_world import NOW
from mail_world import write_to
from sqlalchemy import text

from catalogue_api.domain.notices import DECLINABLE, NOTICES, NoticeKind, instant
from catalogue_api.jobs.running import JOBS, run
from catalogue_api.services.notices.outbox import take
from catalogue_api.services.noticing import notify, notify_address, take_back
from catalogue_api.storage.notices import to_tell

HOUR = timedelta(hours=1)
SLOT = {"site": "cachan", "starts_at": (NOW + 48 * HOUR).isoformat()}


def test_every_kind_has_its_facts_and_what_one_asked_for_is_not_declined() -> None:
    assert set(NOTICES) == set(NoticeKind)
    for kind, facts in NOTICES.items():
        assert facts.ends in facts.values | {""}, kind
        assert facts.lasts > timedelta(), kind
        assert not (facts.by_desk and not facts.duty), kind
    assert NoticeKind.SLOT_CANCELLED not in DECLINABLE
    assert NoticeKind.DUE_SOON in DECLINABLE


def test_a_notice_is_worth_nothing_once_its_slot_has_begun() -> None:
    facts = NOTICES[NoticeKind.SLOT_CANCELLED]
    assert facts.stale_at(SLOT, NOW) == NOW + 48 * HOUR
    assert facts.stale_at(SLOT | {"starts_at": "2027-03-01T10:00:00Z"}, NOW) == NOW + 720 * HOUR
    with pytest.raises(ValueError, match="starts_at"):
        facts.stale_at({"site": "cachan"}, NOW)
    with pytest.raises(ValueError, match="offset"):
        instant("2026-11-23T12:00:00")


def test_the_same_key_is_one_notice_and_an_unsent_one_is_taken_back(world) -> None:
    def say(session) -> None:
        for _ in range(2):
            notify(session, NoticeKind.SLOT_CANCELLED, 1, SLOT, NOW, key="slot:1:cancelled")
        about = {"question": "4"}
        to = "z@example.org"
        notify_address(session, NoticeKind.QUESTION_ANSWERED, to, "en", about, NOW, key="q")

    world.database.write_now(say)
    world.database.write_now(say)
    rows = world.rows(
        "SELECT kind, patron_id, address, language, site, about FROM notices ORDER BY id"
    )
    assert [row[:5] for row in rows] == [
        ("slot_cancelled", 1, "", "", "cachan"),
        ("question_answered", None, "z@example.org", "en", None),
    ]
    assert json.loads(rows[0][5]) == SLOT
    world.database.write_now(lambda session: take_back(session, "slot:1:cancelled"))
    assert world.rows("SELECT key FROM notices") == [("q",)]


def test_what_no_mail_can_tell_is_told_where_it_happens(world) -> None:
    elsewhere = SLOT | {"site": "arcueil"}
    write_to(world, email="", home_site="cachan")

    def say(session) -> None:
        notify(session, NoticeKind.SLOT_CANCELLED, 1, elsewhere, NOW, key="k")

    world.database.write_now(say)
    world.database.write_now(lambda db: take(db, "one", NOW, world.rules.current(db.connection())))
    assert world.row("SELECT site, status FROM notices") == ("arcueil", "to_tell")
    for site, number in (("arcueil", 1), ("cachan", 0)):
        rows = world.database.read_now(lambda db, site=site: to_tell(db, site, NOW, None, 9))
        assert len(rows) == number, site


def test_what_comes_to_nothing_is_not_told(world) -> None:
    def fail(session) -> None:
        notify(session, NoticeKind.SLOT_CANCELLED, 1, SLOT, NOW, key="k")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.database.write_now(fail)
    assert world.rows("SELECT key FROM notices") == []


def test_a_reader_who_goes_takes_their_notices_along(world) -> None:
    forget = next(job for job in JOBS if job.name == "forget")

    def say(session) -> None:
        notify(session, NoticeKind.SLOT_CANCELLED, 1, SLOT, NOW, key="k")
        session.execute(text("INSERT INTO notice_choices VALUES (1, 'due_soon', 'not_at_all')"))
        session.execute(text("UPDATE patrons SET last_loan_ended_on = '2024-01-01' WHERE id = 1"))

    world.database.write_now(say)
    run(world.database, forget, NOW, world.rules, dry_run=False)
    assert world.rows("SELECT id FROM notices") == []
    assert world.rows("SELECT kind FROM notice_choices") == []
