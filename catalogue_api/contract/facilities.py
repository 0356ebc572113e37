"""What there is at each site for anybody: computers, printers, scanners, Wi-Fi, help."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from catalogue_api.contract.collection import Line
from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope

_Count = Annotated[int, Field(ge=0, le=999)]
_Short = Annotated[Line, StringConstraints(max_length=200)]


class FacilitiesData(Message):
    """Where a site is, and what there is.

    `latitude` and `longitude` in degrees (WGS 84), both or neither. `help_…`: when somebody helps
    with computers; `access_…`: how one gets in without steps; each in the language it names.
    """

    street: _Short = ""
    town: _Short = ""
    phone: Annotated[Line, StringConstraints(max_length=32)] = ""
    email: Annotated[Line, StringConstraints(max_length=200)] = ""
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    computers: _Count = 0
    printers: _Count = 0
    scanners: _Count = 0
    wifi: bool = False
    help_fr: _Short = ""
    help_en: _Short = ""
    access_fr: _Short = ""
    access_en: _Short = ""

    @model_validator(mode="after")
    def _both_degrees(self) -> "FacilitiesData":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude: both or neither")
        return self


class FacilitiesInfo(FacilitiesData):
    """What there is at a site; `version` is 0 where nobody has written it down yet."""

    site: str
    name: str
    version: int


class FacilitiesList(Message):
    """All sites, in the order of their names."""

    sites: tuple[FacilitiesInfo, ...]


LIST_FACILITIES = Endpoint(
    "GET",
    "/v1/facilities",
    Nothing,
    FacilitiesList,
    Scope.ANYONE,
    "List what there is at each site",
)
PUT_FACILITIES = Endpoint(
    "PUT",
    "/v1/sites/{site}/facilities",
    FacilitiesData,
    FacilitiesInfo,
    Scope.COLLECTION,
    "Write down what there is at a site",
    match=True,
)

ENDPOINTS = (LIST_FACILITIES, PUT_FACILITIES)
