"""All copies of a title as the desk sees them, those that the public does not see too."""

from sqlmodel import Session, col, select

from catalogue_api.contract.copies import CopiesOfTitle, CopyNow, CopyPlace
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.domain.availability import GONE
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import HoldStatus
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.storage.availability import waiting_for
from catalogue_api.storage.copies_now import CopyRow, copies_now
from catalogue_api.storage.tables import Title

_HAS_BIN = frozenset({CopyPlace.CAUGHT, CopyPlace.TO_SEND, CopyPlace.TO_SHELVE})


def list_copies(session: Session, call: Call, _body: Nothing) -> CopiesOfTitle:
    """List the copies of a title, whatever is said of them."""
    title, connection = number(call, "title"), session.connection()
    if session.exec(select(Title.id).where(col(Title.id) == title)).first() is None:
        raise no_such("title")
    return CopiesOfTitle(
        title_id=title,
        copies=tuple(map(_now, copies_now(connection, title))),
        waiting=waiting_for(connection, [title]).get(title, 0),
    )


def _now(row: CopyRow) -> CopyNow:
    place = _place(row)
    in_bin = place in _HAS_BIN
    since = row.lent_at if place is CopyPlace.ON_LOAN else row.received_at if in_bin else None
    return CopyNow(
        barcode=row.barcode,
        status=ItemStatus(row.status),
        place=place,
        home_site=row.home_site,
        current_site=row.current_site,
        destination=row.destination or "",
        shelf_mark=row.shelf_mark,
        category=row.category,
        due_on=row.due_on,
        shelf_number=row.shelf_number,
        kiosk=(row.kiosk or "") if in_bin else "",
        bin=(row.bin or "") if in_bin else "",
        since=row.sent_at if place is CopyPlace.ON_ITS_WAY else since,
    )


def _place(row: CopyRow) -> CopyPlace:
    found = (
        (row.due_on is not None, CopyPlace.ON_LOAN),
        (ItemStatus(row.status) in GONE, CopyPlace.NOWHERE),
        (row.hold_status == HoldStatus.READY.value, CopyPlace.HOLD_SHELF),
        (row.sent_at is not None, CopyPlace.ON_ITS_WAY),
        (row.destination is not None, CopyPlace.TO_SEND),
        (row.hold_status is not None, CopyPlace.CAUGHT),
        (row.to_shelve_since is not None, CopyPlace.TO_SHELVE),
    )
    return next((place for true, place in found if true), CopyPlace.ON_SHELF)
