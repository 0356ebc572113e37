"""The library's rules of lending, as one document that managers read and write whole."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope
from catalogue_api.domain.collection import TitleKind

__all__ = [
    "CHANGE_RULES",
    "ENDPOINTS",
    "SHOW_RULES",
    "LimitEntry",
    "LoanRuleEntry",
    "RulesChange",
    "RulesChanged",
    "RulesData",
    "RulesInfo",
    "TitleKind",
]

Days = Annotated[int, Field(ge=0, le=366)]
CategoryOrAny = Annotated[str, Field(pattern=r"^[a-z0-9_-]{0,32}$")]
SiteOrAny = Annotated[str, Field(max_length=32)]


class LoanRuleEntry(Message):
    """How something is lent; a category, kind or site that is not given stands for any.

    The most specific rule wins: one that names the kind, among those one that names the category,
    among those one that names the site.
    """

    category: CategoryOrAny = ""
    kind: TitleKind | None = None
    site: SiteOrAny = ""
    lendable: bool = True
    loan_days: Days = 28
    renewals: int = Field(default=1, ge=0, le=99)
    floats: bool = False


class LimitEntry(Message):
    """How many loans at once, of a kind or of all kinds; one of a category takes precedence."""

    category: CategoryOrAny = ""
    kind: TitleKind | None = None
    most: int = Field(ge=0, le=9999)


class RulesData(Message):
    """All rules but the calendars. What is left out takes the value that is shown here.

    Lateness costs `suspension_per_day` days for each late day beyond `grace_days`, at the most
    `longest_suspension`, and only where `penalties` is true. `most_late_items`: how many loans may
    be late before nothing more is lent; null: lateness blocks nothing. `heed_pegi`: before a game
    is lent to somebody younger than its PEGI age, a librarian decides.
    """

    shelf_days: int = Field(default=10, ge=1, le=366)
    most_holds: int = Field(default=10, ge=0, le=999)
    hold_on_available: bool = True
    penalties: bool = False
    late_notices: bool = False
    heed_pegi: bool = True
    grace_days: Days = 3
    suspension_per_day: int = Field(default=1, ge=0, le=30)
    longest_suspension: Days = 60
    most_late_items: int | None = Field(default=None, ge=0, le=999)
    loan_rules: tuple[LoanRuleEntry, ...] = Field(default=(), max_length=500)
    limits: tuple[LimitEntry, ...] = Field(default=(), max_length=500)

    @model_validator(mode="after")
    def _says_nothing_twice(self) -> Self:
        rules = [(rule.category, rule.kind, rule.site) for rule in self.loan_rules]
        limits = [(limit.category, limit.kind) for limit in self.limits]
        if len(set(rules)) < len(rules):
            raise ValueError("loan_rules: two of them speak of the same")
        if len(set(limits)) < len(limits):
            raise ValueError("limits: two of them speak of the same")
        return self


class RulesChange(RulesData):
    """Other rules; a dry run tells whom they would touch."""

    dry_run: bool = False


class RulesInfo(RulesData):
    """The rules in force. `version` grows with any of them, the calendars too."""

    default_loan_days: int
    version: int


class RulesChanged(RulesInfo):
    """The rules after a change, and whom it touches.

    `loans_touched`: open loans to which another loan rule applies now, or one that says something
    else; they keep their due date, and are renewed by the new rule. `readers_touched` have them.
    `readers_over_limit` have more open loans now than a limit that was lowered allows: they keep
    them, and borrow nothing more of that kind until some are back.
    """

    loans_touched: int = 0
    readers_touched: int = 0
    readers_over_limit: int = 0


SHOW_RULES = Endpoint(
    "GET", "/v1/rules", Nothing, RulesInfo, Scope.STAFF, "Show the rules of lending"
)
CHANGE_RULES = Endpoint(
    "PUT",
    "/v1/rules",
    RulesChange,
    RulesChanged,
    Scope.RULES,
    "Put other rules of lending in force",
    match=True,
    example=RulesChange(
        loan_rules=(
            LoanRuleEntry(),
            LoanRuleEntry(kind=TitleKind.VIDEO_GAME, loan_days=14, renewals=0),
        ),
        limits=(LimitEntry(most=20), LimitEntry(kind=TitleKind.VIDEO_GAME, most=2)),
    ),
)

ENDPOINTS = (SHOW_RULES, CHANGE_RULES)
