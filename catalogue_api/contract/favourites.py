"""The librarians' favourites: titles that they recommend, in their words."""

from datetime import date, datetime
from typing import Annotated

from pydantic import StringConstraints

from catalogue_api.contract.collection import Line
from catalogue_api.contract.days import Day
from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.contract.holds import RowNumber
from catalogue_api.contract.search import TitleFound
from catalogue_api.domain.portal import FavouriteRefusal

__all__ = [
    "ADD_FAVOURITE",
    "CHANGE_FAVOURITE",
    "ENDPOINTS",
    "LIST_ALL_FAVOURITES",
    "LIST_FAVOURITES",
    "MOVE_FAVOURITE",
    "REMOVE_FAVOURITE",
    "FavouriteData",
    "FavouriteInfo",
    "FavouriteRefusal",
    "Favourites",
    "Move",
    "NewFavourite",
    "Removed",
]

_NO_CONTROLS = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
_Praise = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1200, pattern=_NO_CONTROLS, strip_whitespace=True),
]
_Name = Annotated[Line, StringConstraints(max_length=80)]


class FavouriteData(Message):
    """Why it is one. `signed`: by whom, as they want to sign. `until`: the last day it is shown."""

    words: _Praise
    signed: _Name = ""
    until: Day | None = None


class NewFavourite(FavouriteData):
    """A title that becomes a favourite; it stands before all others."""

    title: RowNumber


class FavouriteInfo(Message):
    """A favourite, and its title as it can be had now."""

    favourite: int
    title: TitleFound
    words: str
    signed: str
    until: date | None
    added_at: datetime
    version: int


class Favourites(Message):
    """Favourites in their order."""

    favourites: tuple[FavouriteInfo, ...]


class Move(Message):
    """Where it stands from now on: 1 is before all others; too large a place is the last one."""

    place: RowNumber


class Removed(Message):
    """It is no favourite any more; the title is untouched."""


LIST_FAVOURITES = Endpoint(
    "GET", "/v1/favourites", Nothing, Favourites, Scope.ANYONE, "List the favourites shown now"
)
LIST_ALL_FAVOURITES = Endpoint(
    "GET",
    "/v1/collection/favourites",
    Nothing,
    Favourites,
    Scope.COLLECTION,
    "List all favourites, those that are no longer shown too",
)
ADD_FAVOURITE = Endpoint(
    "POST",
    "/v1/favourites",
    NewFavourite,
    FavouriteInfo,
    Scope.COLLECTION,
    "Make a title a favourite",
    keyed=Keyed.HEADER,
    example=NewFavourite(title=17, words="On rit, puis on relit.", signed="Camille"),
)
CHANGE_FAVOURITE = Endpoint(
    "PUT",
    "/v1/favourites/{favourite}",
    FavouriteData,
    FavouriteInfo,
    Scope.COLLECTION,
    "Change the words, the name or the end of a favourite",
    match=True,
)
MOVE_FAVOURITE = Endpoint(
    "PUT",
    "/v1/favourites/{favourite}/place",
    Move,
    FavouriteInfo,
    Scope.COLLECTION,
    "Put a favourite elsewhere in the order",
)
REMOVE_FAVOURITE = Endpoint(
    "DELETE",
    "/v1/favourites/{favourite}",
    Nothing,
    Removed,
    Scope.COLLECTION,
    "Take a title out of the favourites",
    match=True,
)

ENDPOINTS = (
    LIST_FAVOURITES,
    LIST_ALL_FAVOURITES,
    ADD_FAVOURITE,
    CHANGE_FAVOURITE,
    MOVE_FAVOURITE,
    REMOVE_FAVOURITE,
)
