"""What readers are told of their slots; nothing that is theirs changes in silence."""

from datetime import timedelta

from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.slots import Slot
from catalogue_api.services.acting import Acting
from catalogue_api.services.noticing import notify, take_back
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.seats import SeatRow

_REMINDED_BEFORE = timedelta(hours=3)
_WORTH_REMINDING = timedelta(days=1)


def booked(by: Acting, row: BookingRow, place: SeatRow) -> None:
    """Confirm a slot, and remind of one that is further away than a day."""
    _tell(by, NoticeKind.SLOT_BOOKED, row, place)
    _remind(by, row, place)


def moved(by: Acting, row: BookingRow, place: SeatRow, was: Slot) -> None:
    """Tell that a slot is at another time or computer now."""
    _tell(by, NoticeKind.SLOT_MOVED, row, place, {"was_starts_at": was.starts.isoformat()})
    _remind(by, row, place)


def cancelled(by: Acting, row: BookingRow, place: SeatRow) -> None:
    """Tell that a slot is not theirs any more."""
    forget(by, row)
    _tell(by, NoticeKind.SLOT_CANCELLED, row, place)


def offered(by: Acting, row: BookingRow, place: SeatRow) -> None:
    """Offer a slot to who has waited for one."""
    until = row.offered_until or row.slot.starts
    _tell(by, NoticeKind.SLOT_OFFERED, row, place, {"until": until.isoformat()})


def forget(by: Acting, row: BookingRow) -> None:
    """Let what was said of a slot, and not sent yet, be forgotten."""
    for kind in (NoticeKind.SLOT_BOOKED, NoticeKind.SLOT_SOON):
        for version in range(1, row.version + 1):
            take_back(by.session, _key(kind, row, version))


def _remind(by: Acting, row: BookingRow, place: SeatRow) -> None:
    for version in range(1, row.version):
        take_back(by.session, _key(NoticeKind.SLOT_SOON, row, version))
    if row.patron is None or row.slot.starts - by.now < _WORTH_REMINDING:
        return
    at = row.slot.starts - _REMINDED_BEFORE
    about, key = _about(row, place), _key(NoticeKind.SLOT_SOON, row, row.version)
    notify(by.session, NoticeKind.SLOT_SOON, row.patron, about, at, key=key)


def _tell(
    by: Acting,
    kind: NoticeKind,
    row: BookingRow,
    place: SeatRow,
    more: dict[str, str] | None = None,
) -> None:
    if row.patron is None or row.slot.starts <= by.now:
        return
    about = _about(row, place) | (more or {})
    notify(by.session, kind, row.patron, about, by.now, key=_key(kind, row, row.version))


def _key(kind: NoticeKind, row: BookingRow, version: int) -> str:
    return f"slot:{row.id}:{kind.value}:{version}"


def _about(row: BookingRow, place: SeatRow) -> dict[str, str]:
    return {
        "slot": str(row.id),
        "site": place.site,
        "room": place.room_name,
        "computer": place.name,
        "starts_at": row.slot.starts.isoformat(),
        "ends_at": row.slot.ends.isoformat(),
    }
