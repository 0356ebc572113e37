"""What readers set up for themselves: codes by e-mail, and the calendar that others may read."""

from datetime import datetime

from sqlmodel import Field

from catalogue_api.storage.tables.table import Table


class MailedCode(Table, table=True):
    """A one-time code on its way to a reader's e-mail, for the browser that asked for it.

    `request_hash` is what is stored of the token that this browser holds: without it the code is
    worth nothing. `code_hash` is made as that of a PIN. `tries` are those who have been compared.
    """

    __tablename__ = "mailed_codes"

    request_hash: str = Field(primary_key=True, max_length=64)
    patron_id: int = Field(foreign_key="patrons.id", index=True)
    code_hash: str
    tries: int = 0
    ends_at: datetime


class CalendarFeed(Table, table=True):
    """A reader's calendar at a secret address, of which only the SHA-256 is stored."""

    __tablename__ = "calendar_feeds"

    patron_id: int = Field(foreign_key="patrons.id", primary_key=True)
    secret_hash: str = Field(unique=True, max_length=64)
    made_at: datetime
