"""What a kiosk asks about itself.

The greeting is a cheap call that proves address, name and token, and tells the time. By the tally
a kiosk finds out that the catalogue was restored from an older copy.
"""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope


class KioskInfo(Message):
    """The kiosk as the catalogue knows it, and the time by the catalogue's clock."""

    kiosk: str
    site: str
    site_name: str
    outcomes_version: int
    now: datetime


class TallyAsked(Message):
    """Count what came from this kiosk at `since` or later, by the catalogue's clock."""

    since: AwareDatetime


class Tally(Message):
    """So many returns, and the sum of the revisions of their placements.

    Less of either than the kiosk was told is there: the catalogue has lost some.
    """

    returns: int
    placements: int


GREET_KIOSK = Endpoint(
    "GET", "/v1/kiosks/{kiosk}", Nothing, KioskInfo, Scope.KIOSK, "Say who the catalogue sees"
)
TALLY_RETURNS = Endpoint(
    "POST",
    "/v1/kiosks/{kiosk}/tally",
    TallyAsked,
    Tally,
    Scope.KIOSK,
    "Count the returns that are known of a kiosk",
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (GREET_KIOSK, TALLY_RETURNS)
