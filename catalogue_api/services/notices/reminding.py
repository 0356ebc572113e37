"""Reminders, laid into the outbox each night: what is due soon, what is late, what waits no longer.

Run twice, it lays each once: a loan remembers of what its reader was reminded, a notice its key.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.reminders import (
    DUE_SOON_SHOWS,
    Reminded,
    expires_soon,
    is_soon,
    reminder,
)
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.noticing import notify, was_said
from catalogue_api.storage import reminders as sql
from catalogue_api.storage.reminders import LoanDue


def remind(session: Session, now: datetime, rules: Rulebook) -> Mapping[str, int]:
    """Lay the reminders of this day; return how many of each, and how many calls came too late."""
    session.flush()
    return {
        "due_soon": _due_soon(session, now, rules),
        "late": _late(session, now, rules) if rules.late_notices else 0,
        "hold_expires": _expiring(session, now, rules),
        "stale": sql.drop_stale(session.connection(), now),
    }


def _due_soon(session: Session, now: datetime, rules: Rulebook) -> int:
    """Lay one notice for each reader with a loan that is due soon and of which none was told.

    It tells of all that is due in the days after, so that these bring no other.
    """
    today, connection = rules.day(now), session.connection()
    due = sql.loans_due(connection, today, today + timedelta(days=DUE_SOON_SHOWS))
    told = 0
    for patron, loans in _by_reader(due).items():
        fresh = [loan for loan in loans if not _was_told(loan)]
        if not any(is_soon(loan.due_on, today) for loan in fresh):
            continue
        key = f"due:{patron}:{today}"
        notify(session, NoticeKind.DUE_SOON, patron, {"on": today.isoformat()}, now, key=key)
        for loan in fresh:
            sql.remember(connection, loan.id, Reminded(loan.due_on, 0))
        told += 1
    return told


def _late(session: Session, now: datetime, rules: Rulebook) -> int:
    """Lay one notice for each reader with a loan that calls for a reminder today."""
    today, connection = rules.day(now), session.connection()
    late = sql.loans_due(connection, None, today - timedelta(days=1))
    told = 0
    for patron, loans in _by_reader(late).items():
        numbers = {
            loan: reminder(loan.due_on, today, rules.calendar(loan.site), loan.reminded)
            for loan in loans
        }
        number = max(numbers.values())
        if not number:
            continue
        about = {"on": today.isoformat(), "number": str(number)}
        key = f"late:{patron}:{today}"
        notify(session, NoticeKind.LATE, patron, about, now, key=key)
        for loan, reached in numbers.items():
            if reached:
                sql.remember(connection, loan.id, Reminded(loan.due_on, reached))
        told += 1
    return told


def _expiring(session: Session, now: datetime, rules: Rulebook) -> int:
    today, told = rules.day(now), 0
    for hold in sql.holds_ready(session.connection()):
        where = rules.calendar(hold.pickup_site)
        if expires_soon(rules.day(hold.ready_at), hold.expires_on, today, where):
            about = {"hold": str(hold.id), "expires_on": hold.expires_on.isoformat()}
            key = f"hold:{hold.id}:expires:{hold.expires_on}"
            told += not was_said(session, key)
            notify(session, NoticeKind.HOLD_EXPIRES, hold.patron, about, now, key=key)
    return told


def _by_reader(loans: Sequence[LoanDue]) -> Mapping[int, list[LoanDue]]:
    found: dict[int, list[LoanDue]] = defaultdict(list)
    for loan in loans:
        found[loan.patron].append(loan)
    return found


def _was_told(loan: LoanDue) -> bool:
    return loan.reminded is not None and loan.reminded.due_on == loan.due_on
