"""Sites, titles and items: what the library owns and where it stands."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from catalogue_api.domain.collection import Audience, ItemStatus, TitleKind
from catalogue_api.storage.tables.base import Table, one_of, server_default


class Site(Table, table=True):
    """A library of the network."""

    __tablename__ = "sites"

    code: str = Field(primary_key=True, max_length=32)
    name: str
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class Title(Table, table=True):
    """A bibliographic record, as far as lending and showing need it.

    `control_number` is unique within its `source` (the catalogue that it came from). `volume`
    is the number and name of a part: « Tome 3, Le retour ».
    """

    __tablename__ = "titles"
    __table_args__ = (
        UniqueConstraint("source", "control_number"),
        one_of("kind", TitleKind),
        one_of("audience", Audience),
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=64)
    control_number: str = Field(max_length=64)
    isbn: str = Field(default="", index=True, max_length=32)
    title: str
    subtitle: str = ""
    volume: str = ""
    author: str = ""
    publisher: str = ""
    year: int | None = None
    kind: str = Field(default=TitleKind.BOOK.value, max_length=16)
    language: str = Field(default="", max_length=8)
    audience: str = Field(default=Audience.ANYONE.value, max_length=8)


class Item(Table, table=True):
    """A copy that can be held in the hand.

    It has to travel while `destination` is set, and is on its way from `sent_at` on.
    `to_shelve_since` is set while it was returned but is not yet back on its shelf.
    """

    __tablename__ = "items"
    __table_args__ = (
        one_of("status", ItemStatus),
        CheckConstraint("destination <> current_site", name="destination_is_elsewhere"),
    )

    id: int | None = Field(default=None, primary_key=True)
    barcode: str = Field(unique=True, max_length=64)
    title_id: int = Field(foreign_key="titles.id", index=True)
    home_site: str = Field(foreign_key="sites.code", max_length=32)
    current_site: str = Field(foreign_key="sites.code", max_length=32)
    destination: str | None = Field(default=None, foreign_key="sites.code", max_length=32)
    shelf_mark: str = ""
    status: str = Field(default=ItemStatus.AVAILABLE.value, max_length=16)
    sent_at: datetime | None = None
    to_shelve_since: datetime | None = None
    contents: str = Field(default="", sa_column_kwargs=server_default(""))
    parts_count: int = Field(default=1, sa_column_kwargs=server_default("1"))
    local_uses: int = Field(default=0, sa_column_kwargs=server_default("0"))
    note: str = Field(default="", sa_column_kwargs=server_default(""))
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))
