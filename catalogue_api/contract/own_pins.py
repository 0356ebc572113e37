"""A PIN for somebody who has none, or has forgotten it: with a one-time code.

The code comes from the desk, or by e-mail to the address that the library has. No answer here
tells whether a card or an address exists.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Scope, Secret
from catalogue_api.contract.loans import Card
from catalogue_api.contract.own_account import Pin

__all__ = ["ASK_PIN_CODE", "CHOOSE_PIN", "ENDPOINTS", "AskPinCode", "ChoosePin", "CodeAsked",
           "PinChosen", "Request"]  # fmt: skip


def _without_blanks(said: object) -> object:
    return "".join(said.split()) if isinstance(said, str) else said


Request = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_-]{22,64}$", repr=False, json_schema_extra={"format": "password"}),
]
"""128 random bits or more, made by the browser that asks: only there can the code be used."""


class AskPinCode(Message):
    """The number of a card, and the e-mail that belongs to it.

    `request` makes a repeated call harmless: it is sent one code.
    """

    card: Card
    email: Annotated[str, StringConstraints(min_length=3, max_length=200, strip_whitespace=True)]
    request: Request


class CodeAsked(Message):
    """If card and e-mail belong together, a code is on its way, which lasts for `minutes`."""

    minutes: int


class ChoosePin(Message):
    """A card, the one-time code, and the new PIN.

    `request` is that of the question for a code by e-mail, "" for a code from the desk.
    """

    card: Card
    code: Annotated[Secret, BeforeValidator(_without_blanks)]
    new_pin: Pin
    request: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9_-]{22,64})?$",
        repr=False,
        json_schema_extra={"format": "password"},
    )


class PinChosen(Message):
    """The PIN is set. The code is used up, and the reader is signed out everywhere."""

    sign_in: bool = True


ASK_PIN_CODE = Endpoint(
    "POST",
    "/v1/pins/codes",
    AskPinCode,
    CodeAsked,
    Scope.ANYONE,
    "Ask for a one-time code by e-mail",
    keyed=Keyed.BODY,
    example=AskPinCode(
        card="29416000000017", email="camille@example.org", request="kq3Zs0cV2hY4mXb8Jr6tPn1w"
    ),
)
CHOOSE_PIN = Endpoint(
    "PUT",
    "/v1/pins",
    ChoosePin,
    PinChosen,
    Scope.ANYONE,
    "Choose a PIN with a one-time code",
    example=ChoosePin(card="29416000000017", code="48211395", new_pin="481516"),
)

ENDPOINTS = (ASK_PIN_CODE, CHOOSE_PIN)
