"""Suggestions to buy: by readers, decided at the desk; `/v1/suggestions` completes words."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from catalogue_api.contract.endpoint import (
    Cursor,
    Endpoint,
    Keyed,
    Message,
    Nothing,
    PageSize,
    Scope,
)
from catalogue_api.contract.lines import PLAIN, Line
from catalogue_api.domain.questions import Decision, QuestionRefusal

__all__ = [
    "DECIDE_SUGGESTION",
    "ENDPOINTS",
    "FIND_SUGGESTIONS",
    "LIST_MY_SUGGESTIONS",
    "SUGGEST_PURCHASE",
    "Decide",
    "Decision",
    "FindSuggestions",
    "MySuggestion",
    "MySuggestions",
    "QuestionRefusal",
    "SuggestPurchase",
    "Suggestion",
    "SuggestionsPage",
]

_Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=PLAIN, strip_whitespace=True),
]
_Note = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]


class SuggestPurchase(Message):
    """What a reader would like to find here; an ISBN of 10 or 13 signs, however it is spelt."""

    title: _Title
    author: Line = ""
    isbn: str = Field(default="", max_length=40, pattern=r"^[0-9Xx\s.\u2010-\u2015-]*$")
    why: _Note = ""


class MySuggestion(Message):
    """A suggestion of one's own; `decision` is None until there is one.

    `known_title`: the number of a title of the catalogue that has its ISBN.
    """

    suggestion: int
    title: str
    author: str
    isbn: str
    why: str
    suggested_at: datetime
    decision: Decision | None
    remark: str
    decided_at: datetime | None
    known_title: int | None


class MySuggestions(Message):
    """One's own suggestions, the newest first."""

    suggestions: tuple[MySuggestion, ...]


class Suggestion(MySuggestion):
    """A suggestion as the desk sees it; `others`: how many more suggest the same ISBN."""

    patron: int | None
    reader: str
    decided_by: str
    others: int
    version: int


class FindSuggestions(Message):
    """A page of suggestions: those to be decided, or those that were."""

    decided: bool = False
    cursor: Cursor
    limit: PageSize


class SuggestionsPage(Message):
    """Suggestions: undecided ones oldest first, others newest first."""

    suggestions: tuple[Suggestion, ...]
    open: int
    next: str = ""


class Decide(Message):
    """What becomes of it, and what is said to the reader beside that; it may be decided anew."""

    decision: Decision
    remark: _Note = ""


SUGGEST_PURCHASE = Endpoint(
    "POST",
    "/v1/me/purchase-suggestions",
    SuggestPurchase,
    MySuggestion,
    Scope.OWN,
    "Suggest that the library buy something",
    keyed=Keyed.HEADER,
    example=SuggestPurchase(title="L’Été", author="Camus, Albert", isbn="2-07-030016-1"),
)
LIST_MY_SUGGESTIONS = Endpoint(
    "GET",
    "/v1/me/purchase-suggestions",
    Nothing,
    MySuggestions,
    Scope.OWN,
    "List one’s own suggestions to buy",
)
FIND_SUGGESTIONS = Endpoint(
    "GET",
    "/v1/purchase-suggestions",
    FindSuggestions,
    SuggestionsPage,
    Scope.COLLECTION,
    "List suggestions to buy",
)
DECIDE_SUGGESTION = Endpoint(
    "PUT",
    "/v1/purchase-suggestions/{suggestion}/decision",
    Decide,
    Suggestion,
    Scope.COLLECTION,
    "Decide about a suggestion to buy; its reader is told",
    match=True,
    example=Decide(decision=Decision.ORDERED),
)

ENDPOINTS = (SUGGEST_PURCHASE, LIST_MY_SUGGESTIONS, FIND_SUGGESTIONS, DECIDE_SUGGESTION)
