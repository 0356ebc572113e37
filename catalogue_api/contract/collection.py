"""What the library owns, as librarians write it down: titles and their copies."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.contract.lines import PLAIN
from catalogue_api.contract.returns import Barcode
from catalogue_api.domain.collection import Audience, CollectionRefusal, ItemStatus, TitleKind

__all__ = [
    "CREATE_ITEM",
    "CREATE_TITLE",
    "DELETE_ITEM",
    "DELETE_TITLE",
    "DESCRIBE_TITLE",
    "EDIT_ITEM",
    "ENDPOINTS",
    "SHOW_DESCRIPTION",
    "SHOW_ITEM",
    "Audience",
    "CollectionRefusal",
    "Gone",
    "ItemData",
    "ItemInfo",
    "ItemStatus",
    "NewItem",
    "TitleData",
    "TitleInfo",
    "TitleKind",
]

Line = Annotated[str, StringConstraints(max_length=500, pattern=PLAIN, strip_whitespace=True)]
Heading = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000, pattern=PLAIN, strip_whitespace=True),
]
Lines = Annotated[tuple[Heading, ...], Field(max_length=50)]
Prose = Annotated[str, StringConstraints(max_length=5000, pattern=PLAIN, strip_whitespace=True)]


class TitleData(Message):
    """A title as librarians describe it.

    `numbers` are its ISBNs (of 10 or 13), ISSNs and EANs, however spelt. `contents` says what lies
    in the case when that is more than one piece (« 2 CD, 1 livret »), `parts_count` how many.
    """

    title: Heading
    subtitle: Line = ""
    volume: Line = ""
    author: Line = ""
    contributors: Lines = ()
    other_titles: Lines = ()
    publisher: Line = ""
    year: int | None = Field(default=None, ge=1, le=9999)
    numbers: Annotated[tuple[Annotated[str, Field(max_length=32)], ...], Field(max_length=50)] = ()
    language: str = Field(default="", pattern="^([a-z]{3})?$")
    kind: TitleKind = TitleKind.BOOK
    audience: Audience = Audience.ANYONE
    subjects: Lines = ()
    series: Lines = ()
    summary: Prose = ""
    extent: Line = ""
    contents: Line = ""
    parts_count: int = Field(default=1, ge=1, le=999)
    pegi_age: int | None = Field(default=None, ge=3, le=18)
    platform: Line = ""


class TitleInfo(Message):
    """A title with whatever an import has brought, and how many copies it has."""

    title_id: int
    source: str
    control_number: str
    title: str
    subtitle: str
    volume: str
    author: str
    contributors: tuple[str, ...]
    other_titles: tuple[str, ...]
    publisher: str
    year: int | None
    numbers: tuple[str, ...]
    language: str
    kind: TitleKind
    audience: Audience
    subjects: tuple[str, ...]
    series: tuple[str, ...]
    summary: str
    extent: str
    contents: str
    parts_count: int
    pegi_age: int | None
    platform: str
    items: int
    created_at: datetime | None
    updated_at: datetime | None
    version: int


class ItemData(Message):
    """A copy as librarians describe it; that it is lost, damaged or withdrawn is a mark."""

    home_site: str = Field(min_length=1, max_length=32)
    shelf_mark: Line = ""
    contents: Line = ""
    parts_count: int = Field(default=1, ge=1, le=999)
    note: Prose = ""
    category: Annotated[str, StringConstraints(max_length=64, pattern=PLAIN)] = ""


class NewItem(ItemData):
    """A copy that comes in: it stands at its home site, and can be lent."""

    barcode: Barcode


class ItemInfo(Message):
    """A copy as the desk sees it; `destination` is where it has to travel, "" nowhere."""

    barcode: str
    title_id: int
    title: str
    home_site: str
    current_site: str
    destination: str
    shelf_mark: str
    status: ItemStatus
    contents: str
    parts_count: int
    note: str
    category: str
    on_loan: bool
    updated_at: datetime | None
    version: int


class Gone(Message):
    """It is deleted, and cannot be brought back."""

    deleted: str


_EXAMPLE = TitleData(
    title="L'Étranger",
    author="Albert Camus",
    year=1942,
    numbers=("2-07-036002-4",),
    language="fre",
)
CREATE_TITLE = Endpoint(
    "POST",
    "/v1/titles",
    TitleData,
    TitleInfo,
    Scope.COLLECTION,
    "Describe a new title",
    keyed=Keyed.HEADER,
    example=_EXAMPLE,
)
SHOW_DESCRIPTION = Endpoint(
    "GET",
    "/v1/titles/{title}/description",
    Nothing,
    TitleInfo,
    Scope.COLLECTION,
    "Show a title as it can be edited",
)
DESCRIBE_TITLE = Endpoint(
    "PUT",
    "/v1/titles/{title}/description",
    TitleData,
    TitleInfo,
    Scope.COLLECTION,
    "Describe a title anew",
    match=True,
    example=_EXAMPLE,
)
DELETE_TITLE = Endpoint(
    "DELETE",
    "/v1/titles/{title}",
    Nothing,
    Gone,
    Scope.COLLECTION,
    "Delete a title without copies that nobody wants or wanted",
    match=True,
)
CREATE_ITEM = Endpoint(
    "POST",
    "/v1/titles/{title}/items",
    NewItem,
    ItemInfo,
    Scope.COLLECTION,
    "Take in a copy of a title",
    keyed=Keyed.HEADER,
    example=NewItem(barcode="39416000000052", home_site="CENTRALE", shelf_mark="R CAM"),
)
SHOW_ITEM = Endpoint(
    "GET", "/v1/items/{barcode}", Nothing, ItemInfo, Scope.COLLECTION, "Show a copy"
)
EDIT_ITEM = Endpoint(
    "PUT",
    "/v1/items/{barcode}",
    ItemData,
    ItemInfo,
    Scope.COLLECTION,
    "Describe a copy anew",
    match=True,
    example=ItemData(home_site="CENTRALE", shelf_mark="R CAM"),
)
DELETE_ITEM = Endpoint(
    "DELETE",
    "/v1/items/{barcode}",
    Nothing,
    Gone,
    Scope.COLLECTION,
    "Delete a copy that was never lent or wanted (others are withdrawn)",
    match=True,
)

ENDPOINTS = (
    CREATE_TITLE,
    SHOW_DESCRIPTION,
    DESCRIBE_TITLE,
    DELETE_TITLE,
    CREATE_ITEM,
    SHOW_ITEM,
    EDIT_ITEM,
    DELETE_ITEM,
)
