"""The delta feed: what kiosks must know of items to answer while the catalogue is away.

A kiosk begins with an empty cursor, which gives every item there is, and goes on with `next` as
long as `more` says so, then now and then. It names no reader.
"""

from typing import Any

from pydantic import Field

from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, Scope


class ReadChanges(Message):
    """Go on behind `after` ("": from the beginning), with about `limit` items."""

    after: Cursor = ""
    limit: int = Field(default=500, ge=1, le=2000)


class ItemChange(Message):
    """An item as it is now, or `gone`.

    `wanted_at` is the pickup site of the first reservation that it could serve, "" if nobody
    waits; `contents` are its parts in words, `parts_count` their number.
    """

    barcode: str
    gone: bool = False
    title: str = ""
    home_site: str = ""
    wanted_at: str = ""
    parts_count: int = 1
    contents: str = ""


class Changes(Message):
    """Items that changed, some perhaps twice; `next` is where to go on, at once if `more`."""

    items: tuple[ItemChange, ...]
    next: str
    more: bool


READ_CHANGES = Endpoint(
    "GET", "/v1/changes", ReadChanges, Changes, Scope.FEED, "Read what changed for kiosks"
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (READ_CHANGES,)
