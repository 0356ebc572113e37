"""What is to be told to readers, and how they want to be told."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, text
from sqlmodel import Field

from catalogue_api.domain.notices import NoticeKind, NoticeReason, NoticeStatus, NoticeWay
from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, one_of, server_default, sql_list

ONLY_THEIRS = "only_theirs"
"""Marks a column that may be empty: a row that names a reader there goes when the reader goes."""


class Notice(Table, table=True):
    """Something to be told, once for each `key`; to a reader, or to an `address` of anybody.

    With both, it is about the reader and goes to the address.

    `about` is JSON, a mapping of plain values; `site` is the one of them that it is about. It may
    be sent from `at` on, until `stale_at`. `claimed_by` is the sender that has it in hand until
    `claimed_until`; after `tries` that came to nothing it is tried again at `next_try_at`.
    `reason` says why it was not mailed, `detail` what the mail server said. `ended_at` is when it
    was sent, told or dropped; a librarian told it where `told_by` stands.
    """

    __tablename__ = "notices"
    __table_args__ = (
        one_of("kind", NoticeKind),
        one_of("status", NoticeStatus),
        CheckConstraint(f"reason = '' OR reason IN {sql_list(NoticeReason)}", name="reason"),
        CheckConstraint("patron_id IS NOT NULL OR address <> ''", name="somebody"),
        CheckConstraint(
            "(ended_at IS NULL) = (status IN ('waiting', 'to_tell'))", name="open_has_no_end"
        ),
        Index(
            "ix_notices_waiting",
            "urgency",
            "id",
            "next_try_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "ix_notices_to_tell",
            "stale_at",
            sqlite_where=text("status = 'to_tell'"),
            postgresql_where=text("status = 'to_tell'"),
        ),
        Index("ix_notices_patron_id", "patron_id", "id"),
        Index("ix_notices_ended_at", "ended_at"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=128)
    kind: str = Field(max_length=24)
    urgency: int
    patron_id: int | None = Field(
        default=None,
        sa_column=Column(
            Integer, ForeignKey("patrons.id"), nullable=True, info={ONLY_THEIRS: True}
        ),
    )
    address: str = Field(default="", sa_column_kwargs=server_default(""))
    language: str = Field(default="", max_length=8, sa_column_kwargs=server_default(""))
    site: str | None = Field(default=None, max_length=32)
    about: str = "{}"
    at: datetime
    stale_at: datetime
    status: str = Field(default=NoticeStatus.WAITING.value, max_length=16)
    tries: int = Field(default=0, sa_column_kwargs=server_default("0"))
    next_try_at: datetime
    claimed_by: str = Field(default="", max_length=64, sa_column_kwargs=server_default(""))
    claimed_until: datetime | None = None
    reason: str = Field(default="", max_length=24, sa_column_kwargs=server_default(""))
    detail: str = Field(default="", sa_column_kwargs=server_default(""))
    ended_at: datetime | None = None
    told_by: str = Field(default="", max_length=64, sa_column_kwargs=server_default(""))
    told_how: str = Field(default="", max_length=16, sa_column_kwargs=server_default(""))
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class NoticeChoice(Table, table=True):
    """How a reader wants to be told of a kind of notice; without a row it is by e-mail."""

    __tablename__ = "notice_choices"
    __table_args__ = (one_of("kind", NoticeKind), one_of("way", NoticeWay))

    patron_id: int = Field(foreign_key="patrons.id", primary_key=True)
    kind: str = Field(primary_key=True, max_length=24)
    way: str = Field(max_length=16)


class LoanReminder(Table, table=True):
    """Which reminders of an open loan were laid into the outbox, for the due date that it had.

    A loan whose due date is another now has had none. `number` counts those for being late; it is
    0 where the reader was told only that the day comes near.
    """

    __tablename__ = "loan_reminders"

    loan_id: int = Field(foreign_key="loans.id", primary_key=True)
    due_on: date
    number: int = 0


class SigningKey(Table, table=True):
    """A secret with which addresses are signed for one purpose."""

    __tablename__ = "signing_keys"

    purpose: str = Field(primary_key=True, max_length=32)
    key: str = Field(max_length=64)
