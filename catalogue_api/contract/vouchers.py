"""Vouchers that pay for seats: schemes, what was taken for which seat, and what was paid back.

No answer holds a serial number, and none is stored in clear.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from catalogue_api.contract.days import Day
from catalogue_api.contract.endpoint import (
    Cursor,
    Endpoint,
    Keyed,
    Message,
    Nothing,
    PageSize,
    Scope,
    Secret,
)
from catalogue_api.contract.events import RowNumber
from catalogue_api.contract.lines import PLAIN_AND_SOME, SiteCode
from catalogue_api.domain.vouchers import MOST_MINUTES, VoucherRefusal, VoucherStatus

__all__ = [
    "ADD_SCHEME",
    "CHANGE_SCHEME",
    "ENDPOINTS",
    "FIND_VOUCHERS",
    "GIVE_VOUCHER_BACK",
    "LIST_SCHEMES",
    "MOVE_VOUCHERS",
    "TAKE_VOUCHER",
    "FindVouchers",
    "MoveVouchers",
    "Moved",
    "NewScheme",
    "SchemeChange",
    "SchemeInfo",
    "SchemeList",
    "TakeVoucher",
    "VoucherInfo",
    "VoucherPage",
    "VoucherRefusal",
    "VoucherStatus",
]


class SchemeData(Message):
    """A scheme: its name, what a voucher is worth, and the sites that are qualified for it.

    `most_minutes`: how long a session one voucher pays for.
    """

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=PLAIN_AND_SOME)]
    value_cents: Annotated[int, Field(ge=1, le=100_000)]
    most_minutes: Annotated[int, Field(ge=15, le=600)] = MOST_MINUTES
    sites: Annotated[tuple[SiteCode, ...], Field(max_length=100)] = ()


class NewScheme(SchemeData):
    """A scheme that the library takes part in from now on."""


class SchemeChange(SchemeData):
    """What a scheme is to be; `closed`: its vouchers are taken no more."""

    closed: bool = False


class SchemeInfo(SchemeData):
    """A scheme, and how many of its vouchers are where."""

    scheme: int
    closed_at: datetime | None
    received: int = 0
    spent: int = 0
    sent: int = 0
    reimbursed: int = 0
    version: int


class SchemeList(Message):
    """All schemes, by name."""

    schemes: tuple[SchemeInfo, ...]


class TakeVoucher(Message):
    """A voucher for a seat. `valid_until`: the last day that is printed on it."""

    serial: Secret
    valid_until: Day | None = None


class VoucherInfo(Message):
    """A voucher, without its serial number and without whose seat it was."""

    voucher: int
    scheme: int
    scheme_name: str
    value_cents: int
    status: VoucherStatus
    event: int
    session: int
    title: str
    site: str
    starts_at: datetime
    received_at: datetime
    spent_at: datetime | None
    sent_at: datetime | None
    reimbursed_at: datetime | None


class FindVouchers(Message):
    """A page of vouchers, the newest first: of a scheme, and where they are."""

    scheme: RowNumber | None = None
    status: VoucherStatus | None = None
    cursor: Cursor
    limit: PageSize


class VoucherPage(Message):
    """A page of vouchers; `next` is "" on the last page."""

    vouchers: tuple[VoucherInfo, ...]
    next: str = ""


class MoveVouchers(Message):
    """Vouchers that were sent to the scheme, or paid back by it: all of them, or none."""

    vouchers: Annotated[tuple[RowNumber, ...], Field(min_length=1, max_length=1000)]
    status: VoucherStatus


class Moved(Message):
    """So many vouchers were moved on (those that were there already not counted)."""

    moved: int
    value_cents: int


LIST_SCHEMES = Endpoint(
    "GET", "/v1/voucher-schemes", Nothing, SchemeList, Scope.AGENDA, "List schemes of vouchers"
)
ADD_SCHEME = Endpoint(
    "POST",
    "/v1/voucher-schemes",
    NewScheme,
    SchemeInfo,
    Scope.RULES,
    "Add a scheme of vouchers",
    keyed=Keyed.HEADER,
    example=NewScheme(name="Pass numérique", value_cents=1000, sites=("CENTRALE",)),
)
CHANGE_SCHEME = Endpoint(
    "PUT",
    "/v1/voucher-schemes/{scheme}",
    SchemeChange,
    SchemeInfo,
    Scope.RULES,
    "Change a scheme of vouchers",
    match=True,
)
TAKE_VOUCHER = Endpoint(
    "PUT",
    "/v1/event-sessions/{event_session}/voucher/{registration}",
    TakeVoucher,
    VoucherInfo,
    Scope.AGENDA,
    "Take a voucher for somebody’s seat",
)
GIVE_VOUCHER_BACK = Endpoint(
    "DELETE",
    "/v1/event-sessions/{event_session}/voucher/{registration}",
    Nothing,
    VoucherInfo,
    Scope.AGENDA,
    "Give a voucher back that is not spent yet",
)
FIND_VOUCHERS = Endpoint(
    "GET", "/v1/vouchers", FindVouchers, VoucherPage, Scope.AGENDA, "List vouchers"
)
MOVE_VOUCHERS = Endpoint(
    "PUT",
    "/v1/vouchers/status",
    MoveVouchers,
    Moved,
    Scope.AGENDA,
    "Note that vouchers were sent to the scheme, or paid back",
    example=MoveVouchers(vouchers=(1, 2), status=VoucherStatus.SENT),
)

ENDPOINTS = (
    LIST_SCHEMES,
    ADD_SCHEME,
    CHANGE_SCHEME,
    TAKE_VOUCHER,
    GIVE_VOUCHER_BACK,
    FIND_VOUCHERS,
    MOVE_VOUCHERS,
)
