"""What a kiosk asks about itself: a cheap call that proves address, name and token."""

from typing import Any

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope


class KioskInfo(Message):
    """The kiosk as the catalogue knows it."""

    kiosk: str
    site: str
    site_name: str
    outcomes_version: int


GREET_KIOSK = Endpoint(
    "GET", "/v1/kiosks/{kiosk}", Nothing, KioskInfo, Scope.KIOSK, "Say who the catalogue sees"
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (GREET_KIOSK,)
