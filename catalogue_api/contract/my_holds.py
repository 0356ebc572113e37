"""A reader's own reservations: the twins of what a desk may do, without `card` and without rank."""

from catalogue_api.contract.endpoint import Endpoint, Keyed, Nothing, Scope
from catalogue_api.contract.holds import (
    HoldHistory,
    HoldInfo,
    HoldList,
    PauseHold,
    Pickup,
    PlaceMyHold,
)

PLACE_MY_HOLD = Endpoint(
    "POST",
    "/v1/me/holds",
    PlaceMyHold,
    HoldInfo,
    Scope.OWN,
    "Reserve",
    keyed=Keyed.HEADER,
    example=PlaceMyHold(title=17, pickup_site="cachan"),
)
LIST_MY_HOLDS = Endpoint(
    "GET", "/v1/me/holds", Nothing, HoldList, Scope.OWN, "List one’s own reservations"
)
SHOW_MY_HOLD = Endpoint(
    "GET", "/v1/me/holds/{hold}", Nothing, HoldInfo, Scope.OWN, "Show one’s own reservation"
)
MY_HOLD_HISTORY = Endpoint(
    "GET",
    "/v1/me/holds/{hold}/events",
    Nothing,
    HoldHistory,
    Scope.OWN,
    "Tell what happened to one’s own reservation",
)
PAUSE_MY_HOLD = Endpoint(
    "PUT",
    "/v1/me/holds/{hold}/pause",
    PauseHold,
    HoldInfo,
    Scope.OWN,
    "Let one’s own reservation rest",
    match=True,
)
RESUME_MY_HOLD = Endpoint(
    "DELETE",
    "/v1/me/holds/{hold}/pause",
    Nothing,
    HoldInfo,
    Scope.OWN,
    "Let one’s own reservation go on",
    match=True,
)
CHANGE_MY_PICKUP = Endpoint(
    "PUT",
    "/v1/me/holds/{hold}/pickup",
    Pickup,
    HoldInfo,
    Scope.OWN,
    "Change where one’s own reservation is fetched",
    match=True,
)
CANCEL_MY_HOLD = Endpoint(
    "DELETE",
    "/v1/me/holds/{hold}",
    Nothing,
    HoldInfo,
    Scope.OWN,
    "Cancel one’s own reservation",
    match=True,
)
RESTORE_MY_HOLD = Endpoint(
    "PUT",
    "/v1/me/holds/{hold}/restoration",
    Nothing,
    HoldInfo,
    Scope.OWN,
    "Take the cancelling of one’s own reservation back",
    match=True,
)

ENDPOINTS = (
    PLACE_MY_HOLD,
    LIST_MY_HOLDS,
    SHOW_MY_HOLD,
    MY_HOLD_HISTORY,
    PAUSE_MY_HOLD,
    RESUME_MY_HOLD,
    CHANGE_MY_PICKUP,
    CANCEL_MY_HOLD,
    RESTORE_MY_HOLD,
)
