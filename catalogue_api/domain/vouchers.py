"""Vouchers of a scheme, such as the Pass numérique: a cheque of 10 euros is one seat. Pure.

A cheque is taken for a seat, counts as spent once its bearer came, is sent to the scheme, and is
paid back. Its serial number is money: it is kept as a hash and shown nowhere.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_MINUTES = 120
"""What one cheque of the Pass numérique pays for at the most."""


class VoucherStatus(StrEnum):
    """Where a voucher is."""

    RECEIVED = "received"
    """Taken for a seat; given back if the seat is given up."""
    SPENT = "spent"
    SENT = "sent"
    REIMBURSED = "reimbursed"


class VoucherRefusal(StrEnum):
    """Why a voucher is not taken or moved on. Closed."""

    OTHER_SCHEME = "other_scheme"
    """The event takes none, or those of another scheme."""
    SCHEME_CLOSED = "scheme_closed"
    PLACE_NOT_QUALIFIED = "place_not_qualified"
    SESSION_TOO_LONG = "session_too_long"
    EXPIRED = "expired"
    USED_ALREADY = "used_already"
    SEAT_HAS_ONE = "seat_has_one"
    NO_SEAT = "no_seat"
    WRONG_ORDER = "wrong_order"
    """Spent, then sent, then reimbursed: one after the other."""
    SCHEME_KNOWN = "scheme_known"


NEXT = {
    VoucherStatus.SPENT: VoucherStatus.SENT,
    VoucherStatus.SENT: VoucherStatus.REIMBURSED,
}
"""What staff say of a voucher that has been used."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """Who pays: which places are qualified, and how long a session one voucher pays for."""

    id: int
    places: frozenset[str]
    most: timedelta = timedelta(minutes=MOST_MINUTES)
    closed: bool = False


def against(
    scheme: Scheme,
    *,
    accepted: int | None,
    site: str,
    lasts: timedelta,
    day: date,
    valid_until: date | None,
) -> tuple[VoucherRefusal, ...]:
    """Return all that stands against taking a voucher for a seat.

    `accepted`: the scheme whose vouchers the event takes; `valid_until`: the last day that is
    printed on the voucher, None if none is.
    """
    found = (
        (accepted != scheme.id, VoucherRefusal.OTHER_SCHEME),
        (scheme.closed, VoucherRefusal.SCHEME_CLOSED),
        (site not in scheme.places, VoucherRefusal.PLACE_NOT_QUALIFIED),
        (lasts > scheme.most, VoucherRefusal.SESSION_TOO_LONG),
        (valid_until is not None and valid_until < day, VoucherRefusal.EXPIRED),
    )
    return tuple(refusal for is_so, refusal in found if is_so)
