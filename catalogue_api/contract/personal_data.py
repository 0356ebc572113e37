"""What is kept of a reader beyond today: what they had on loan, and all of it as one document.

At the desk a history goes back only as far as the catalogue keeps it of everybody, also where a
reader has asked to keep their own: that one is for them (docs/personal-data.md).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from catalogue_api.contract.blocks import BlockInfo
from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, Nothing, PageSize, Scope
from catalogue_api.contract.holds import HoldStatus, ToldHow
from catalogue_api.contract.loans import LoanInfo
from catalogue_api.contract.patrons import PatronInfo
from catalogue_api.contract.purchase_suggestions import MySuggestion
from catalogue_api.contract.questions import MyQuestion
from catalogue_api.contract.registrations import Attendance, RegistrationEnd, RegistrationStatus
from catalogue_api.domain.notices import NoticeKind, NoticeReason, NoticeStatus, NoticeWay
from catalogue_api.domain.slot_waiting import WishStatus
from catalogue_api.domain.slots import BookingStatus
from catalogue_api.domain.walk_ins import WalkInStatus

__all__ = [
    "ENDPOINTS",
    "EXPORT_PATRON",
    "FORGET_HISTORY",
    "LIST_ENDED_LOANS",
    "LIST_OWN_ENDED_LOANS",
    "Act",
    "EndedLoan",
    "EndedLoans",
    "EndedLoansAsked",
    "Forgotten",
    "KeptSlot",
    "NoticeKept",
    "PastHold",
    "PastRegistration",
    "PersonalData",
    "QueueNumber",
    "SeatKept",
    "SessionTold",
    "WaitedForSlot",
]


class EndedLoan(Message):
    """A loan that has ended and is still known to be this reader's."""

    loan: int
    barcode: str
    title: str
    author: str
    kind: str
    started_at: datetime
    due_on: date
    ended_at: datetime


class EndedLoansAsked(Message):
    """A page of ended loans."""

    cursor: Cursor
    limit: PageSize


class EndedLoans(Message):
    """Ended loans, the last that ended first; `next` is "" on the last page."""

    loans: tuple[EndedLoan, ...]
    next: str = ""


class Forgotten(Message):
    """So many ended loans, reservations and registrations are the reader's no more."""

    patron: int
    loans: int
    holds: int
    registrations: int = 0


class PastHold(Message):
    """A reservation, open or ended, that is still known to be this reader's.

    `told_at`: when a librarian last told them that a copy was ready.
    """

    hold: int
    title: str
    author: str
    pickup_site: str
    placed_at: datetime
    status: HoldStatus
    ended_at: datetime | None
    told_at: datetime | None = None
    told_how: ToldHow | None = None


class SeatKept(Message):
    """A seat that they had in a session, whether they came, and what their voucher is worth."""

    starts_at: datetime
    number: int | None
    attendance: Attendance
    voucher_cents: int | None


class PastRegistration(Message):
    """A registration, open or ended; `starts_at` is null for a whole series."""

    registration: int
    title: str
    site: str
    starts_at: datetime | None
    status: RegistrationStatus
    made_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None
    ended_for: RegistrationEnd | None
    seats: tuple[SeatKept, ...] = ()


class KeptSlot(Message):
    """A computer that was kept for them, or is; those that are long over are nobody’s any more."""

    slot: int
    site: str
    computer: str
    starts_at: datetime
    ends_at: datetime
    status: BookingStatus


class WaitedForSlot(Message):
    """That they waited for a computer at a site, between two instants."""

    site: str
    from_at: datetime
    until_at: datetime
    status: WishStatus


class QueueNumber(Message):
    """A number that they took in a room with computers, and when."""

    room: str
    number: int
    joined_at: datetime
    status: WalkInStatus


class NoticeKept(Message):
    """Something that they were told, or were to be told; `reason`: why it was not mailed."""

    kind: NoticeKind
    at: datetime
    status: NoticeStatus
    reason: NoticeReason | None
    ended_at: datetime | None


class SessionTold(Message):
    """When a reader signed in, and was last seen; nothing tells from where."""

    signed_in_at: datetime
    seen_at: datetime


class Act(Message):
    """What was done with the account of a reader, and in which role: no name of anybody."""

    at: datetime
    by: str
    action: str
    detail: dict[str, Any]


class PersonalData(Message):
    """All that the catalogue holds of a reader, but the PIN, which is hashed; newest first.

    `calendar_since`: since when others may read their calendar at a secret address, of which only
    a hash is kept. Members of staff stand in it by their role only: who they are is theirs.
    """

    at: datetime
    reader: PatronInfo
    loans: tuple[LoanInfo, ...]
    ended_loans: tuple[EndedLoan, ...]
    holds: tuple[PastHold, ...]
    registrations: tuple[PastRegistration, ...]
    slots: tuple[KeptSlot, ...] = ()
    slots_waited_for: tuple[WaitedForSlot, ...] = ()
    queue_numbers: tuple[QueueNumber, ...] = ()
    notices: tuple[NoticeKept, ...] = ()
    notice_choices: Mapping[NoticeKind, NoticeWay] = {}
    questions: tuple[MyQuestion, ...] = ()
    suggestions: tuple[MySuggestion, ...] = ()
    calendar_since: datetime | None = None
    blocks: tuple[BlockInfo, ...]
    sessions: tuple[SessionTold, ...]
    acts: tuple[Act, ...]


LIST_ENDED_LOANS = Endpoint(
    "GET",
    "/v1/patrons/{patron}/ended-loans",
    EndedLoansAsked,
    EndedLoans,
    Scope.CIRCULATION,
    "List what a reader had on loan in the last months",
)
LIST_OWN_ENDED_LOANS = Endpoint(
    "GET",
    "/v1/me/ended-loans",
    EndedLoansAsked,
    EndedLoans,
    Scope.OWN,
    "List what one had on loan, as far as it is kept",
)
FORGET_HISTORY = Endpoint(
    "DELETE",
    "/v1/patrons/{patron}/history",
    Nothing,
    Forgotten,
    Scope.CIRCULATION,
    "Forget at once what a reader had on loan and reserved, up to yesterday",
)
EXPORT_PATRON = Endpoint(
    "POST",
    "/v1/patrons/{patron}/data-exports",
    Nothing,
    PersonalData,
    Scope.CIRCULATION,
    "Hand out all that is held of a reader (a POST: it is written into the audit log)",
)

ENDPOINTS = (LIST_ENDED_LOANS, LIST_OWN_ENDED_LOANS, FORGET_HISTORY, EXPORT_PATRON)
