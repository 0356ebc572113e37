"""What the library has decided about its computers, as one document that managers write whole."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope

__all__ = ["CHANGE_SLOT_RULES", "ENDPOINTS", "SHOW_SLOT_RULES", "SlotRulesData", "SlotRulesInfo"]

_DAY = 24 * 60
Quarters = Annotated[int, Field(ge=15, le=_DAY, multiple_of=15)]


class SlotRulesData(Message):
    """All rules of slots, in minutes but `ahead_days`; what is left out is as shown here.

    A slot begins and ends on a `grid` by the clock on the wall and lasts from `least` to `session`.
    A reader has `daily` minutes a day, and `weekly` from Monday on (null: no limit). Who does not
    come within `claim` loses the slot. The last `gap` is left to whoever comes next. Nothing begins
    less than `closing` before the doors close. `extend_within` from its end a session may be had
    `extension` longer, where nobody is booked. An offer to somebody who waits stands for `offer`, a
    number that was called for `call`.
    """

    grid: Literal[15, 30, 60] = 15
    session: Quarters = 60
    least: Quarters = 15
    daily: int = Field(default=120, ge=15, le=_DAY)
    weekly: int | None = Field(default=None, ge=15, le=7 * _DAY)
    ahead_days: int = Field(default=7, ge=0, le=92)
    claim: int = Field(default=15, ge=1, le=120)
    gap: int = Field(default=5, ge=0, le=10)
    closing: int = Field(default=15, ge=0, le=120)
    extension: Quarters = 15
    extend_within: int = Field(default=5, ge=1, le=60)
    offer: int = Field(default=30, ge=5, le=_DAY)
    call: int = Field(default=5, ge=1, le=60)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.session:
            raise ValueError("least: not above session")
        if any(one % self.grid for one in (self.session, self.least, self.extension)):
            raise ValueError("session, least, extension: whole steps of the grid")
        return self


class SlotRulesInfo(SlotRulesData):
    """The rules in force; `version` is that of all rules."""

    version: int


SHOW_SLOT_RULES = Endpoint(
    "GET",
    "/v1/slot-rules",
    Nothing,
    SlotRulesInfo,
    Scope.ANYONE,
    "Show the rules of the computers",
)
CHANGE_SLOT_RULES = Endpoint(
    "PUT",
    "/v1/slot-rules",
    SlotRulesData,
    SlotRulesInfo,
    Scope.RULES,
    "Put other rules of the computers in force; what is booked stays",
    match=True,
    example=SlotRulesData(daily=90),
)

ENDPOINTS = (SHOW_SLOT_RULES, CHANGE_SLOT_RULES)
