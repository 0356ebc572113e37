"""Past returns: look them up, and take one back on its own day."""

import json
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.past_returns import FindReturns, PastReturn, PastReturns, Undone
from catalogue_api.contract.receipts import NoReceiptNumber, read_receipt_number
from catalogue_api.contract.returns import Outcome, PartsCheck, Security
from catalogue_api.domain.collection import SEARCHED
from catalogue_api.domain.holds import HoldEventKind, HoldStatus
from catalogue_api.domain.undoing import Undoable, UndoRefusal, may_undo
from catalogue_api.services.call import Call, name_of
from catalogue_api.services.pages import Key, key_of, page
from catalogue_api.storage import blocks, holds
from catalogue_api.storage import circulation as sql
from catalogue_api.storage import past_returns as past
from catalogue_api.storage.blocks import lift_suspension
from catalogue_api.storage.engine.changes import title_changed

_WHY = {
    UndoRefusal.UNDONE_ALREADY: "it was taken back already",
    UndoRefusal.CHANGED_NOTHING: "it changed nothing",
    UndoRefusal.NOT_TODAY: "a return can be taken back on its own day only",
    UndoRefusal.MOVED_ON: "the item was lent, moved or given to a reader since",
}


def undo_return(session: Session, call: Call, _body: Nothing) -> Undone:
    """Make a return not have happened: loan, reservation, place and suspension are as before."""
    connection, return_id = session.connection(), _identifier(call.path["return_id"])
    found = past.return_to_undo(connection, return_id)
    if found is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no return {return_id}")
    item = sql.item_of_barcode(connection, found.barcode, lock=True)
    undoable = Undoable(
        undone=found.undone_at is not None,
        touched=bool(found.before),
        received_on=call.rules.day(found.received_at),
        moved_on=item is None or _moved_on(connection, found, item),
    )
    refusal = may_undo(undoable, call.rules.day(call.now))
    if refusal is not None:
        raise Refused(ProblemType.REFUSED_BY_RULE, _WHY[refusal], (refusal.value,))
    if item is not None:
        _restore(connection, call, found, item)
    past.mark_undone(connection, return_id, call.the_caller().name, call.now)
    return Undone(return_id=UUID(return_id), undone_at=call.now)


def _moved_on(connection: Connection, found: past.Undoing, item: sql.ItemRow) -> bool:
    """Whether anything happened to the item since this return."""
    if past.newest_return_of_item(connection, item.id) != found.return_id:
        return True
    loan = sql.newest_loan(connection, item.id)
    if loan is not None and loan.ended_at is None:
        return True
    if found.loan_id is not None and (loan is None or loan.id != found.loan_id):
        return True
    caught = sql.hold_of_item(connection, item.id)
    if caught is not None and caught.status == HoldStatus.READY.value:
        return True
    return (caught.id if caught else None) != found.hold_id or item.sent_at is not None


def _restore(connection: Connection, call: Call, found: past.Undoing, item: sql.ItemRow) -> None:
    before = json.loads(found.before)
    if found.loan_id is not None:
        past.reopen_loan(connection, found.loan_id)
    if found.hold_id is not None and not before["hold"]:
        past.release_hold(connection, found.hold_id)
        by = name_of(call.the_caller())
        event = holds.Event(found.hold_id, item.title_id, HoldEventKind.RELEASED, by, {})
        holds.write_down(connection, event, call.now)
        title_changed(connection, item.title_id)
    sql.move_item(connection, item.id, sql.Whereabouts.of_json(before["item"]))
    lift_suspension(connection, found.return_id, call.the_caller().name, call.now)
    if before["item"]["status"] in SEARCHED:
        blocks.owe_again(connection, item.id, found.received_at)


def _identifier(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise Refused(ProblemType.NOT_FOUND, "this is no return's identifier") from error


def find_returns(session: Session, _call: Call, body: FindReturns) -> PastReturns:
    """Return past returns, newest first."""
    key = key_of(body.cursor, ("", ""))
    wanted = past.Wanted(
        body.kiosk,
        body.site,
        body.barcode,
        _receipt(body.receipt),
        body.since,
        body.until,
        body.laid_since,
        body.laid_until,
    )
    rows = past.find_returns(session.connection(), wanted, _behind(key), body.limit + 1)
    shown, cursor = page(rows, body.limit, _key)
    return PastReturns(returns=tuple(map(_shown, shown)), next=cursor)


def _receipt(typed: str) -> str:
    try:
        return read_receipt_number(typed) if typed else ""
    except NoReceiptNumber as error:
        raise Refused(ProblemType.INVALID_REQUEST, f"receipt: {error}") from error


def _key(row: past.PastReturnRow) -> Key:
    return row.received_at.isoformat(), row.return_id


def _behind(key: Key | None) -> tuple[datetime, str] | None:
    if key is None:
        return None
    try:
        return datetime.fromisoformat(str(key[0])).astimezone(UTC), str(key[1])
    except (ValueError, OverflowError) as error:
        raise Refused(ProblemType.INVALID_REQUEST, "cursor: use a `next` that you got") from error


def _shown(row: past.PastReturnRow) -> PastReturn:
    title = f"{row.title}, {row.volume}" if row.volume else row.title or ""
    return PastReturn(
        return_id=UUID(row.return_id),
        site=row.site,
        kiosk=row.kiosk or "",
        staff=row.staff,
        barcode=row.barcode,
        outcome=Outcome(row.outcome),
        title=title,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        bin=row.bin,
        receipt=row.receipt or "",
        security=Security(row.security),
        parts_check=PartsCheck(row.parts_check),
        undone_at=row.undone_at,
        undone_by=row.undone_by,
    )
