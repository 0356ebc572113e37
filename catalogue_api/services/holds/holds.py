"""Reservations on the librarians' side: the copies that were caught, and the shelf."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from catalogue_api.contract.deeds import DeedKind
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_shelf import CopyScanned
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import HoldEventKind, HoldStatus, Scan, shelf_number, shelve
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.acting import Acting
from catalogue_api.services.call import Call, name_of
from catalogue_api.services.holds.hold_copies import forget_leftover, locked_item, note, offer
from catalogue_api.services.holds.hold_mails import tell_ready
from catalogue_api.services.returns.deeds import note_deed, standing
from catalogue_api.storage import circulation as sql
from catalogue_api.storage.copies import is_on_loan
from catalogue_api.storage.engine import locks
from catalogue_api.storage.holds import first_waiting
from catalogue_api.storage.shelf import CaughtCopy, caught_copies, shelf_numbers
from catalogue_api.storage.tables import Hold, Item, Site


@dataclass(frozen=True, slots=True)
class Shelving:
    """What there is to put aside at a site: lying here, on its way here, to be sent from here."""

    here: tuple[CaughtCopy, ...]
    coming: tuple[CaughtCopy, ...]
    leaving: tuple[CaughtCopy, ...]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan came to; `pickup` is the name of the site where the copy is wanted."""

    result: Scan
    barcode: str
    title: str = ""
    pickup: str = ""
    shelf_number: int | None = None
    expires_on: date | None = None


def to_shelve(session: Session, site: str) -> Shelving:
    """Return the caught copies that a site has to do with, by bin, oldest first."""
    copies = caught_copies(session.connection(), site)
    return Shelving(
        here=tuple(copy for copy in copies if copy.pickup == site and copy.site == site),
        coming=tuple(copy for copy in copies if copy.pickup == site and copy.site != site),
        leaving=tuple(copy for copy in copies if copy.pickup != site),
    )


def scan_onto_shelf(
    session: Session, site: str, barcode: str, now: datetime, rules: Rulebook, by: str = ""
) -> Scanned:
    """Put a copy on the reservation shelf of `site`: from now on its hold is ready.

    A copy from the shelves that nobody was given yet goes to the first who waits for it. One that
    is wanted at another site is sent there instead. Scanning twice changes nothing the second time.
    """
    row = sql.item_of_barcode(session.connection(), barcode)
    if row is None:
        return Scanned(Scan.UNKNOWN_BARCODE, barcode)
    acting = Acting(session, now, rules, by)
    locks.title(session.connection(), row.title_id)
    item = locked_item(session, row.id)
    on_loan = is_on_loan(session.connection(), row.id)
    if not on_loan:
        forget_leftover(session, row.id)
        _give_from_shelf(acting, item, site)
    caught = sql.hold_of_item(acting.connection, row.id)
    result = shelve(
        site,
        caught.pickup_site if caught else None,
        HoldStatus(caught.status) if caught else None,
        on_loan=on_loan,
    )
    if caught is None or result is Scan.ON_LOAN:
        return Scanned(result, barcode, row.full_title)
    hold = session.get_one(Hold, caught.id, populate_existing=True, with_for_update=True)
    _place(item, site, hold.pickup_site)
    if result is Scan.READY:
        _make_ready(acting, hold)
    elif result is Scan.OTHER_SITE and hold.status == HoldStatus.READY.value:
        hold.status, hold.ready_at, hold.expires_on = HoldStatus.CAPTURED.value, None, None
        hold.version += 1
        note(acting, hold, HoldEventKind.CAPTURED)
    session.add_all((hold, item))
    pickup = session.get_one(Site, hold.pickup_site).name
    return Scanned(result, barcode, row.full_title, pickup, hold.shelf_number, hold.expires_on)


def shelve_copy(session: Session, call: Call, _body: Nothing) -> CopyScanned:
    """Take a scan onto the shelf of the site in the path."""
    site, by = call.path["site"], name_of(call.the_caller())
    if session.get(Site, site) is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such site")
    barcode = call.path["barcode"]
    row = sql.item_of_barcode(session.connection(), barcode)
    if row is not None:
        locks.title(session.connection(), row.title_id)
    before = standing(session, [barcode])
    scanned = scan_onto_shelf(session, site, barcode, call.now, call.rules, by)
    ready = scanned.result is Scan.READY
    shelved = scanned.result in {Scan.READY, Scan.ALREADY_READY}
    return CopyScanned(
        barcode=scanned.barcode,
        result=scanned.result,
        full_title=scanned.title,
        pickup_name=scanned.pickup,
        shelf_number=scanned.shelf_number if shelved else None,
        expires_on=scanned.expires_on,
        deed=note_deed(session, call, DeedKind.MADE_READY, before) if ready else None,
    )


FOUND_AGAIN = {ItemStatus.AVAILABLE.value, ItemStatus.MISSING.value, ItemStatus.LOST.value}
"""A copy in this state that somebody holds in the hand may serve whoever waits."""


def _give_from_shelf(acting: Acting, item: Item, site: str) -> None:
    """Give a copy that was not put aside for anybody to the first who waits for it.

    Who has it in the hand has found it, whatever was thought of it.
    """
    number, connection = item.id or 0, acting.connection
    if item.status not in FOUND_AGAIN or sql.hold_of_item(connection, number) is not None:
        return
    if first_waiting(connection, item.title_id, number, acting.today) is None:
        return
    item.status, item.current_site = ItemStatus.AVAILABLE.value, site
    item.destination, item.sent_at, item.to_shelve_since = None, None, None
    acting.session.add(item)
    offer(acting, item)


def _place(item: Item, site: str, pickup: str) -> None:
    """Say where a copy in the hand is, and where it has to go."""
    item.current_site, item.to_shelve_since = site, None
    item.destination = pickup if pickup != site else None
    item.sent_at = None


def _make_ready(acting: Acting, hold: Hold) -> None:
    locks.site(acting.connection, hold.pickup_site)
    last, taken = shelf_numbers(acting.connection, hold.pickup_site)
    hold.status, hold.ready_at = HoldStatus.READY.value, acting.now
    hold.expires_on = acting.rules.shelf_until(acting.now, hold.pickup_site)
    hold.shelf_number = shelf_number(last, taken)
    hold.version += 1
    acting.session.add(hold)
    detail = {"site": hold.pickup_site, "until": hold.expires_on.isoformat()}
    note(acting, hold, HoldEventKind.READY, **detail)
    tell_ready(acting.session, hold)
