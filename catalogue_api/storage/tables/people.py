"""Patrons who borrow, staff who sign in, and the browsers and programs that both use."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Connection, Index, event, false
from sqlmodel import Field

from catalogue_api.domain.patrons import BlockKind, sought
from catalogue_api.domain.roles import STAFF_ROLES, Role
from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, one_of, server_default, sql_list


class Patron(Table, table=True):
    """A reader with a card. `category` is the library's own word (adult, child, school, …).

    `sought` is the text in which they are looked for, written with every change. `code_until` is
    set while `pin_hash` is that of a one-time code.
    `failing_email` is the address that a mail server would not take: mail to the reader fails
    while it is still their `email`. `expires_on` is the last day of the card.
    `last_loan_ended_on` counts for how long the reader is kept. `open_loans` and `open_holds` are
    not stored: they are counted by index.

    `keeps_history` and `forgets_history` are never both: ended loans stay theirs, or only until the
    night after. Who asked to be deleted goes some days after `deletion_asked_on`, once nothing is
    open.
    """

    __tablename__ = "patrons"
    __table_args__ = (NEVER_AGAIN,)

    id: int | None = Field(default=None, primary_key=True)
    card: str = Field(unique=True, max_length=64)
    family_name: str
    given_name: str = ""
    birth_year: int | None = None
    category: str = Field(default="adult", max_length=32)
    email: str = ""
    failing_email: str = Field(default="", sa_column_kwargs=server_default(""))
    phone: str = Field(default="", sa_column_kwargs=server_default(""))
    language: str = Field(default="fr", max_length=8, sa_column_kwargs=server_default("fr"))
    home_site: str | None = Field(default=None, foreign_key="sites.code", max_length=32)
    expires_on: date | None = None
    pin_hash: str = Field(default="", sa_column_kwargs=server_default(""))
    code_until: date | None = None
    sought: str = Field(default="", sa_column_kwargs=server_default(""))
    keeps_history: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    forgets_history: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    deletion_asked_on: date | None = None
    note: str = Field(default="", sa_column_kwargs=server_default(""))
    created_at: datetime | None = None
    last_loan_ended_on: date | None = None
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


def _write_what_is_sought(_mapper: object, _connection: Connection, patron: Patron) -> None:
    patron.sought = sought(
        patron.family_name, patron.given_name, patron.card, patron.email, patron.phone
    )


event.listen(Patron, "before_insert", _write_what_is_sought)
event.listen(Patron, "before_update", _write_what_is_sought)


class Block(Table, table=True):
    """Why a patron may not borrow for now: until a day (the last one blocked), or until lifted.

    A suspension names the return that it follows from (`return_id`), so that undoing the return
    lifts it again. For a lost item it names the item, which lifts it when it comes back.
    """

    __tablename__ = "blocks"
    __table_args__ = (
        one_of("kind", BlockKind),
        Index("ix_blocks_patron_id_lifted_at", "patron_id", "lifted_at"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    patron_id: int = Field(foreign_key="patrons.id")
    kind: str = Field(max_length=16)
    reason: str = ""
    from_on: date
    until_on: date | None = None
    return_id: str | None = Field(default=None, max_length=36, index=True)
    item_id: int | None = Field(default=None, foreign_key="items.id", index=True)
    created_at: datetime
    created_by: str = ""
    lifted_at: datetime | None = None
    lifted_by: str = ""


class Staff(Table, table=True):
    """A member of staff who may sign in; `site` is where they usually work.

    `password_given`: somebody else made the password, so that it opens nothing but a new one.
    """

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint(f"role IN {sql_list(STAFF_ROLES)}", name="role"),)

    name: str = Field(primary_key=True, max_length=64)
    password_hash: str
    site: str | None = Field(default=None, foreign_key="sites.code", max_length=32)
    created_at: datetime
    role: str = Field(
        default=Role.LIBRARIAN.value,
        max_length=16,
        sa_column_kwargs=server_default(Role.LIBRARIAN.value),
    )
    disabled_at: datetime | None = None
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))
    password_given: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class AnySession(Table):
    """What both kinds of session say: the token only as SHA-256, that of its forms in clear."""

    token_hash: str = Field(primary_key=True, max_length=64)
    csrf: str = Field(max_length=64)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class StaffSession(AnySession, table=True):
    """A signed-in member of staff."""

    __tablename__ = "staff_sessions"

    staff: str = Field(foreign_key="staff.name", index=True, max_length=64)


class PatronSession(AnySession, table=True):
    """A signed-in patron."""

    __tablename__ = "patron_sessions"

    patron_id: int = Field(foreign_key="patrons.id", index=True)


class Machine(Table, table=True):
    """A program with a token of its own (a portal, a sorter, statistics); revoked, not deleted."""

    __tablename__ = "machines"

    name: str = Field(primary_key=True, max_length=64)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    revoked_at: datetime | None = None


class SignInFailure(Table, table=True):
    """Failures in a row of an account or an address, so that all processes slow down alike.

    `subject` is `account:NAME`, `card:NUMBER` or `address:IP`, hashed. So many count at `last_at`
    (see `domain.throttling`).
    """

    __tablename__ = "sign_in_failures"

    subject: str = Field(primary_key=True, max_length=64)
    count: int
    last_at: datetime
