"""Readers whom no e-mail tells that a copy is ready: who they are, and that somebody told them."""

from datetime import date

from pydantic import Field

from catalogue_api.contract.endpoint import (
    Cursor,
    Endpoint,
    Message,
    Nothing,
    PageSize,
    Scope,
)
from catalogue_api.contract.holds import HoldInfo
from catalogue_api.domain.holds import ToldHow

__all__ = [
    "ENDPOINTS",
    "LIST_TO_TELL",
    "NOTE_NOT_TOLD",
    "NOTE_TOLD",
    "HoldToTell",
    "ReaderToTell",
    "ReaderTold",
    "ToTell",
    "ToTellPage",
    "ToldHow",
]


class ToTellPage(Message):
    """A page of those who are to be told.

    `without_phone`: only those who cannot be called; `patron`: only this reader.
    """

    cursor: Cursor = ""
    limit: PageSize = 50
    without_phone: bool = False
    patron: int | None = Field(default=None, ge=1, le=2**31 - 1)


class HoldToTell(Message):
    """What is ready for a reader; `expires_on` is its last day on the shelf."""

    hold: int
    full_title: str
    shelf_number: int
    expires_on: date
    version: int


class ReaderToTell(Message):
    """Somebody without e-mail, how to reach them, and what is ready for them at the site."""

    patron: int
    reader: str
    phone: str
    language: str
    holds: tuple[HoldToTell, ...]


class ToTell(Message):
    """Who is to be told, whoever has the least time left first.

    `total` and `without_phone` count the readers of all pages; `next` is "" on the last page.
    """

    readers: tuple[ReaderToTell, ...]
    total: int
    without_phone: int
    next: str


class ReaderTold(Message):
    """How the reader was told."""

    how: ToldHow


LIST_TO_TELL = Endpoint(
    "GET",
    "/v1/sites/{site}/readers-to-tell",
    ToTellPage,
    ToTell,
    Scope.CIRCULATION,
    "List the readers without e-mail who do not know yet that a copy is ready",
)
NOTE_TOLD = Endpoint(
    "PUT",
    "/v1/holds/{hold}/notice",
    ReaderTold,
    HoldInfo,
    Scope.CIRCULATION,
    "Note that the reader was told that the copy is ready",
    match=True,
    example=ReaderTold(how=ToldHow.TELEPHONE),
)
NOTE_NOT_TOLD = Endpoint(
    "DELETE",
    "/v1/holds/{hold}/notice",
    Nothing,
    HoldInfo,
    Scope.CIRCULATION,
    "Take back that the reader was told",
    match=True,
)

ENDPOINTS = (LIST_TO_TELL, NOTE_TOLD, NOTE_NOT_TOLD)
