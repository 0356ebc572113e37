"""Sites, titles and items: what the library owns and where it stands."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from catalogue_api.domain.collection import (
    Audience,
    ItemStatus,
    NumberKind,
    RecordFormat,
    TitleKind,
)
from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, one_of, server_default


class Site(Table, table=True):
    """A library of the network."""

    __tablename__ = "sites"

    code: str = Field(primary_key=True, max_length=32)
    name: str
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class Title(Table, table=True):
    """A bibliographic record, as far as lending and showing need it.

    `control_number` is unique within its `source` (the catalogue that it came from). `volume`
    is the number and name of a part: « Tome 3, Le retour ». `contributors`, `other_titles`,
    `subjects` and `series` hold one a line. `contents` says what lies in the case when that is
    more than one piece, `parts_count` how many. `version` grows by one with each change; the
    dates are missing where they were not noted yet. `corrected` names, between blanks, what staff
    have said otherwise than the record that describes it.
    """

    __tablename__ = "titles"
    __table_args__ = (
        UniqueConstraint("source", "control_number"),
        one_of("kind", TitleKind),
        one_of("audience", Audience),
        Index(
            "ix_titles_platform",
            "platform",
            sqlite_where=text("platform <> ''"),
            postgresql_where=text("platform <> ''"),
        ),
        NEVER_AGAIN,
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
    contributors: str = Field(default="", sa_column_kwargs=server_default(""))
    other_titles: str = Field(default="", sa_column_kwargs=server_default(""))
    subjects: str = Field(default="", sa_column_kwargs=server_default(""))
    series: str = Field(default="", sa_column_kwargs=server_default(""))
    summary: str = Field(default="", sa_column_kwargs=server_default(""))
    extent: str = Field(default="", sa_column_kwargs=server_default(""))
    contents: str = Field(default="", sa_column_kwargs=server_default(""))
    parts_count: int = Field(default=1, sa_column_kwargs=server_default("1"))
    pegi_age: int | None = None
    platform: str = Field(default="", sa_column_kwargs=server_default(""))
    created_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))
    corrected: str = Field(default="", sa_column_kwargs=server_default(""))


class TitleNumber(Table, table=True):
    """A number by which a title may be looked for; an ISBN in its 13 digits, however printed."""

    __tablename__ = "title_numbers"
    __table_args__ = (one_of("kind", NumberKind),)

    title_id: int = Field(foreign_key="titles.id", primary_key=True)
    number: str = Field(primary_key=True, max_length=16, index=True)
    kind: str = Field(max_length=8)


class TitleRecord(Table, table=True):
    """The whole record that a title came from; `body` is for `importing.marc_record`.

    A title has several where catalogues describe the same book: the one with the title's own
    source and control number describes it, the others brought copies. `digest` tells whether a
    record, as it is read now, is the one that was stored.
    """

    __tablename__ = "title_records"
    __table_args__ = (
        UniqueConstraint("source", "control_number"),
        one_of("format", RecordFormat),
    )

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="titles.id", index=True)
    source: str = Field(max_length=64)
    control_number: str = Field(max_length=64)
    format: str = Field(max_length=8)
    digest: str = Field(max_length=32)
    body: bytes
    changed_at: datetime


class Item(Table, table=True):
    """A copy that can be held in the hand; `category` is what its library calls this sort.

    It has to travel while `destination` is set, and is on its way from `sent_at` on.
    `to_shelve_since` is set while it was returned but is not yet back on its shelf. `taken_in_at`
    is missing where it was not noted yet, `withdrawn_at` is set while it is withdrawn.
    """

    __tablename__ = "items"
    __table_args__ = (
        one_of("status", ItemStatus),
        Index("ix_items_title_id", "title_id", "current_site", "status"),
        CheckConstraint("destination <> current_site", name="destination_is_elsewhere"),
        Index(
            "ix_items_to_shelve",
            "current_site",
            sqlite_where=text("to_shelve_since IS NOT NULL"),
            postgresql_where=text("to_shelve_since IS NOT NULL"),
        ),
        Index(
            "ix_items_travelling",
            "destination",
            sqlite_where=text("destination IS NOT NULL"),
            postgresql_where=text("destination IS NOT NULL"),
        ),
        Index("ix_items_taken_in_at", "taken_in_at"),
        Index(
            "ix_items_withdrawn_at",
            "withdrawn_at",
            sqlite_where=text("withdrawn_at IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NOT NULL"),
        ),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    barcode: str = Field(unique=True, max_length=64)
    title_id: int = Field(foreign_key="titles.id")
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
    category: str = Field(default="", max_length=64, sa_column_kwargs=server_default(""))
    updated_at: datetime | None = None
    taken_in_at: datetime | None = None
    withdrawn_at: datetime | None = None
    note: str = Field(default="", sa_column_kwargs=server_default(""))
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))
