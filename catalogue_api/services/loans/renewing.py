"""Renew loans, and list them: for the desk, and for readers themselves."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.loans import (
    LoanInfo,
    LoansAsked,
    LoansPage,
    OwnRenewal,
    Renewal,
    RenewalResult,
    Renewals,
)
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.lateness import counted_day, late_days
from catalogue_api.domain.loans import LoanRefusal, Renewable, against_renewal, left_after
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.loans.lending import is_needed, reached, reader_of
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.refusals import refuse_loan
from catalogue_api.storage import loans as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Loan


def renew_loan(session: Session, call: Call, body: Renewal) -> RenewalResult:
    """Renew a loan at the desk."""
    loan = sql.open_loan(session.connection(), number(call, "loan"))
    if loan is None:
        raise no_such("open loan")
    return _renew_one(session, call, loan, body)


def renew_own_loan(session: Session, call: Call, body: OwnRenewal) -> RenewalResult:
    """Renew a loan of the reader who asks; another's is not there for them."""
    loan = sql.open_loan(session.connection(), number(call, "loan"))
    if loan is None or loan.patron_id != call.the_caller().patron_id:
        raise no_such("open loan")
    return _renew_one(session, call, loan, Renewal(dry_run=body.dry_run))


def renew_all(session: Session, call: Call, body: Renewal) -> Renewals:
    """Renew what can be renewed of a reader's loans, and say why of the others."""
    return _renew_all(session, call, number(call, "patron"), body)


def renew_all_own(session: Session, call: Call, body: OwnRenewal) -> Renewals:
    """Renew what can be renewed of one's own loans."""
    return _renew_all(session, call, call.the_caller().patron_id, Renewal(dry_run=body.dry_run))


def renew_of_card(session: Session, call: Call, card: str, body: Renewal) -> Renewals:
    """Renew what can be renewed of the loans on a card."""
    reader = sql.reader_of_card(session.connection(), card)
    if reader is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no card {card!r}")
    return _renew_all(session, call, reader.id, body)


def list_loans(session: Session, call: Call, body: LoansAsked) -> LoansPage:
    """List a reader's open loans."""
    return _list(session.connection(), call, number(call, "patron"), body)


def list_own_loans(session: Session, call: Call, body: LoansAsked) -> LoansPage:
    """List one's own open loans."""
    return _list(session.connection(), call, call.the_caller().patron_id, body)


def _renew_one(session: Session, call: Call, loan: sql.OpenLoan, body: Renewal) -> RenewalResult:
    _lock(session.connection(), [loan])
    again = sql.open_loan(session.connection(), loan.id)
    if again is None:
        raise no_such("open loan")
    result = _renewed(session, call, again, body)
    if not result.renewed:
        raise refuse_loan(loan.barcode, result.reasons)
    return result


def _renew_all(session: Session, call: Call, patron: int, body: Renewal) -> Renewals:
    connection = session.connection()
    if sql.reader(connection, patron) is None:
        raise no_such("reader")
    _lock(connection, sql.open_loans_of(connection, patron))
    found = sql.open_loans_of(connection, patron)
    return Renewals(results=tuple(_renewed(session, call, loan, body) for loan in found))


def _lock(connection: Connection, loans: Collection[sql.OpenLoan]) -> None:
    """Take every title, then every item, then the reader: the order in which all units do."""
    for title in sorted({loan.title_id for loan in loans}):
        locks.title(connection, title)
    for item in sorted(loan.item_id for loan in loans):
        locks.item(connection, item)
    for patron in {loan.patron_id for loan in loans}:
        locks.patron(connection, patron)


def _renewed(session: Session, call: Call, loan: sql.OpenLoan, body: Renewal) -> RenewalResult:
    """Renew one locked loan, or say why not."""
    connection = session.connection()
    reader = sql.reader(connection, loan.patron_id)
    if reader is None:
        raise Refused(ProblemType.CONFLICT, "the reader of this loan is gone")
    renewable = _renewable(connection, call, loan, reader)
    who = reader_of(connection, call, reader, loan.site)
    found = against_renewal(renewable, who, call.rules.day(call.now))
    left = left_after(found, body.override)
    if not left:
        _store(session, call, loan, renewable.new_due, found, body.override_reason)
    return RenewalResult(
        loan=loan.id,
        barcode=loan.barcode,
        title=loan.full_title,
        renewed=not left,
        due_on=loan.due_on if left else renewable.new_due,
        reasons=left,
    )


def _renewable(
    connection: Connection, call: Call, loan: sql.OpenLoan, reader: sql.ReaderRow
) -> Renewable:
    rules, today = call.rules, call.rules.day(call.now)
    terms = rules.terms(reader.category, loan.kind, loan.site)
    new_due = loan.due_on
    if reader.expires_on is None or reader.expires_on >= today:
        new_due = rules.due_on(call.now, loan.site, terms, reader.expires_on)
    return Renewable(
        status=ItemStatus(loan.status),
        due_on=loan.due_on,
        new_due=new_due,
        renewals=loan.renewals,
        most_renewals=terms.renewals,
        late_days=_late_days(call, loan),
        grace_days=rules.penalties.grace_days,
        reserved=is_needed(connection, loan.title_id, loan.item_id, reader.id, today),
        lendable=terms.lendable,
        reached=tuple(reached(connection, rules, reader, loan.kind)),
    )


def _store(
    session: Session,
    call: Call,
    loan: sql.OpenLoan,
    new_due: date,
    overridden: tuple[LoanRefusal, ...],
    reason: str,
) -> None:
    row = session.get_one(Loan, loan.id)
    row.due_on, row.renewals = new_due, row.renewals + 1
    session.add(row)
    session.flush()
    detail: dict[str, object] = {"loan": loan.id, "due_on": new_due}
    if overridden:
        detail |= {"overridden": overridden, "reason": reason}
    audit.record(session, call, "renew", f"item:{loan.item_id}", detail)


def _late_days(call: Call, loan: sql.OpenLoan) -> int:
    """Return how late a loan is now; what is said to be returned gets no later."""
    calendar = call.rules.calendar(loan.site)
    until = loan.claimed_returned_on or call.rules.day(call.now)
    return late_days(loan.due_on, counted_day(until, calendar), calendar)


def _list(connection: Connection, call: Call, patron: int, body: LoansAsked) -> LoansPage:
    if sql.reader(connection, patron) is None:
        raise no_such("reader")
    key = key_of(body.cursor, ("", 0))
    found = sql.open_loans_of(connection, patron, _behind(key), body.limit + 1)
    shown, following = page(found, body.limit, lambda loan: (loan.due_on.isoformat(), loan.id))
    return LoansPage(loans=tuple(told(call, loan) for loan in shown), next=following)


def _behind(key: tuple[int | str, ...] | None) -> tuple[date, int] | None:
    if key is None:
        return None
    try:
        return date.fromisoformat(str(key[0])), int(key[1])
    except ValueError as error:
        raise Refused(
            ProblemType.INVALID_REQUEST, "cursor: use the `next` of the page before"
        ) from error


def told(call: Call, loan: sql.OpenLoan) -> LoanInfo:
    """Return an open loan as it travels."""
    return LoanInfo(
        loan=loan.id,
        barcode=loan.barcode,
        title=loan.full_title,
        author=loan.author,
        kind=loan.kind,
        site=loan.site,
        started_at=loan.started_at,
        due_on=loan.due_on,
        renewals=loan.renewals,
        late_days=_late_days(call, loan),
        declared_lost=loan.status == ItemStatus.LOST,
        claimed_returned_on=loan.claimed_returned_on,
    )
