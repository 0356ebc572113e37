"""Every endpoint there is: what the server must bind and OpenAPI must describe."""

from typing import Any

from catalogue_api.contract import loans, sessions
from catalogue_api.contract.endpoint import Endpoint
from catalogue_api.contract.kiosks import GREET_KIOSK
from catalogue_api.contract.returns import PLACE_ITEM, RETURN_ITEM

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    GREET_KIOSK,
    RETURN_ITEM,
    PLACE_ITEM,
    *sessions.ENDPOINTS,
    *loans.ENDPOINTS,
)
