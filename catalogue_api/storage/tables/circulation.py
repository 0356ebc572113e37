"""Loans, holds, kiosks and the returns they report."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from catalogue_api.domain.holds import OPEN, WITH_ITEM, HoldStatus
from catalogue_api.domain.returns import Outcome
from catalogue_api.storage.tables.base import Table, one_of, sql_list


class Loan(Table, table=True):
    """An item with a patron, open until `ended_at`; a closed one may lose its patron.

    The database refuses a second open loan of an item. What ended it is said by the return that
    names it, if it ended at a kiosk.
    """

    __tablename__ = "loans"
    __table_args__ = (
        Index(
            "uq_loans_open_item",
            "item_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_loans_item_id_started_at", "item_id", "started_at"),
        CheckConstraint("ended_at IS NOT NULL OR patron_id IS NOT NULL", name="open_has_patron"),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="items.id")
    patron_id: int | None = Field(default=None, foreign_key="patrons.id", index=True)
    started_at: datetime
    due_on: date
    ended_at: datetime | None = None


class Hold(Table, table=True):
    """A patron's wish for any copy of a title, to be fetched at `pickup_site`.

    `item_id` is the copy that serves it, from the capture on. `shelf_number` is what stands on
    the slip of the copy and in the reader's notice, given when it is ready.
    """

    __tablename__ = "holds"
    __table_args__ = (
        one_of("status", HoldStatus),
        CheckConstraint(
            f"status NOT IN {sql_list(WITH_ITEM)} OR item_id IS NOT NULL", name="caught_has_item"
        ),
        CheckConstraint("status <> 'ready' OR ready_at IS NOT NULL", name="ready_has_date"),
        Index(
            "uq_holds_caught_item",
            "item_id",
            unique=True,
            sqlite_where=text(f"status IN {sql_list(WITH_ITEM)}"),
            postgresql_where=text(f"status IN {sql_list(WITH_ITEM)}"),
        ),
        Index(
            "uq_holds_open_title_patron",
            "title_id",
            "patron_id",
            unique=True,
            sqlite_where=text(f"status IN {sql_list(OPEN)}"),
            postgresql_where=text(f"status IN {sql_list(OPEN)}"),
        ),
        Index(
            "uq_holds_shelf_number",
            "pickup_site",
            "shelf_number",
            unique=True,
            sqlite_where=text("status = 'ready'"),
            postgresql_where=text("status = 'ready'"),
        ),
        Index("ix_holds_title_id_status", "title_id", "status"),
        Index("ix_holds_pickup_site_status", "pickup_site", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="titles.id")
    patron_id: int = Field(foreign_key="patrons.id", index=True)
    pickup_site: str = Field(foreign_key="sites.code", max_length=32)
    placed_at: datetime
    staff_priority: int = 0
    status: str = Field(default=HoldStatus.WAITING.value, max_length=16)
    item_id: int | None = Field(default=None, foreign_key="items.id")
    captured_at: datetime | None = None
    ready_at: datetime | None = None
    expires_on: date | None = None
    shelf_number: int | None = None
    ended_at: datetime | None = None


class Kiosk(Table, table=True):
    """A return kiosk that may call the API; its token is stored only as SHA-256."""

    __tablename__ = "kiosks"

    name: str = Field(primary_key=True, max_length=64)
    site: str = Field(foreign_key="sites.code", max_length=32)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    revoked_at: datetime | None = None


class Return(Table, table=True):
    """A return as a kiosk reported it, and what was answered; unknown items are kept too.

    `loan_id` is the loan that it ended, `hold_id` the hold that its copy serves. `answer` is the
    JSON that the kiosk got and gets again. `warnings` is a JSON list. `bin` and `security` come
    later, with the placement: no bin is "not known yet", an empty one "given back".
    """

    __tablename__ = "returns"
    __table_args__ = (
        one_of("outcome", Outcome),
        CheckConstraint(
            "security IN ('pending', 'secured', 'failed', 'not_wanted')", name="security"
        ),
        Index(
            "uq_returns_loan_id",
            "loan_id",
            unique=True,
            sqlite_where=text("loan_id IS NOT NULL"),
            postgresql_where=text("loan_id IS NOT NULL"),
        ),
        Index("ix_returns_outcome_received_at", "outcome", "received_at"),
    )

    return_id: str = Field(primary_key=True, max_length=36)
    kiosk: str = Field(foreign_key="kiosks.name", max_length=64)
    barcode: str = Field(max_length=64)
    item_id: int | None = Field(default=None, foreign_key="items.id", index=True)
    loan_id: int | None = Field(default=None, foreign_key="loans.id")
    hold_id: int | None = Field(default=None, foreign_key="holds.id", index=True)
    owner: str = Field(default="", max_length=16)
    warnings: str = "[]"
    occurred_at: datetime
    received_at: datetime
    body_hash: str = Field(max_length=64)
    outcome: str = Field(max_length=16)
    answer: str
    bin: str | None = Field(default=None, max_length=32)
    security: str = Field(default="pending", max_length=16)
