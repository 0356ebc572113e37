"""Copies between sites, and back to their shelves."""

from datetime import datetime
from typing import Any

from pydantic import Field

from catalogue_api.contract.endpoint import Cursor, Endpoint, Keyed, Message, PageSize, Scope
from catalogue_api.contract.returns import Barcode


class Move(Message):
    """Send a copy to a site; "" calls it back: it stays where it is."""

    to: str = Field(max_length=32)


class Sent(Message):
    """These copies were laid into the crate for their destination."""

    barcodes: tuple[Barcode, ...] = Field(min_length=1, max_length=500)


class Shelved(Message):
    """These copies are back on their shelf at `site`; or all that lay in a bin of a kiosk."""

    site: str = Field(default="", max_length=32)
    barcodes: tuple[Barcode, ...] = Field(default=(), max_length=500)
    kiosk: str = Field(default="", max_length=64)
    bin: str = Field(default="", max_length=32)


class Counted(Message):
    """How many copies this changed; `unknown` are barcodes that it did not change.

    `deed` is what may be taken back; null: nothing was changed.
    """

    changed: int
    unknown: tuple[str, ...] = ()
    deed: int | None = None


class FindTransfers(Message):
    """Copies that leave or reach a site."""

    site: str = Field(default="", max_length=32)
    cursor: Cursor = ""
    limit: PageSize = 50


class Transfer(Message):
    """A copy that has to travel; on its way since `sent_at`, None while it lies at `from_site`."""

    barcode: str
    title: str
    shelf_mark: str
    from_site: str
    to_site: str
    sent_at: datetime | None
    for_reservation: bool


class Transfers(Message):
    """A page of them; `next` is "" on the last one."""

    transfers: tuple[Transfer, ...]
    next: str


MOVE_ITEM = Endpoint(
    "PUT",
    "/v1/items/{barcode}/destination",
    Move,
    Transfer,
    Scope.CIRCULATION,
    "Send a copy to another site",
)
SEND_ITEMS = Endpoint(
    "POST",
    "/v1/transfers/sent",
    Sent,
    Counted,
    Scope.CIRCULATION,
    "Note that copies have left",
    keyed=Keyed.HEADER,
)
FIND_TRANSFERS = Endpoint(
    "GET", "/v1/transfers", FindTransfers, Transfers, Scope.CIRCULATION, "List copies that travel"
)
SHELVE_ITEMS = Endpoint(
    "POST",
    "/v1/shelved",
    Shelved,
    Counted,
    Scope.CIRCULATION,
    "Note that copies are back on their shelf",
    keyed=Keyed.HEADER,
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (MOVE_ITEM, SEND_ITEMS, FIND_TRANSFERS, SHELVE_ITEMS)
