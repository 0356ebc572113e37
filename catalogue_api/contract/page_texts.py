"""Texts of the portal that a library writes itself: legal pages, the accessibility statement."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from catalogue_api.contract.endpoint import Endpoint, Message, Scope
from catalogue_api.domain.portal import PageName

__all__ = ["ENDPOINTS", "PUT_TEXT", "SHOW_TEXT", "InLanguage", "PageName", "TextData", "TextInfo"]

Language = Literal["fr", "en"]


class InLanguage(Message):
    """In which language."""

    language: Language = "fr"


class TextData(InLanguage):
    """A text in Markdown: headings, paragraphs, lists, emphasis, links; empty: the first one."""

    body: Annotated[
        str, StringConstraints(max_length=20000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
    ]


class TextInfo(Message):
    """A text as it is now. `body` is empty, and `version` 0, while nobody has written any."""

    name: PageName
    language: Language
    body: str
    changed_at: datetime | None = Field(default=None)
    version: int


SHOW_TEXT = Endpoint(
    "GET", "/v1/texts/{text}", InLanguage, TextInfo, Scope.ANYONE, "Show a text of the portal"
)
PUT_TEXT = Endpoint(
    "PUT",
    "/v1/texts/{text}",
    TextData,
    TextInfo,
    Scope.RULES,
    "Write a text of the portal",
    match=True,
)

ENDPOINTS = (SHOW_TEXT, PUT_TEXT)
