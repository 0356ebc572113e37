"""Every endpoint there is: what the server must bind and OpenAPI must describe."""

from typing import Any

from catalogue_api.contract import (
    accounts,
    anomalies,
    audit,
    calendars,
    changes,
    collection,
    hold_notices,
    hold_queue,
    hold_search,
    hold_shelf,
    holds,
    kiosks,
    loans,
    machinery,
    marks,
    my_holds,
    patrons,
    returns,
    rules,
    search,
    sessions,
    transfers,
)
from catalogue_api.contract.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    *kiosks.ENDPOINTS,
    *returns.ENDPOINTS,
    *anomalies.ENDPOINTS,
    *changes.ENDPOINTS,
    *transfers.ENDPOINTS,
    *holds.ENDPOINTS,
    *hold_queue.ENDPOINTS,
    *hold_search.ENDPOINTS,
    *hold_notices.ENDPOINTS,
    *my_holds.ENDPOINTS,
    *hold_shelf.ENDPOINTS,
    *sessions.ENDPOINTS,
    *accounts.ENDPOINTS,
    *machinery.ENDPOINTS,
    *audit.ENDPOINTS,
    *loans.ENDPOINTS,
    *marks.ENDPOINTS,
    *patrons.ENDPOINTS,
    *rules.ENDPOINTS,
    *calendars.ENDPOINTS,
    *search.ENDPOINTS,
    *collection.ENDPOINTS,
)
