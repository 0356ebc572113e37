"""Forget people when their time is over, as `domain.retention` says of each table."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.domain.patrons import DELETED_AFTER
from catalogue_api.domain.questions import CONFIRM_WITHIN
from catalogue_api.domain.retention import MOST_CHANGES, RULES, Period
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.storage import readers_gone
from catalogue_api.storage import retention as sql
from catalogue_api.storage import slot_retention as slots

Report = Mapping[str, int]
"""How many rows of each table were changed or deleted."""


def forget_people(session: Session, now: datetime, rules: Rulebook) -> Report:
    """Cut the link to people, or delete what is theirs, where the period is over."""
    connection, today = session.connection(), rules.day(now)
    since = _since(today, rules)
    midnight = Period().kept_since(today, rules.zone)
    for number, ended in sql.last_loans(connection, since("loans"), midnight).items():
        sql.remember_last_loan(connection, number, rules.day(ended))
    blocks_kept = RULES["blocks"].period.first_kept(today)
    statements = {
        "loans": sql.anonymise_loans(since("loans"), midnight),
        "loan_reminders": sql.forget_reminders(since("loan_reminders")),
        "hold_events": sql.forget_hold_events(since("hold_events")),
        "holds": sql.anonymise_holds(since("holds"), midnight),
        "registrations": sql.anonymise_registrations(since("registrations")),
        "blocks": sql.forget_blocks(since("blocks"), blocks_kept),
        "returns": sql.forget_who_took_returns(since("returns")),
        "questions": sql.forget_questions(since("questions")),
        "suggestions": sql.anonymise_suggestions(since("suggestions")),
        "notices": sql.forget_notices(since("notices")),
        "anomalies": sql.forget_anomalies(since("anomalies")),
        "bookings": slots.anonymise_bookings(since("bookings")),
        "slot_wishes": slots.forget_wishes(since("slot_wishes")),
        "walk_ins": slots.forget_walk_ins(since("walk_ins")),
        "guest_passes": slots.forget_passes(since("guest_passes")),
    }
    report = {name: connection.execute(one).rowcount for name, one in statements.items()}
    report["staff"] = [
        connection.execute(one).rowcount for one in sql.forget_staff(since("staff"))
    ][-1]
    report["patrons"] = _forget_readers(connection, now, today, since("patrons"))
    asked = readers_gone.readers_who_asked(connection, today, today - DELETED_AFTER, midnight)
    readers_gone.forget_readers(connection, asked)
    report["patrons_who_asked"] = len(asked)
    return report


def prune(session: Session, now: datetime, rules: Rulebook) -> Report:
    """Delete what was only needed for a while: keys, sessions, failures, old log lines."""
    connection, since = session.connection(), _since(rules.day(now), rules)
    statements = {
        "idempotency_keys": sql.forget_answers(since("idempotency_keys")),
        "deeds": sql.forget_deeds(since("deeds")),
        "questions": sql.forget_unconfirmed(now - CONFIRM_WITHIN),
        "staff_sessions": sql.forget_staff_sessions(since("staff_sessions")),
        "patron_sessions": sql.forget_patron_sessions(since("patron_sessions")),
        "mailed_codes": sql.forget_codes(since("mailed_codes")),
        "sign_in_failures": sql.forget_failures(since("sign_in_failures")),
        "audit": sql.forget_audit(since("audit")),
        "booking_quarters": slots.forget_quarters(since("booking_quarters")),
        "vouchers": sql.forget_vouchers(since("vouchers")),
        "job_runs": sql.forget_job_runs(since("job_runs")),
        "changes": sql.forget_changes(connection, MOST_CHANGES),
    }
    return {name: connection.execute(one).rowcount for name, one in statements.items()}


def _since(today: date, rules: Rulebook) -> Callable[[str], datetime]:
    """Return what tells since when the rows of a table are still kept."""
    return lambda table: RULES[table].period.kept_since(today, rules.zone)


def _forget_readers(connection: Connection, now: datetime, today: date, since: datetime) -> int:
    readers_gone.begin_counting(connection, now)
    first_kept = RULES["patrons"].period.first_kept(today)
    numbers = readers_gone.readers_to_forget(connection, today, first_kept, since)
    readers_gone.forget_readers(connection, numbers)
    return len(numbers)
