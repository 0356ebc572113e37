"""How the computers are used: anonymous sums, for any member of staff."""

from datetime import date

from catalogue_api.contract.endpoint import Endpoint, Message, Scope
from catalogue_api.contract.figures import Hours, SpanAsked

__all__ = ["COUNT_SLOTS", "ENDPOINTS", "CountSlots", "SlotFigures"]


class CountSlots(SpanAsked):
    """`site` is where the computers stand."""


class SlotFigures(Message):
    """Slots of readers and guests that began in the span; classes and workshops do not count.

    `sessions` were used, for `minutes` in all, and `by_hour` says when they began. To `no_shows`
    nobody came; `cancelled` were given up.
    """

    first: date
    last: date
    sessions: int
    minutes: int
    no_shows: int
    cancelled: int
    by_hour: Hours


COUNT_SLOTS = Endpoint(
    "GET",
    "/v1/figures/slots",
    CountSlots,
    SlotFigures,
    Scope.STAFF,
    "Count the use of the computers",
    example=CountSlots(first=date(2026, 11, 1), last=date(2026, 11, 30)),
)

ENDPOINTS = (COUNT_SLOTS,)
