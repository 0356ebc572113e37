"""Finding reservations at a desk: by title, reader, copy or number on the shelf."""

from pydantic import Field

from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, PageSize, Scope
from catalogue_api.contract.holds import HoldInfo
from catalogue_api.domain.holds import HoldSought

__all__ = ["ENDPOINTS", "FIND_HOLDS", "FindHolds", "HoldSought", "HoldsFound"]


class FindHolds(Message):
    """What is sought. All `words` are in the title, or all are in what is known of the reader.

    Or they are the barcode of the copy that serves it or is wanted, or the number on the shelf.
    `site` is where it is fetched; `title` is the number of a title.
    """

    words: str = Field(default="", max_length=200)
    site: str = Field(default="", max_length=32)
    title: int | None = Field(default=None, ge=1, le=2**31 - 1)
    state: HoldSought = HoldSought.OPEN
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
