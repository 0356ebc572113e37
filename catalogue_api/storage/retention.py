"""Forgetting people when their time is over: a statement for each thing that named them."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Update,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped
from sqlmodel import col

from catalogue_api.domain.questions import QuestionStatus
from catalogue_api.storage.tables import (
    Anomaly,
    AuditEntry,
    Block,
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

GONE = "-"
"""Stands for a librarian whose name is no longer kept."""


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
