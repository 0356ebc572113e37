"""Copies as librarians describe them: taken in, corrected and deleted."""

from sqlmodel import Session, col, select

from catalogue_api.contract.collection import (
    CollectionRefusal,
    Gone,
    ItemData,
    ItemInfo,
    NewItem,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage import circulation as sql
from catalogue_api.storage import deleting
from catalogue_api.storage.engine import locks
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.tables import Item, Patron, Title

_WHY = {
    CollectionRefusal.BARCODE_TAKEN: "another copy has this barcode",
    CollectionRefusal.BARCODE_IS_A_CARD: "a reader's card has this number",
    CollectionRefusal.ON_LOAN: "it is on loan: return it first",
    CollectionRefusal.CAUGHT: "it is kept for a reader: cancel or serve that reservation first",
}


def create_item(session: Session, call: Call, body: NewItem) -> ItemInfo:
    """Take in a copy, under a barcode that neither a copy nor a reader's card has."""
    title = session.get(Title, number(call, "title"))
    if title is None:
        raise no_such("title")
    connection = session.connection()
    require_site(connection, body.home_site)
    if sql.item_of_barcode(connection, body.barcode) is not None:
        raise _refused(CollectionRefusal.BARCODE_TAKEN)
    if session.exec(select(Patron.id).where(col(Patron.card) == body.barcode)).first() is not None:
        raise _refused(CollectionRefusal.BARCODE_IS_A_CARD)
    item = Item(
        title_id=title.id or 0,
        current_site=body.home_site,
        updated_at=call.now,
        taken_in_at=call.now,
        **body.model_dump(mode="json"),
    )
    session.add(item)
    session.flush()
    title_changed(connection, item.title_id)
    audit.record(session, call, "item_created", f"item:{item.id}")
    return _told(session, item)


def show_item(session: Session, call: Call, _body: Nothing) -> ItemInfo:
    """Show a copy with its version, so that it can be edited."""
    return _told(session, _found(session, call))


def update_item(session: Session, call: Call, body: ItemData) -> ItemInfo:
    """Describe a copy anew, as a whole, wherever it is and whatever is said of it."""
    item = _locked(session, call)
    call.require_version(item.version)
    connection = session.connection()
    require_site(connection, body.home_site)
    for name, value in body.model_dump(mode="json").items():
        setattr(item, name, value)
    item.version, item.updated_at = item.version + 1, call.now
    session.add(item)
    session.flush()
    title_changed(connection, item.title_id)
    audit.record(session, call, "item_changed", f"item:{item.id}")
    return _told(session, item)


def delete_item(session: Session, call: Call, _body: Nothing) -> Gone:
    """Delete a copy that was never lent and never served a reservation."""
    item = _locked(session, call)
    call.require_version(item.version)
    item_id, barcode = item.id or 0, item.barcode
    _require_free(session, item)
    session.expunge(item)
    if why := deleting.delete_item(session.connection(), item_id):
        raise Refused(ProblemType.REFUSED_BY_RULE, why, (CollectionRefusal.IN_USE.value,))
    audit.record(session, call, "item_deleted", f"item:{item_id}", {"barcode": barcode})
    return Gone(deleted=barcode)


def _refused(reason: CollectionRefusal) -> Refused:
    return Refused(ProblemType.REFUSED_BY_RULE, _WHY[reason], (reason.value,))


def _found(session: Session, call: Call) -> Item:
    item = session.exec(select(Item).where(col(Item.barcode) == call.path["barcode"])).first()
    if item is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no item {call.path['barcode']!r}")
    return item


def _locked(session: Session, call: Call) -> Item:
    """Return the item of the path, which nobody else can lend or take back until the end."""
    item = _found(session, call)
    locks.item(session.connection(), item.id or 0)
    session.refresh(item)
    return item


def _require_free(session: Session, item: Item) -> None:
    connection, item_id = session.connection(), item.id or 0
    if _is_on_loan(session, item):
        raise _refused(CollectionRefusal.ON_LOAN)
    if sql.hold_of_item(connection, item_id) is not None:
        raise _refused(CollectionRefusal.CAUGHT)


def _is_on_loan(session: Session, item: Item) -> bool:
    loan = sql.newest_loan(session.connection(), item.id or 0)
    return loan is not None and loan.ended_at is None


def _told(session: Session, item: Item) -> ItemInfo:
    title = session.get_one(Title, item.title_id)
    shown = {"title", "title_id", "destination", "on_loan"}
    stored = {name: getattr(item, name) for name in ItemInfo.model_fields if name not in shown}
    return ItemInfo(
        title_id=item.title_id,
        title=f"{title.title}, {title.volume}" if title.volume else title.title,
        destination=item.destination or "",
        on_loan=_is_on_loan(session, item),
        **stored,
    )
