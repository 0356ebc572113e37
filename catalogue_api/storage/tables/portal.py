"""What librarians keep for the portal: favourites, what there is at each site, and texts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Float
from sqlmodel import Field

from catalogue_api.domain.portal import PageName
from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, one_of, server_default


class Favourite(Table, table=True):
    """A title that librarians recommend, in their words.

    `place` puts them in order, the smallest first. `signed` is the name they chose to sign with.
    `until_on` is the last day on which it is shown, None for no end.
    """

    __tablename__ = "favourites"
    __table_args__ = (NEVER_AGAIN,)

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="titles.id", unique=True)
    words: str
    signed: str = Field(default="", max_length=80)
    place: int
    until_on: date | None = None
    added_at: datetime
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class SiteFacilities(Table, table=True):
    """Where a site is and what there is for anybody: computers, printers, scanners, Wi-Fi, help.

    Latitude and longitude are in degrees (WGS 84). `help_fr` and `help_en` say when somebody helps
    with computers, and `access_fr` and `access_en` how one gets in without steps.
    """

    __tablename__ = "site_facilities"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="both_degrees"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )

    site: str = Field(primary_key=True, foreign_key="sites.code", max_length=32)
    street: str = ""
    town: str = ""
    phone: str = ""
    email: str = ""
    latitude: float | None = Field(default=None, sa_type=Float)
    longitude: float | None = Field(default=None, sa_type=Float)
    computers: int = 0
    printers: int = 0
    scanners: int = 0
    wifi: bool = False
    help_fr: str = ""
    help_en: str = ""
    access_fr: str = ""
    access_en: str = ""
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class PageText(Table, table=True):
    """A text of the portal as the library wrote it, in one language (Markdown)."""

    __tablename__ = "page_texts"
    __table_args__ = (one_of("name", PageName),)

    name: str = Field(primary_key=True, max_length=16)
    language: str = Field(primary_key=True, max_length=8)
    body: str
    changed_at: datetime
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))
