"""Finding reservations at a desk: by title, reader, copy or number on the shelf."""

from pydantic import AwareDatetime, Field

from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, PageSize, Scope
from catalogue_api.contract.holds import HoldInfo
from catalogue_api.domain.holds import LAST_SHELF_NUMBER, HoldSought

__all__ = ["ENDPOINTS", "FIND_HOLDS", "FindHolds", "HoldSought", "HoldsFound"]


class FindHolds(Message):
    """What is sought. All `words` are in the title, or all are in what is known of the reader.

    Or they are the barcode of the copy that serves it or is wanted, or the number on the shelf.
    `site` is where it is fetched; `title` is the number of a title. `ready_since`: only what has
    been put on the shelf since then; `shelf_number`: only what stands there under this number.
    """

    words: str = Field(default="", max_length=200)
    site: str = Field(default="", max_length=32)
    title: int | None = Field(default=None, ge=1, le=2**31 - 1)
    state: HoldSought = HoldSought.OPEN
    ready_since: AwareDatetime | None = None
    shelf_number: int | None = Field(default=None, ge=1, le=LAST_SHELF_NUMBER)
    cursor: Cursor
    limit: PageSize


class HoldsFound(Message):
    """Reservations without their position and estimate; `next` is "" on the last page.

    Those that are ready come by the number on the shelf, other open ones the oldest first, those
    that have ended the newest first.
    """

    holds: tuple[HoldInfo, ...]
    next: str


FIND_HOLDS = Endpoint(
    "POST",
    "/v1/hold-searches",
    FindHolds,
    HoldsFound,
    Scope.CIRCULATION,
    "Find reservations (names stay out of addresses, hence a POST; nothing is stored)",
    example=FindHolds.model_validate({"words": "camus", "site": "cachan"}),
)

ENDPOINTS = (FIND_HOLDS,)
