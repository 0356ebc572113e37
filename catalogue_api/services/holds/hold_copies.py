"""Copies and reservations: to whom a copy goes, and what becomes of one that is wanted no more."""

from sqlmodel import Session, select

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.anomalies import AnomalyKind
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import HoldEventKind, HoldStatus, Wish
from catalogue_api.domain.reserving import HoldRefusal
from catalogue_api.services.acting import Acting
from catalogue_api.storage import circulation, holds
from catalogue_api.storage.copies import is_on_loan
from catalogue_api.storage.engine import locks
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.holds import Event, Given
from catalogue_api.storage.tables import Anomaly, Hold, Item, Leftover, Title


def note(acting: Acting, hold: Hold, kind: HoldEventKind, **detail: object) -> None:
    """Write an event into the history of a hold."""
    event = Event(hold.id or 0, hold.title_id, kind, acting.by, detail)
    holds.write_down(acting.connection, event, acting.now)


def refused(*reasons: HoldRefusal) -> Refused:
    """Return the refusal of a reservation, with all its reasons."""
    said = ", ".join(reason.value for reason in reasons)
    return Refused(ProblemType.REFUSED_BY_RULE, said, tuple(reason.value for reason in reasons))


def item_of(session: Session, barcode: str) -> Item:
    """Return the copy with a barcode."""
    found = session.exec(select(Item).where(Item.barcode == barcode)).first()
    if found is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no item {barcode!r}")
    return found


def locked_item(session: Session, number: int) -> Item:
    """Return a copy as it is now; nobody else changes it until the end."""
    locks.item(session.connection(), number)
    return session.get_one(Item, number, populate_existing=True)


def is_free(acting: Acting, item: Item) -> bool:
    """Tell whether a copy can be given to somebody who waits."""
    number, connection = item.id or 0, acting.connection
    return (
        item.status == ItemStatus.AVAILABLE.value
        and not is_on_loan(connection, number)
        and circulation.hold_of_item(connection, number) is None
    )


def offer(acting: Acting, item: Item) -> Wish | None:
    """Give a free copy to the first of the queue that takes it; None if nobody does.

    It lies where it is until a librarian scans it onto the shelf, or sends it where it is wanted.
    """
    number, title = item.id or 0, item.title_id
    while (wish := holds.first_waiting(acting.connection, title, number, acting.today)) is not None:
        if holds.capture(acting.connection, Given(wish.id, title, number), acting.now, acting.by):
            route(item, wish.pickup_site)
            title_changed(acting.connection, title)
            return wish
    return None


def route(item: Item, site: str) -> None:
    """Send a copy to a site; one that is on its way arrives first, and is sent on from there."""
    if item.sent_at is not None:
        return
    item.destination = site if site != item.current_site else None
    item.to_shelve_since = None


def set_free(acting: Acting, item: Item) -> Wish | None:
    """Offer a copy whose hold has just ended to the next at once, or send it back to its shelf."""
    if not is_free(acting, item):
        return None
    wish = offer(acting, item)
    if wish is None:
        kind = acting.session.get_one(Title, item.title_id).kind
        floats = acting.rules.terms(kind=kind, site=item.home_site).floats
        route(item, item.current_site if floats else item.home_site)
        item.to_shelve_since = acting.now
        title_changed(acting.connection, item.title_id)
    acting.session.add(item)
    return wish


def leave_on_shelf(acting: Acting, hold: Hold, why: HoldEventKind) -> None:
    """Note that the copy of a hold that was ready still stands on the shelf."""
    if hold.status == HoldStatus.READY.value and hold.item_id and hold.shelf_number:
        acting.session.merge(
            Leftover(
                item_id=hold.item_id,
                site=hold.pickup_site,
                shelf_number=hold.shelf_number,
                since=acting.now,
                why=why.value,
            )
        )


def forget_leftover(session: Session, item: int) -> None:
    """Note that a copy no longer stands where it was left."""
    left = session.get(Leftover, item)
    if left is not None:
        session.delete(left)


def let_wait_again(acting: Acting, item: Item, site: str) -> None:
    """Take a copy that is nowhere from the hold that it was put aside for; tell librarians."""
    caught = circulation.hold_of_item(acting.connection, item.id or 0)
    if caught is None:
        return
    hold = acting.session.get_one(Hold, caught.id, populate_existing=True, with_for_update=True)
    hold.status, hold.item_id = HoldStatus.WAITING.value, None
    hold.captured_at, hold.ready_at, hold.expires_on = None, None, None
    hold.version += 1
    acting.session.add(hold)
    note(acting, hold, HoldEventKind.RELEASED)
    acting.session.add(
        Anomaly(
            kind=AnomalyKind.HOLD_LOST_COPY.value,
            at=acting.now,
            site=site,
            item_id=item.id,
            barcode=item.barcode,
        )
    )
