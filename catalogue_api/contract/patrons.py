"""Readers at the desk, their cards, and the codes with which they choose a PIN.

A reader stands in paths by number: the number of the card never does, because paths are logged.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from catalogue_api.contract.blocks import BlockInfo
from catalogue_api.contract.days import Day
from catalogue_api.contract.endpoint import (
    Cursor,
    Endpoint,
    Keyed,
    Message,
    Nothing,
    PageSize,
    Scope,
)
from catalogue_api.contract.lines import PLAIN, Line
from catalogue_api.contract.loans import Card
from catalogue_api.domain.patrons import BlockKind, HistoryKept, PatronRefusal

__all__ = [
    "DELETE_PATRON",
    "EDIT_PATRON",
    "ENDPOINTS",
    "FIND_PATRONS",
    "REGISTER_PATRON",
    "RENEW_CARD",
    "REPLACE_CARD",
    "RESET_PIN",
    "SHOW_PATRON",
    "BlockKind",
    "CardRenewal",
    "CardReplacement",
    "Deleted",
    "FindPatrons",
    "HistoryKept",
    "NewPatron",
    "OneTimeCode",
    "PatronData",
    "PatronInfo",
    "PatronRefusal",
    "PatronsPage",
]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=PLAIN, strip_whitespace=True)
]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
Category = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")]


class PatronData(Message):
    """What librarians write about a reader; `expires_on` is the last day of the card.

    `keeps_history`: the reader has asked that ended loans stay in their account.
    """

    card: Card
    family_name: Name
    given_name: Line = ""
    birth_year: int | None = Field(default=None, ge=1880, le=2200)
    category: Category = "adult"
    email: Line = ""
    phone: Line = ""
    language: str = Field(default="fr", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    home_site: str | None = Field(default=None, max_length=32)
    expires_on: Day | None = None
    keeps_history: bool = False
    note: Note = ""


class NewPatron(PatronData):
    """A reader to be registered.

    `unless_known`: refuse if somebody of that name is registered already who may be the same.
    """

    unless_known: bool = False


class PatronInfo(Message):
    """A reader as the desk sees them, with whatever an import has brought; blocks in force.

    `email_fails`: a mail server would not take mail to their address.
    `forgets_history`: they have chosen to be taken from what ended in the night after.
    """

    patron: int
    card: str
    family_name: str
    given_name: str
    birth_year: int | None
    category: str
    email: str
    phone: str
    language: str
    home_site: str | None
    expires_on: date | None
    keeps_history: bool
    note: str
    created_at: datetime | None
    open_loans: int
    open_holds: int
    has_pin: bool
    email_fails: bool = False
    forgets_history: bool = False
    deletion_asked_on: date | None = None
    blocks: tuple[BlockInfo, ...] = ()
    version: int


class FindPatrons(Message):
    """Words, each of which is a part of the name, the card, the e-mail or the phone number."""

    words: str = Field(min_length=2, max_length=200)
    cursor: Cursor
    limit: PageSize


class PatronLine(Message):
    """A reader in a list."""

    patron: int
    card: str
    family_name: str
    given_name: str
    birth_year: int | None
    category: str
    expires_on: date | None


class PatronsPage(Message):
    """Readers by name; `next` is the cursor of the next page, "" at the end."""

    patrons: tuple[PatronLine, ...]
    next: str = ""


class CardRenewal(Message):
    """The new last day of a card; by default a year from its end, or from today if it is past."""

    expires_on: Day | None = None


class CardReplacement(Message):
    """The number of the card that takes the place of the one before."""

    card: Card


class OneTimeCode(Message):
    """Digits with which the reader signs in once, until a day, to choose a PIN of their own.

    `version` is the reader’s from now on: the same call sent twice makes no second code.
    """

    code: str = Field(repr=False)
    until: date
    version: int


class Deleted(Message):
    """The reader is gone; so many ended loans and reservations stay without their name."""

    patron: int
    loans: int
    holds: int


REGISTER_PATRON = Endpoint(
    "POST",
    "/v1/patrons",
    NewPatron,
    PatronInfo,
    Scope.CIRCULATION,
    "Register a reader",
    keyed=Keyed.HEADER,
    example=NewPatron(
        card="29416000000017",
        family_name="Dupont",
        given_name="Camille",
        birth_year=1987,
        expires_on=date(2027, 11, 30),
    ),
)
FIND_PATRONS = Endpoint(
    "POST",
    "/v1/patron-searches",
    FindPatrons,
    PatronsPage,
    Scope.CIRCULATION,
    "Find readers (names stay out of addresses, hence a POST; nothing is stored)",
    example=FindPatrons.model_validate({"words": "dupont cam"}),
)
SHOW_PATRON = Endpoint(
    "GET", "/v1/patrons/{patron}", Nothing, PatronInfo, Scope.CIRCULATION, "Show a reader"
)
EDIT_PATRON = Endpoint(
    "PUT",
    "/v1/patrons/{patron}",
    PatronData,
    PatronInfo,
    Scope.CIRCULATION,
    "Change what is written of a reader",
    match=True,
)
DELETE_PATRON = Endpoint(
    "DELETE",
    "/v1/patrons/{patron}",
    Nothing,
    Deleted,
    Scope.CIRCULATION,
    "Delete a reader who has nothing on loan and waits for nothing",
    match=True,
)
RENEW_CARD = Endpoint(
    "POST",
    "/v1/patrons/{patron}/card-renewals",
    CardRenewal,
    PatronInfo,
    Scope.CIRCULATION,
    "Renew a card",
    keyed=Keyed.HEADER,
)
REPLACE_CARD = Endpoint(
    "POST",
    "/v1/patrons/{patron}/card-replacements",
    CardReplacement,
    PatronInfo,
    Scope.CIRCULATION,
    "Give a reader another card; a block for the lost one is lifted",
    keyed=Keyed.HEADER,
)
RESET_PIN = Endpoint(
    "PUT",
    "/v1/patrons/{patron}/one-time-code",
    Nothing,
    OneTimeCode,
    Scope.CIRCULATION,
    "Give a reader a one-time code in place of the PIN",
    match=True,
)

ENDPOINTS = (
    REGISTER_PATRON,
    FIND_PATRONS,
    SHOW_PATRON,
    EDIT_PATRON,
    DELETE_PATRON,
    RENEW_CARD,
    REPLACE_CARD,
    RESET_PIN,
)
