"""Forgetting people when their time is over: statements, and the deletion of whole readers."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Table,
    Update,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped
from sqlmodel import col

from catalogue_api.domain.holds import OPEN
from catalogue_api.domain.questions import QuestionStatus
from catalogue_api.storage.agenda import IS_OPEN
from catalogue_api.storage.tables import (
    Anomaly,
    AuditEntry,
    Block,
    Booking,
    Change,
    Deed,
    Hold,
    HoldEvent,
    IdempotencyKey,
    JobRun,
    Loan,
    LoanReminder,
    MailedCode,
    Notice,
    Patron,
    PatronSession,
    Question,
    Registration,
    Return,
    SignInFailure,
    Staff,
    StaffSession,
    Suggestion,
    Voucher,
)
from catalogue_api.storage.tables import Table as Tables
from catalogue_api.storage.tables.telling import ONLY_THEIRS

GONE = "-"
"""Stands for a librarian whose name is no longer kept."""
_AT_ONCE = 500


def last_loans(connection: Connection, before: datetime, today: datetime) -> dict[int, datetime]:
    """Return when the last of those loans ended that are about to lose their reader, by reader.

    `before` is when loans of everybody must have ended, `today` when those of who keeps none.
    """
    found = connection.execute(
        select(col(Loan.patron_id), func.max(col(Loan.ended_at)))
        .where(_over(col(Loan.patron_id), col(Loan.ended_at), before, today))
        .group_by(col(Loan.patron_id))
    )
    return {number: ended for number, ended in found if number is not None and ended is not None}


def remember_last_loan(connection: Connection, patron_id: int, day: date) -> None:
    """Note on a reader when their last loan ended, if that is later than what is noted."""
    noted = col(Patron.last_loan_ended_on)
    connection.execute(
        update(Patron)
        .where(col(Patron.id) == patron_id, or_(noted.is_(None), noted < day))
        .values(last_loan_ended_on=day)
    )


def anonymise_loans(before: datetime, today: datetime) -> Update:
    """Take the reader from loans that ended before, unless they keep their history."""
    keeps = select(col(Patron.id)).where(col(Patron.keeps_history))
    over = _over(col(Loan.patron_id), col(Loan.ended_at), before, today)
    return update(Loan).where(over, col(Loan.patron_id).not_in(keeps)).values(patron_id=None)


def anonymise_holds(before: datetime, today: datetime) -> Update:
    """Take the reader from reservations that ended before."""
    over = _over(col(Hold.patron_id), col(Hold.ended_at), before, today)
    return update(Hold).where(over).values(patron_id=None)


def _over(
    patron: Mapped[int | None], ended: Mapped[datetime | None], before: datetime, today: datetime
) -> ColumnElement[bool]:
    """Tell that something of a reader ended before, or before `today` and they keep nothing."""
    forget = select(col(Patron.id)).where(col(Patron.forgets_history))
    return and_(patron.is_not(None), or_(ended < before, and_(ended < today, patron.in_(forget))))


def forget_hold_events(before: datetime) -> Delete:
    """Delete what happened to reservations that ended before."""
    over = select(col(Hold.id)).where(col(Hold.ended_at) < before)
    return delete(HoldEvent).where(col(HoldEvent.hold_id).in_(over))


def anonymise_registrations(before: datetime) -> Update:
    """Take the person from registrations that ended before."""
    who = or_(
        col(Registration.patron_id).is_not(None),
        col(Registration.name) != "",
        col(Registration.birth_year).is_not(None),
    )
    nobody = {"patron_id": None, "name": "", "phone": "", "birth_year": None}
    return update(Registration).where(col(Registration.ended_at) < before, who).values(nobody)


def forget_vouchers(before: datetime) -> Delete:
    """Delete vouchers that were paid back before."""
    return delete(Voucher).where(col(Voucher.reimbursed_at) < before)


def forget_blocks(before: datetime, first_kept: date) -> Delete:
    """Delete blocks that were lifted, or were over, before."""
    ran_out = and_(col(Block.lifted_at).is_(None), col(Block.until_on) < first_kept)
    return delete(Block).where(or_(col(Block.lifted_at) < before, ran_out))


def forget_who_took_returns(before: datetime) -> Update:
    """Take the librarians, and what could once be undone, from returns received before."""
    staff, undone_by = col(Return.staff), col(Return.undone_by)
    named = or_(staff.not_in(("", GONE)), undone_by.not_in(("", GONE)), col(Return.before) != "")
    return (
        update(Return)
        .where(col(Return.received_at) < before, named)
        .values(
            staff=case((staff == "", ""), else_=GONE),
            undone_by=case((undone_by == "", ""), else_=GONE),
            before="",
        )
    )


def forget_notices(before: datetime) -> Delete:
    """Delete notices that were sent, told or given up before."""
    return delete(Notice).where(col(Notice.ended_at) < before)


def forget_questions(before: datetime) -> Delete:
    """Delete questions that were answered or closed before."""
    return delete(Question).where(col(Question.ended_at) < before)


def forget_unconfirmed(before: datetime) -> Delete:
    """Delete questions whose address nobody has confirmed since."""
    unconfirmed = col(Question.status) == QuestionStatus.UNCONFIRMED.value
    return delete(Question).where(unconfirmed, col(Question.asked_at) < before)


def anonymise_suggestions(before: datetime) -> Update:
    """Take the reader from suggestions that were decided before, and why they made them."""
    over = and_(col(Suggestion.decided_at) < before, col(Suggestion.patron_id).is_not(None))
    return update(Suggestion).where(over).values(patron_id=None, why="")


def forget_reminders(before: datetime) -> Delete:
    """Delete what loans were reminded of that ended before."""
    over = select(col(Loan.id)).where(col(Loan.ended_at) < before)
    return delete(LoanReminder).where(col(LoanReminder.loan_id).in_(over))


def forget_anomalies(before: datetime) -> Delete:
    """Delete what was dealt with before."""
    return delete(Anomaly).where(col(Anomaly.handled_at) < before)


def forget_staff(before: datetime) -> Iterable[Delete]:
    """Delete accounts that were disabled before, and what is left of their sessions."""
    gone = select(col(Staff.name)).where(col(Staff.disabled_at) < before)
    yield delete(StaffSession).where(col(StaffSession.staff).in_(gone))
    yield delete(Staff).where(col(Staff.disabled_at) < before)


def forget_staff_sessions(before: datetime) -> Delete:
    """Delete sessions of staff that ended before."""
    return delete(StaffSession).where(col(StaffSession.expires_at) < before)


def forget_patron_sessions(before: datetime) -> Delete:
    """Delete sessions of readers that ended before."""
    return delete(PatronSession).where(col(PatronSession.expires_at) < before)


def forget_codes(before: datetime) -> Delete:
    """Delete codes sent by mail that were over before."""
    return delete(MailedCode).where(col(MailedCode.ends_at) < before)


def forget_failures(before: datetime) -> Delete:
    """Delete failures of which the last came before."""
    return delete(SignInFailure).where(col(SignInFailure.last_at) < before)


def forget_answers(before: datetime) -> Delete:
    """Delete answers that were kept for repeated calls."""
    return delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < before)


def forget_deeds(before: datetime) -> Delete:
    """Delete what can no longer be taken back."""
    return delete(Deed).where(col(Deed.at) < before)


def forget_audit(before: datetime) -> Delete:
    """Delete old entries of the audit; the database refuses to delete young ones."""
    return delete(AuditEntry).where(col(AuditEntry.at) < before)


def forget_job_runs(before: datetime) -> Delete:
    """Delete what old nights reported."""
    return delete(JobRun).where(col(JobRun.started_at) < before)


def forget_changes(connection: Connection, most: int) -> Delete:
    """Delete all but the newest rows of the kiosks' feed."""
    oldest_kept = connection.execute(
        select(col(Change.id)).order_by(col(Change.id).desc()).offset(most - 1).limit(1)
    ).scalar()
    return delete(Change).where(col(Change.id) < (oldest_kept or 0))


