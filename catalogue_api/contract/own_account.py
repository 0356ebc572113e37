"""A reader's own account, and the PIN that opens it."""

from datetime import date
from typing import Annotated

from pydantic import Field

from catalogue_api.contract.endpoint import (
    Endpoint,
    Message,
    Nothing,
    Scope,
)
from catalogue_api.domain.patrons import BlockKind, HistoryKept

__all__ = [
    "ENDPOINTS",
    "SET_OWN_PIN",
    "SHOW_OWN_ACCOUNT",
    "BlockKind",
    "HistoryKept",
    "OwnAccount",
    "OwnPin",
    "PinSet",
]


Pin = Annotated[
    str, Field(pattern=r"^[0-9]{6,12}$", repr=False, json_schema_extra={"format": "password"})
]
"""Six to twelve digits."""


class OwnAccount(Message):
    """A reader's own account; what librarians write down for themselves is not in it.

    `has_pin` is false after signing in with a one-time code, until a PIN is chosen.
    """

    patron: int
    family_name: str
    given_name: str
    email: str
    phone: str
    language: str
    home_site: str | None
    expires_on: date | None
    history: HistoryKept
    has_pin: bool
    open_loans: int
    open_holds: int
    may_borrow_from: date | None = None
    blocked: tuple[BlockKind, ...] = ()
    version: int


class OwnPin(Message):
    """One's new PIN, and the one before; none after signing in with a one-time code."""

    pin: str = Field(
        default="", max_length=128, repr=False, json_schema_extra={"format": "password"}
    )
    new_pin: Pin


class PinSet(Message):
    """The PIN is set; every other session of the reader has ended."""

    patron: int


SHOW_OWN_ACCOUNT = Endpoint(
    "GET", "/v1/me", Nothing, OwnAccount, Scope.OWN, "Show one’s own account"
)
SET_OWN_PIN = Endpoint(
    "PUT",
    "/v1/me/pin",
    OwnPin,
    PinSet,
    Scope.OWN,
    "Choose one’s own PIN",
    example=OwnPin(new_pin="481516"),
)

ENDPOINTS = (SHOW_OWN_ACCOUNT, SET_OWN_PIN)
