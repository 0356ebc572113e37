"""Copies between sites, and back on their shelves."""

from collections.abc import Sequence

from sqlmodel import Session

from catalogue_api.contract.deeds import DeedKind
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.transfers import (
    Counted,
    FindTransfers,
    Move,
    Sent,
    Shelved,
    Transfer,
    Transfers,
)
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.returns.deeds import note_deed, standing
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage import circulation as sql
from catalogue_api.storage import transfers


def move_item(session: Session, call: Call, body: Move) -> Transfer:
    """Give a copy a site to travel to; what serves a reservation travels to its reader only."""
    connection, barcode = session.connection(), call.path["barcode"]
    item = sql.item_of_barcode(connection, barcode, lock=True)
    if item is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no item {barcode!r}")
    if body.to:
        require_site(connection, body.to)
    loan = sql.newest_loan(connection, item.id)
    if loan is not None and loan.ended_at is None:
        raise Refused(ProblemType.REFUSED_BY_RULE, "it is on loan: return it first", ("on_loan",))
    if sql.hold_of_item(connection, item.id) is not None:
        detail = "it is kept for a reader: change the place of that reservation instead"
        raise Refused(ProblemType.REFUSED_BY_RULE, detail, ("caught",))
    goal = body.to if body.to != item.current_site else ""
    transfers.set_destination(connection, item.id, goal or None)
    audit.record(session, call, "item_moved", f"item:{item.id}", {"to": goal})
    found = transfers.transfer_of(connection, item.id)
    return _shown(found)


def send_items(session: Session, call: Call, body: Sent) -> Counted:
    """Note that copies have left for where they have to go."""
    connection, before = session.connection(), standing(session, body.barcodes)
    sent = transfers.mark_sent(connection, body.barcodes, call.now)
    for copy in sent:
        audit.record(session, call, "item_sent", f"item:{copy.id}", {"to": copy.destination})
    left = {copy.barcode for copy in sent}
    unknown = tuple(code for code in dict.fromkeys(body.barcodes) if code not in left)
    deed = note_deed(session, call, DeedKind.SENT, before)
    return Counted(changed=len(sent), unknown=unknown, deed=deed)


def find_transfers(session: Session, call: Call, body: FindTransfers) -> Transfers:
    """Return the copies that leave or reach a site, by barcode."""
    connection, site = session.connection(), body.site or call.the_site()
    key = key_of(body.cursor, ("",))
    behind = str(key[0]) if key else ""
    rows = transfers.find_transfers(connection, site, behind, body.limit + 1)
    shown, cursor = page(rows, body.limit, lambda row: (row.barcode,))
    return Transfers(transfers=tuple(map(_shown, shown)), next=cursor)


def shelve_items(session: Session, call: Call, body: Shelved) -> Counted:
    """Note that copies are back on their shelf: from now on they are available.

    Named by their barcodes, or all at once that a bin of a kiosk held.
    """
    connection, site = session.connection(), body.site or call.the_site()
    if bool(body.barcodes) == bool(body.kiosk):
        raise Refused(ProblemType.INVALID_REQUEST, "name barcodes, or a kiosk and its bin")
    barcodes: Sequence[str] = body.barcodes
    if body.kiosk:
        site, barcodes = "", transfers.copies_in_bin(connection, body.kiosk, body.bin)
    before = standing(session, barcodes)
    shelved = transfers.shelve(connection, site, barcodes)
    unknown = tuple(code for code in dict.fromkeys(body.barcodes) if code not in shelved)
    deed = note_deed(session, call, DeedKind.SHELVED, before)
    return Counted(changed=len(shelved), unknown=unknown, deed=deed)


def _shown(row: transfers.TransferRow) -> Transfer:
    return Transfer(
        barcode=row.barcode,
        title=f"{row.title}, {row.volume}" if row.volume else row.title,
        shelf_mark=row.shelf_mark,
        from_site=row.current_site,
        to_site=row.destination or row.current_site,
        sent_at=row.sent_at,
        for_reservation=row.hold_id is not None,
    )
