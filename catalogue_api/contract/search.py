"""Searching the catalogue: open to anybody, and naming no reader.

Words are found in any order and however they are accented; `"…"` keeps words together; `author:`,
`title:`, `subject:`, `isbn:` and `barcode:` (in French `auteur:`, `titre:`, `sujet:`,
`code-barres:`) look in one place; `bibli*` is a beginning.
"""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, Nothing, Scope
from catalogue_api.domain.availability import CopyState
from catalogue_api.domain.collection import Audience, TitleKind
from catalogue_api.domain.queries import Sort

__all__ = [
    "ENDPOINTS",
    "LIST_CONSOLES",
    "SEARCH",
    "SHOW_TITLE",
    "SUGGEST",
    "AtSite",
    "Availability",
    "Console",
    "Consoles",
    "Copy",
    "CopyState",
    "FacetValue",
    "Facets",
    "Found",
    "Praise",
    "Search",
    "Sort",
    "Suggest",
    "Suggestion",
    "Suggestions",
    "TitleFound",
    "TitleShown",
    "Volume",
]

Code = Annotated[str, Field(max_length=32)]


class Search(Message):
    """A question and what hits must be beside. Without `q` everything is found.

    `site`: a copy is there now. `available`: a copy (at one of those sites) can be taken now.
    `platform`: a game for one of these consoles. `pegi_up_to`: a game for that age or younger.
    `exact`: answer what was typed, even with nothing.
    """

    q: str = Field(default="", max_length=1000)
    kind: tuple[TitleKind, ...] = ()
    language: tuple[Annotated[str, Field(max_length=8)], ...] = Field(default=(), max_length=20)
    audience: tuple[Audience, ...] = ()
    site: tuple[Code, ...] = Field(default=(), max_length=20)
    year_from: int | None = Field(default=None, ge=0, le=9999)
    year_to: int | None = Field(default=None, ge=0, le=9999)
    available: bool = False
    platform: tuple[Annotated[str, Field(max_length=100)], ...] = Field(default=(), max_length=20)
    pegi_up_to: int | None = Field(default=None, ge=0, le=18)
    sort: Sort = Sort.RELEVANCE
    facets: bool = False
    exact: bool = False
    cursor: Cursor
    limit: int = Field(default=20, ge=1, le=100)


class AtSite(Message):
    """The copies of a title at one site, without those that are lost or withdrawn.

    `shelf_mark` is that of a copy that can be taken now, if there is one, of any other if not.
    """

    site: str
    site_name: str
    shelf_mark: str
    copies: int
    available: int
    to_shelve: int


class Availability(Message):
    """Where a title can be had now. `due_on`: when the next copy comes back; `waiting`: readers."""

    available: int
    on_loan: int
    to_shelve: int
    due_on: date | None
    waiting: int
    sites: tuple[AtSite, ...]


class TitleFound(Message):
    """A title, and where it can be had now. `added_at`: when it was first described here."""

    id: int
    kind: TitleKind
    title: str
    subtitle: str
    volume: str
    author: str
    publisher: str
    year: int | None
    language: str
    audience: Audience
    isbn: str
    added_at: datetime | None
    availability: Availability


class Copy(Message):
    """A copy, as anybody may know it. `due_on` is set while it is on loan."""

    barcode: str
    site: str
    site_name: str
    shelf_mark: str
    state: CopyState
    due_on: date | None


class Volume(Message):
    """Another volume of the same work."""

    id: int
    volume: str
    year: int | None


class Praise(Message):
    """Why a librarian recommends a title; `signed` as they chose to sign, "" for nobody."""

    words: str
    signed: str


class TitleShown(TitleFound):
    """A title at length, with its copies by site and the other volumes of the work in order.

    `platform` and `pegi_age` are a game's: its console, and the age that it is for. `favourite` is
    there while librarians recommend it.
    """

    copies: tuple[Copy, ...]
    volumes: tuple[Volume, ...]
    other_titles: tuple[str, ...]
    contributors: tuple[str, ...]
    series: tuple[str, ...]
    subjects: tuple[str, ...]
    summary: str
    extent: str
    contents: str
    platform: str
    pegi_age: int | None
    favourite: Praise | None


class Console(Message):
    """A console, and how many games there are for it."""

    platform: str
    games: int


class Consoles(Message):
    """The consoles that there are games for, the one with most games first."""

    consoles: tuple[Console, ...]


class FacetValue(Message):
    """How many of the hits have a value; `name` is what people read where it is not the value."""

    value: str
    name: str = ""
    count: int


class Facets(Message):
    """The hits by what they are, most frequent first, decades newest first.

    Counted are the 2,000 newest hits where there are more. `site`: where a copy is now;
    `available`: how many titles have a copy that can be taken now.
    """

    counted: int

    kind: tuple[FacetValue, ...]
    language: tuple[FacetValue, ...]
    audience: tuple[FacetValue, ...]
    decade: tuple[FacetValue, ...]
    site: tuple[FacetValue, ...]
    available: int


class Found(Message):
    """A page of hits; `next` is the cursor of the next one, empty behind the last.

    `total` is exact up to 10,000; `more` says that there are more. `answered` is the question
    that was answered instead, where nothing was found by what was typed.
    """

    total: int
    more: bool
    answered: str
    hits: tuple[TitleFound, ...]
    next: str
    facets: Facets | None


class Suggest(Message):
    """What is in the search box so far; its last word is taken for a beginning."""

    q: str = Field(max_length=200)
    limit: int = Field(default=8, ge=1, le=20)


class Suggestion(Message):
    """Something that can be searched: `q` is the question to ask, `text` what people read."""

    q: str
    text: str


class Suggestions(Message):
    """What the person may be about to type, best first."""

    titles: tuple[Suggestion, ...]
    authors: tuple[Suggestion, ...]


SEARCH = Endpoint(
    "GET",
    "/v1/search",
    Search,
    Found,
    Scope.ANYONE,
    "Search the catalogue",
    example=Search(q="misérables auteur:hugo", cursor="", facets=True),
)
SUGGEST = Endpoint(
    "GET",
    "/v1/suggestions",
    Suggest,
    Suggestions,
    Scope.ANYONE,
    "Suggest what to search",
    example=Suggest(q="le petit pri"),
)
SHOW_TITLE = Endpoint(
    "GET", "/v1/titles/{title}", Nothing, TitleShown, Scope.ANYONE, "Show a title and its copies"
)
LIST_CONSOLES = Endpoint(
    "GET", "/v1/consoles", Nothing, Consoles, Scope.ANYONE, "List the consoles of the video games"
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (SEARCH, SUGGEST, SHOW_TITLE, LIST_CONSOLES)
"""All of this area."""
