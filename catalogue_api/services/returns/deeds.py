"""What was done with copies at a desk, and taking it back on its day."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.deeds import DeedKind, TakenBack
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.holds import HoldEventKind, HoldStatus
from catalogue_api.domain.undoing import Undoable, UndoRefusal, may_undo
from catalogue_api.services import audit, noticing
from catalogue_api.services.call import Call, name_of
from catalogue_api.services.paths import no_such, number
from catalogue_api.storage import deeds as sql
from catalogue_api.storage import holds, notices
from catalogue_api.storage.deeds import Changed, Standing
from catalogue_api.storage.engine import locks
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.hold_notices import ready_key

_WHY = {
    UndoRefusal.UNDONE_ALREADY: "it was taken back already",
    UndoRefusal.NOT_TODAY: "it can be taken back on its own day only",
    UndoRefusal.MOVED_ON: "the copies were lent, moved or given to a reader since",
}
_AGAIN = {
    HoldStatus.WAITING: HoldEventKind.RELEASED,
    HoldStatus.CAPTURED: HoldEventKind.CAPTURED,
    HoldStatus.READY: HoldEventKind.READY,
}
"""What the history of a reservation says when it is as it was before."""


def standing(session: Session, barcodes: Sequence[str]) -> dict[str, Standing]:
    """Return how copies stand before something is done with them."""
    session.flush()
    return sql.standings(session.connection(), barcodes)


def note_deed(
    session: Session, call: Call, kind: DeedKind, before: Mapping[str, Standing]
) -> int | None:
    """Write down what was done with copies; return its number, None if it changed nothing."""
    after = standing(session, tuple(before))
    changed = tuple(
        Changed(old, after[barcode]) for barcode, old in before.items() if after[barcode] != old
    )
    if not changed:
        return None
    by = name_of(call.the_caller())
    return sql.note(session.connection(), kind.value, by, call.now, changed)


def take_back(session: Session, call: Call, _body: Nothing) -> TakenBack:
    """Let copies stand as before a deed; those with which something was done since stay."""
    connection = session.connection()
    past = sql.deed(connection, number(call, "deed"))
    if past is None:
        raise no_such("deed")
    for title in sorted({copy.before.title for copy in past.copies}):
        locks.title(connection, title)
    now = sql.standings(connection, [copy.after.barcode for copy in past.copies])
    still = [
        copy
        for copy in past.copies
        if now.get(copy.after.barcode) == copy.after and not _is_being_told(connection, copy)
    ]
    undoable = Undoable(
        undone=past.taken_back_at is not None,
        touched=True,
        received_on=call.rules.day(past.at),
        moved_on=not still,
    )
    refusal = may_undo(undoable, call.rules.day(call.now))
    if refusal is not None:
        raise Refused(ProblemType.REFUSED_BY_RULE, _WHY[refusal], (refusal.value,))
    for copy in still:
        _put_back(session, call, copy)
    sql.mark_taken_back(connection, past.id, name_of(call.the_caller()), call.now)
    moved_on = tuple(copy.after.barcode for copy in past.copies if copy not in still)
    return TakenBack(deed=past.id, kind=DeedKind(past.kind), changed=len(still), moved_on=moved_on)


def _put_back(session: Session, call: Call, copy: Changed) -> None:
    connection, before, after = session.connection(), copy.before, copy.after
    sql.put_back(connection, copy)
    if notice := _notice_of(copy):
        noticing.take_back(session, notice)
    hold = before.hold or after.hold
    if hold is not None and before.hold != after.hold:
        status = HoldStatus(before.hold.status) if before.hold else HoldStatus.WAITING
        by = name_of(call.the_caller())
        event = holds.Event(hold.id, before.title, _AGAIN[status], by, {})
        holds.write_down(connection, event, call.now)
    title_changed(connection, before.title)
    audit.record(session, call, "deed_taken_back", f"item:{before.item}")


def _notice_of(copy: Changed) -> str:
    """Return the key of the notice that a deed has laid for the reader of a copy, "" for none."""
    hold = copy.after.hold
    laid = hold is not None and hold != copy.before.hold and hold.ready_at is not None
    return ready_key(hold.id, hold.ready_at) if laid and hold and hold.ready_at else ""


def _is_being_told(connection: Connection, copy: Changed) -> bool:
    """Tell whether a mail to its reader leaves at this moment; one that has left is noted."""
    key = _notice_of(copy)
    return bool(key) and notices.is_in_hand(connection, key)