def begin_counting(connection: Connection, now: datetime) -> int:
    """Let the time of readers begin now of whom nothing tells since when they are here."""
    undated = and_(col(Patron.created_at).is_(None), col(Patron.last_loan_ended_on).is_(None))
    return connection.execute(update(Patron).where(undated).values(created_at=now)).rowcount


def readers_to_forget(
    connection: Connection, today: date, first_kept: date, since: datetime
) -> list[int]:
    """Find readers whose last loan is long over and whom nothing keeps here."""
    ended, number = col(Patron.last_loan_ended_on), col(Patron.id)
    never_borrowed = and_(ended.is_(None), col(Patron.created_at) < since)
    query = select(number).where(
        or_(ended < first_kept, never_borrowed),
        or_(col(Patron.expires_on).is_(None), col(Patron.expires_on) < today),
        *_nothing_keeps(today, since),
    )
    return [found for found in connection.execute(query).scalars() if found is not None]


def readers_who_asked(
    connection: Connection, today: date, asked_by: date, since: datetime
) -> list[int]:
    """Find readers who asked by some day to be deleted, and whom nothing keeps here.

    `since`: what ended from then on may still be taken back.
    """
    query = select(col(Patron.id)).where(
        col(Patron.deletion_asked_on) <= asked_by, *_nothing_keeps(today, since)
    )
    return [found for found in connection.execute(query).scalars() if found is not None]


def _nothing_keeps(today: date, since: datetime) -> Iterable[ColumnElement[bool]]:
    """Yield the conditions that a reader has nothing open, and no loan that ended `since`."""
    number = col(Patron.id)
    lately = or_(col(Loan.ended_at).is_(None), col(Loan.ended_at) >= since)
    lasts = and_(
        col(Block.lifted_at).is_(None),
        or_(col(Block.until_on).is_(None), col(Block.until_on) >= today),
    )
    waiting = col(Hold.status).in_([status.value for status in OPEN])
    yield ~exists().where(col(Loan.patron_id) == number, lately)
    yield ~exists().where(col(Hold.patron_id) == number, waiting)
    yield ~exists().where(col(Block.patron_id) == number, lasts)
    yield ~exists().where(col(Booking.patron_id) == number, col(Booking.ended_at).is_(None))
    yield ~exists().where(col(Registration.patron_id) == number, IS_OPEN)


def forget_readers(connection: Connection, numbers: Sequence[int]) -> None:
    """Delete readers: rows that are about them alone go too, others lose the link to them."""
    for begin in range(0, len(numbers), _AT_ONCE):
        some = numbers[begin : begin + _AT_ONCE]
        for table, column in links_to_readers():
            belongs = column.in_(some)
            if column.nullable and not column.info.get(ONLY_THEIRS):
                connection.execute(update(table).where(belongs).values({column.name: None}))
            else:
                connection.execute(delete(table).where(belongs))
        connection.execute(delete(Patron).where(col(Patron.id).in_(some)))


def links_to_readers() -> list[tuple[Table, Any]]:
    """Return every column of every table that names a reader."""
    return [
        (table, key.parent)
        for table in reversed(Tables.metadata.sorted_tables)
        for key in table.foreign_keys
        if key.target_fullname == "patrons.id"
    ]
