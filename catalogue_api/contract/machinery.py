"""Tokens of kiosks and of other programs: given, and taken away.

A token is told once, in the answer that made it, and stored hashed. Asking again makes another,
and the one before is worthless: so a lost answer is asked for again.
"""

from pydantic import AwareDatetime, Field

from catalogue_api.contract.endpoint import (
    Cursor,
    Endpoint,
    Message,
    Nothing,
    PageSize,
    Scope,
    Secret,
)
from catalogue_api.contract.kiosks import KioskHealth, KioskMessage


class TokenGiven(Message):
    """A fresh token: `Authorization: Bearer TOKEN`."""

    name: str
    token: Secret


class TokenRevoked(Message):
    """The token is worthless from now on."""

    name: str
    revoked_at: AwareDatetime


class KioskPlace(Message):
    """The code of the site where a kiosk stands."""

    site: str = Field(min_length=1, max_length=32)


class KioskRow(Message):
    """A kiosk that has, or had, a token; `health` is what it told of itself at `seen_at`."""

    name: str
    site: str
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None = None
    seen_at: AwareDatetime | None = None
    health: KioskHealth | None = None
    message: KioskMessage = KioskMessage()


class MachineRow(Message):
    """A program that has, or had, a token."""

    name: str
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None = None


class FindMachinery(Message):
    """A page by name."""

    cursor: Cursor
    limit: PageSize


class KioskPage(Message):
    """Kiosks by name; `next` is empty on the last page."""

    kiosks: tuple[KioskRow, ...]
    next: str


class MachinePage(Message):
    """Programs by name; `next` is empty on the last page."""

    machines: tuple[MachineRow, ...]
    next: str


LIST_KIOSKS = Endpoint(
    "GET", "/v1/kiosks", FindMachinery, KioskPage, Scope.STAFF, "List the kiosks"
)
GIVE_KIOSK_TOKEN = Endpoint(
    "PUT",
    "/v1/kiosks/{kiosk}/token",
    KioskPlace,
    TokenGiven,
    Scope.MACHINERY,
    "Register a kiosk, or give it a new token",
    example=KioskPlace(site="CENTRALE"),
)
REVOKE_KIOSK_TOKEN = Endpoint(
    "DELETE",
    "/v1/kiosks/{kiosk}/token",
    Nothing,
    TokenRevoked,
    Scope.MACHINERY,
    "Revoke a kiosk’s token",
)
LIST_MACHINES = Endpoint(
    "GET", "/v1/machines", FindMachinery, MachinePage, Scope.ACCOUNTS, "List other programs"
)
GIVE_MACHINE_TOKEN = Endpoint(
    "PUT",
    "/v1/machines/{machine}/token",
    Nothing,
    TokenGiven,
    Scope.ACCOUNTS,
    "Register a program, or give it a new token",
)
REVOKE_MACHINE_TOKEN = Endpoint(
    "DELETE",
    "/v1/machines/{machine}/token",
    Nothing,
    TokenRevoked,
    Scope.ACCOUNTS,
    "Revoke a program’s token",
)

ENDPOINTS = (
    LIST_KIOSKS,
    GIVE_KIOSK_TOKEN,
    REVOKE_KIOSK_TOKEN,
    LIST_MACHINES,
    GIVE_MACHINE_TOKEN,
    REVOKE_MACHINE_TOKEN,
)
