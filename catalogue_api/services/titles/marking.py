"""Mark items, and count what was read in the library."""

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.marks import ItemMarked, LocalUses, MarkItem
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.marks import Marked, MarkRefusal, decide
from catalogue_api.services import audit
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.holds.hold_copies import (
    forget_leftover,
    item_of,
    let_wait_again,
    locked_item,
)
from catalogue_api.storage import blocks, circulation
from catalogue_api.storage.engine import locks
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.tables import Item, Loan, Title

_WHY = {
    MarkRefusal.ON_LOAN: "it is on loan: return it first",
    MarkRefusal.NOT_ON_LOAN: "it is not on loan",
}


def mark_item(session: Session, call: Call, body: MarkItem) -> ItemMarked:
    """Say what an item is; saying it twice changes nothing the second time."""
    item, loan = _locked(session, call)
    marked = decide(body.mark, ItemStatus(item.status), on_loan=loan is not None)
    if isinstance(marked, MarkRefusal):
        raise Refused(ProblemType.REFUSED_BY_RULE, _WHY[marked], (marked.value,))
    was = item.status
    if marked.status.value == was:
        return _told(session, item, loan)
    acts = acting(session, call)
    waits_again = marked.gone and _put_away(acts, item)
    if loan is not None:
        _change_loan(acts, item, loan, marked)
    if marked.settles:
        blocks.lift_of_item(acts.connection, item.id or 0, acts.by, call.now)
    item.status, item.version = marked.status.value, item.version + 1
    item.withdrawn_at = call.now if marked.status is ItemStatus.WITHDRAWN else None
    session.add(item)
    title_changed(acts.connection, item.title_id)
    detail: dict[str, object] = {"mark": body.mark, "was": was, "remark": body.remark}
    if loan is not None:
        detail |= {"loan": loan.id}
    audit.record(session, call, "item_marked", f"item:{item.id}", detail)
    told = _told(session, item, None if marked.ends_loan else loan)
    changes = {"loan_ended": marked.ends_loan, "hold_waits_again": waits_again}
    return told.model_copy(update=changes)


def count_local_use(session: Session, call: Call, _body: Nothing) -> LocalUses:
    """Count that an item was read in the library; what is on loan was not."""
    item, loan = _locked(session, call)
    if loan is not None:
        why = MarkRefusal.ON_LOAN
        raise Refused(ProblemType.REFUSED_BY_RULE, _WHY[why], (why.value,))
    item.local_uses += 1
    session.add(item)
    return LocalUses(barcode=item.barcode, local_uses=item.local_uses)


def _locked(session: Session, call: Call) -> tuple[Item, Loan | None]:
    """Return item and open loan as they are while nobody else can change them."""
    seen = item_of(session, call.path["barcode"].strip())
    locks.title(session.connection(), seen.title_id)
    item = locked_item(session, seen.id or 0)
    query = select(Loan).where(Loan.item_id == item.id, col(Loan.ended_at).is_(None))
    return item, session.exec(query).first()


def _put_away(acts: Acting, item: Item) -> bool:
    """Stop whatever was to happen with a copy that is not to be had; tell if somebody waits."""
    held = circulation.hold_of_item(acts.connection, item.id or 0) is not None
    let_wait_again(acts, item, item.current_site)
    forget_leftover(acts.session, item.id or 0)
    item.destination = item.sent_at = item.to_shelve_since = None
    return held


def _change_loan(acts: Acting, item: Item, loan: Loan, marked: Marked) -> None:
    number, patron = item.id or 0, loan.patron_id or 0
    if marked.owes and patron:
        blocks.owe(acts.connection, patron, number, acts.today, acts.now, acts.by)
    if marked.claims:
        loan.claimed_returned_on = acts.today
    if marked.unclaims:
        loan.claimed_returned_on = None
    acts.session.add(loan)
    acts.session.flush()
    if marked.ends_loan:
        circulation.end_loan(acts.connection, loan.id or 0, acts.now)


def _told(session: Session, item: Item, loan: Loan | None) -> ItemMarked:
    title = session.get_one(Title, item.title_id)
    return ItemMarked(
        barcode=item.barcode,
        title=f"{title.title}, {title.volume}" if title.volume else title.title,
        status=ItemStatus(item.status),
        loan=loan.id if loan else None,
        patron=loan.patron_id if loan else None,
        due_on=loan.due_on if loan else None,
        version=item.version,
    )
