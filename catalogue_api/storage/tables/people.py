"""Patrons who borrow, staff who sign in."""

from datetime import datetime

from sqlmodel import Field

from catalogue_api.storage.tables.base import Table


class Patron(Table, table=True):
    """A reader with a card. `category` is the library's own word (adult, child, school, …)."""

    __tablename__ = "patrons"

    id: int | None = Field(default=None, primary_key=True)
    card: str = Field(unique=True, max_length=64)
    family_name: str
    given_name: str = ""
    birth_year: int | None = None
    category: str = Field(default="adult", max_length=32)
    email: str = ""


class Staff(Table, table=True):
    """A librarian who may sign in; `site` is where they usually work."""

    __tablename__ = "staff"

    name: str = Field(primary_key=True, max_length=64)
    password_hash: str
    site: str | None = Field(default=None, foreign_key="sites.code", max_length=32)
    created_at: datetime


class StaffSession(Table, table=True):
    """A signed-in browser: its token only as SHA-256, the token of its forms in clear."""

    __tablename__ = "staff_sessions"

    token_hash: str = Field(primary_key=True, max_length=64)
    staff: str = Field(foreign_key="staff.name", index=True, max_length=64)
    csrf: str = Field(max_length=64)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
