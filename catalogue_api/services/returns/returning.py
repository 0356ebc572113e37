"""An item was returned: load, decide, store, in one transaction, once for each identifier."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import Note, Returned, ReturnItem, Security
from catalogue_api.domain.anomalies import AnomalyKind
from catalogue_api.domain.collection import SEARCHED, ItemStatus
from catalogue_api.domain.holds import Wish
from catalogue_api.domain.lateness import counted_day
from catalogue_api.domain.outcomes import SECOND_TAG
from catalogue_api.domain.returns import (
    SERVES_NO_HOLD,
    Decision,
    ItemState,
    Laid,
    LastLoan,
    Wanted,
    decide,
)
from catalogue_api.services.call import Call, Caller, name_of
from catalogue_api.services.loans.suspending import suspend, suspended_until
from catalogue_api.storage import blocks, holds
from catalogue_api.storage import circulation as sql
from catalogue_api.storage import returns as stored
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.engine.errors import StorageUnavailable
from catalogue_api.storage.engine.unit import connection_of

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A kiosk whose clock is ahead by more is reported; the return counts as of now."""


@dataclass(frozen=True, slots=True)
class Report:
    """Who says that something was returned, and where: a kiosk, or a librarian at a desk.

    `said` is the whole request: the same identifier with another one is refused.
    """

    site: str
    said: str
    kiosk: str | None = None
    staff: str = ""

    @property
    def digest(self) -> str:
        """What is kept of the request, to know it again."""
        who = self.kiosk or f"staff:{self.staff}"
        return sha256(f"{who}\n{self.said}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Known:
    """What the catalogue knows of what was laid down."""

    item: sql.ItemRow | None = None
    loan: sql.LoanRow | None = None
    caught: sql.HoldRow | None = None
    first: Wish | None = None


def return_item(session: Session, call: Call, body: ReturnItem) -> Returned:
    """Take a kiosk's return in."""
    caller = call.the_caller()
    return take_in(connection_of(session), call, body, at_kiosk(caller, body))


def at_kiosk(caller: Caller, body: ReturnItem) -> Report:
    """Return the report of a kiosk."""
    # What older kiosks do not know of yet must not make another request of theirs.
    silent = {"dry_run"} if body.parts_check else {"dry_run", "parts_check"}
    return Report(caller.site, body.model_dump_json(exclude=silent), kiosk=caller.name)


def take_in(connection: Connection, call: Call, body: ReturnItem, report: Report) -> Returned:
    """Take a return in: the same id and fact get the same answer again, whatever is true now."""
    digest = report.digest
    earlier = stored.return_of_id(connection, str(body.return_id))
    if earlier is not None:
        return _answered_before(earlier, body, digest)
    # A clock that runs ahead does not end a loan tomorrow.
    at = min(body.occurred_at, call.now)
    day = counted_day(call.rules.day(at), call.rules.calendar(report.site))
    second_tag = SECOND_TAG in body.warnings
    laid = Laid(report.site, at, day, body.missing, second_tag, body.parts_check)
    known = _known(connection, body.barcode, day)
    decision = _decide(call, laid, known)
    answer = _answer(call, body, decision, known.item)
    before = _store(connection, call, laid, decision, known, body)
    stored.record_return(
        connection,
        {
            "return_id": str(body.return_id),
            "kiosk": report.kiosk,
            "staff": report.staff,
            "site": report.site,
            "barcode": body.barcode,
            "item_id": known.item.id if known.item else None,
            "loan_id": known.loan.id if known.loan and decision.closes_loan else None,
            "hold_id": decision.hold_id,
            "owner": body.owner,
            "warnings": json.dumps(body.warnings, ensure_ascii=False) if body.warnings else "[]",
            "occurred_at": body.occurred_at,
            "received_at": call.now,
            "body_hash": digest,
            "outcome": decision.outcome.value,
            "answer": answer.model_dump_json(),
            "before": before,
            "security": Security.PENDING.value,
            "parts_check": body.parts_check.value,
        },
    )
    _report_anomalies(connection, call, body, report, decision, known)
    return answer


def _answered_before(earlier: tuple[str, str], body: ReturnItem, digest: str) -> Returned:
    earlier_digest, answer = earlier
    if earlier_digest != digest:
        raise Refused(
            ProblemType.IDEMPOTENCY_CONFLICT,
            f"the return {body.return_id} was reported before with another content",
        )
    return Returned.model_validate_json(answer)


def _known(connection: Connection, barcode: str, today: date) -> _Known:
    sql.lock_wanted_title(connection, barcode)
    item = sql.item_of_barcode(connection, barcode, lock=True)
    if item is None:
        return _Known()
    loan = sql.newest_loan(connection, item.id)
    caught = sql.hold_of_item(connection, item.id)
    first = None
    if caught is None and ItemStatus(item.status) not in SERVES_NO_HOLD:
        first = holds.first_waiting(connection, item.title_id, item.id, today)
    return _Known(item, loan, caught, first)


def _decide(call: Call, laid: Laid, known: _Known) -> Decision:
    item, loan = known.item, known.loan
    if item is None:
        return decide(laid, None, None, None, None)
    state = ItemState(
        ItemStatus(item.status),
        item.home_site,
        item.destination or "",
        sent=item.sent_at is not None,
        floats=call.rules.terms(kind=item.kind, site=item.home_site).floats,
        contents=item.contents,
    )
    last = None
    if loan is not None:
        ended_on = call.rules.day(loan.ended_at) if loan.ended_at else None
        until = None if loan.ended_at else suspended_until(call.rules, loan, laid.day)
        last = LastLoan(loan.started_at, loan.due_on, ended_on, until)
    return decide(laid, state, last, _wanted(known.caught), _wanted(known.first))


def _wanted(hold: sql.HoldRow | Wish | None) -> Wanted | None:
    return Wanted(hold.id, hold.pickup_site) if hold else None


def _store(
    connection: Connection,
    call: Call,
    laid: Laid,
    decision: Decision,
    known: _Known,
    body: ReturnItem,
) -> str:
    """Carry the decision out; return what it changed, as JSON, for whoever undoes it."""
    item, loan = known.item, known.loan
    if item is None or not decision.touches_item:
        return ""
    if decision.closes_loan and loan is not None:
        sql.end_loan(connection, loan.id, laid.at)
        until = suspended_until(call.rules, loan, laid.day)
        if until is not None:
            suspend(connection, loan, str(body.return_id), laid.day, until, call.now)
    if item.status in SEARCHED:
        blocks.lift_of_item(connection, item.id, name_of(call.the_caller()), call.now)
    if decision.hold_id is not None:
        given = holds.Given(decision.hold_id, item.title_id, item.id)
        if not holds.capture(connection, given, laid.at, name_of(call.the_caller())):
            raise StorageUnavailable("the reservation changed at the same moment")
        title_changed(connection, item.title_id)
    now = sql.Whereabouts(
        decision.status.value,
        laid.site,
        decision.destination or None,
        to_shelve_since=laid.at if decision.to_shelve else None,
    )
    sql.move_item(connection, item.id, now, local_use=decision.local_use)
    was = sql.Whereabouts(
        item.status, item.current_site, item.destination, item.sent_at, item.to_shelve_since
    )
    caught = known.caught.status if known.caught else ""
    return json.dumps({"item": was.as_json(), "hold": caught})


def _report_anomalies(
    connection: Connection,
    call: Call,
    body: ReturnItem,
    report: Report,
    decision: Decision,
    known: _Known,
) -> None:
    kinds = decision.anomalies
    if body.occurred_at > call.now + CLOCK_TOLERANCE:
        kinds = (*kinds, AnomalyKind.CLOCK_WRONG)
    for kind in kinds:
        stored.add_anomaly(
            connection,
            stored.AnomalyRow(
                kind,
                call.now,
                report.site,
                report.kiosk,
                str(body.return_id),
                known.item.id if known.item else None,
                body.barcode,
                json.dumps({"missing": body.missing}) if body.missing else "{}",
            ),
        )


def _answer(call: Call, body: ReturnItem, decision: Decision, item: sql.ItemRow | None) -> Returned:
    return Returned(
        return_id=body.return_id,
        outcome=decision.outcome,
        notes=tuple(Note(kind=note.kind, on=note.on, text=note.text) for note in decision.notes),
        sort_hint=decision.hint,
        title=item.full_title if item else "",
        author=item.author if item else "",
        shelf_mark=item.shelf_mark if item else "",
        destination=decision.destination,
        kind=item.kind if item else "",
        received_at=call.now,
    )
