"""Reservations on the librarians' side: the copies that were caught, and the shelf."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from catalogue_api.domain.holds import HoldStatus, Scan, shelf_number, shelve
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.storage import circulation as sql
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
    session: Session, site: str, barcode: str, now: datetime, rules: Rulebook
) -> Scanned:
    """Put a caught copy on the shelf of `site`: from now on its hold is ready.

    A copy that is wanted at another site is put in transit instead. Scanning twice changes
    nothing the second time.
    """
    row = sql.item_of_barcode(session.connection(), barcode)
    if row is None:
        return Scanned(Scan.UNKNOWN_BARCODE, barcode)
    loan = sql.newest_loan(session.connection(), row.id)
    caught = sql.hold_of_item(session.connection(), row.id)
    result = shelve(
        site,
        caught.pickup_site if caught else None,
        HoldStatus(caught.status) if caught else None,
        on_loan=loan is not None and loan.ended_at is None,
    )
    if caught is None or result is Scan.ON_LOAN:
        return Scanned(result, barcode, row.full_title)
    hold, item = session.get_one(Hold, caught.id), session.get_one(Item, row.id)
    item.current_site = site
    item.destination = hold.pickup_site if result is Scan.OTHER_SITE else None
    if result is Scan.OTHER_SITE:
        hold.status, hold.expires_on = HoldStatus.CAPTURED.value, None
    elif result is Scan.READY:
        _make_ready(session, hold, now, rules)
    session.add_all((hold, item))
    pickup = session.get_one(Site, hold.pickup_site).name
    return Scanned(result, barcode, row.full_title, pickup, hold.shelf_number, hold.expires_on)


def _make_ready(session: Session, hold: Hold, now: datetime, rules: Rulebook) -> None:
    last, taken = shelf_numbers(session.connection(), hold.pickup_site)
    hold.status, hold.ready_at = HoldStatus.READY.value, now
    hold.expires_on = rules.shelf_until(now)
    hold.shelf_number = shelf_number(last, taken)
