"""An item was returned at a kiosk: load, decide, store, in one transaction, once for each id."""

import json
from hashlib import sha256

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import FACTS, Note, Returned, ReturnItem, Security
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.returns import Caught, Decision, ItemState, Laid, LastLoan, decide
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.call import Call
from catalogue_api.storage import circulation as sql


def return_item(session: Session, call: Call, body: ReturnItem) -> Returned:
    """Take a return in: the same id and fact get the same answer again, whatever is true now."""
    kiosk = call.the_caller()
    connection = session.connection()
    digest = sha256(f"{kiosk.name}\n{body.model_dump_json()}".encode()).hexdigest()
    earlier = sql.return_of_id(connection, str(body.return_id))
    if earlier is not None:
        return _answered_before(earlier, body, digest)
    item = sql.item_of_barcode(connection, body.barcode)
    loan = sql.newest_loan(connection, item.id) if item else None
    # A kiosk whose clock runs ahead does not end a loan tomorrow.
    at = min(body.occurred_at, call.now)
    laid = Laid(kiosk.site, at, call.rules.day(at))
    decision = _decide(connection, call.rules, laid, item, loan)
    answer = _answer(call, body, decision, item)
    if item is not None:
        _store(connection, laid, decision, item, loan)
    sql.record_return(
        connection,
        {
            "return_id": str(body.return_id),
            "kiosk": kiosk.name,
            "barcode": body.barcode,
            "item_id": item.id if item else None,
            "loan_id": loan.id if loan and decision.closes_loan else None,
            "hold_id": decision.hold_id,
            "owner": body.owner,
            "warnings": json.dumps(body.warnings, ensure_ascii=False),
            "occurred_at": body.occurred_at,
            "received_at": call.now,
            "body_hash": digest,
            "outcome": decision.outcome.value,
            "answer": answer.model_dump_json(),
            "bin": None,
            "security": Security.PENDING.value,
        },
    )
    return answer


def _answered_before(earlier: tuple[str, str], body: ReturnItem, digest: str) -> Returned:
    earlier_digest, answer = earlier
    if earlier_digest != digest:
        raise Refused(
            ProblemType.IDEMPOTENCY_CONFLICT,
            f"the return {body.return_id} was reported before with another content",
        )
    return Returned.model_validate_json(answer)


def _decide(
    connection: Connection,
    rules: Rulebook,
    laid: Laid,
    item: sql.ItemRow | None,
    loan: sql.LoanRow | None,
) -> Decision:
    if item is None:
        return decide(laid, None, None, None, ())
    caught = sql.hold_of_item(connection, item.id)
    return decide(
        laid,
        ItemState(ItemStatus(item.status), item.home_site, item.destination is not None),
        _last_loan(loan, rules) if loan else None,
        Caught(caught.id, caught.pickup_site) if caught else None,
        () if caught else sql.waiting_holds(connection, item.title_id),
    )


def _last_loan(loan: sql.LoanRow, rules: Rulebook) -> LastLoan:
    ended_on = rules.day(loan.ended_at) if loan.ended_at else None
    return LastLoan(loan.started_at, loan.due_on, ended_on)


def _store(
    connection: Connection,
    laid: Laid,
    decision: Decision,
    item: sql.ItemRow,
    loan: sql.LoanRow | None,
) -> None:
    if decision.closes_loan and loan is not None:
        sql.end_loan(connection, loan.id, laid.at)
    if decision.hold_id is not None:
        sql.capture(connection, decision.hold_id, item.id, laid.at)
    after = (decision.status.value, laid.site, decision.destination or None)
    if decision.touches_item and after != (item.status, item.current_site, item.destination):
        sql.move_item(connection, item.id, *after)


def _answer(call: Call, body: ReturnItem, decision: Decision, item: sql.ItemRow | None) -> Returned:
    return Returned(
        return_id=body.return_id,
        outcome=decision.outcome,
        notes=tuple(Note(kind=note.kind, on=note.on) for note in decision.notes),
        sort_hint=FACTS[decision.outcome].hint,
        title=item.full_title if item else "",
        author=item.author if item else "",
        shelf_mark=item.shelf_mark if item else "",
        destination=decision.destination,
        kind=item.kind if item else "",
        received_at=call.now,
    )
