"""Loans, holds, kiosks and the returns they report."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, desc, false, text
from sqlmodel import Field

from catalogue_api.domain.deeds import DeedKind
from catalogue_api.domain.holds import OPEN, WITH_ITEM, HoldEventKind, HoldStatus
from catalogue_api.domain.outcomes import Outcome
from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, one_of, server_default, sql_list


class Loan(Table, table=True):
    """An item with a patron, open until `ended_at`; a closed one may lose its patron.

    The database refuses a second open loan of an item. What ended it is said by the return that
    names it. `site` is where it was lent, `category` the patron's then: they outlive the patron.
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
        Index(
            "ix_loans_open_patron",
            "patron_id",
            "due_on",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_loans_open_due_on",
            "due_on",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_loans_ended_at", "ended_at"),
        Index("ix_loans_started_at", "started_at", "item_id", "site"),
        CheckConstraint("ended_at IS NOT NULL OR patron_id IS NOT NULL", name="open_has_patron"),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="items.id")
    patron_id: int | None = Field(default=None, foreign_key="patrons.id", index=True)
    started_at: datetime
    due_on: date
    ended_at: datetime | None = None
    renewals: int = Field(default=0, sa_column_kwargs=server_default("0"))
    site: str = Field(default="", max_length=32, sa_column_kwargs=server_default(""))
    category: str = Field(default="", max_length=32, sa_column_kwargs=server_default(""))
    claimed_returned_on: date | None = None


class Hold(Table, table=True):
    """A patron's wish for any copy of a title, or for one copy only, fetched at `pickup_site`.

    `wanted_item_id` is set where only that copy will do. `item_id` is the copy that serves it,
    from the capture on. `shelf_number` is what stands on the slip of the copy and in the reader's
    notice, given when it is ready; `told_at` and `told_how` say that a librarian told the reader,
    as long as that is after `ready_at`. While paused (until `paused_until`, its last day, or until
    resumed if that is None) it keeps its rank and takes no copy. A hold that has ended may lose
    its patron.
    """

    __tablename__ = "holds"
    __table_args__ = (
        one_of("status", HoldStatus),
        CheckConstraint(
            f"status NOT IN {sql_list(WITH_ITEM)} OR item_id IS NOT NULL", name="caught_has_item"
        ),
        CheckConstraint("status <> 'ready' OR ready_at IS NOT NULL", name="ready_has_date"),
        CheckConstraint(
            f"status NOT IN {sql_list(OPEN)} OR patron_id IS NOT NULL", name="open_has_patron"
        ),
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
            sqlite_where=text(f"status IN {sql_list(OPEN)} AND wanted_item_id IS NULL"),
            postgresql_where=text(f"status IN {sql_list(OPEN)} AND wanted_item_id IS NULL"),
        ),
        Index(
            "uq_holds_open_wanted_item_patron",
            "wanted_item_id",
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
        Index(
            "ix_holds_waiting",
            "title_id",
            desc("staff_priority"),
            "placed_at",
            "id",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_holds_title_id_status", "title_id", "status"),
        Index("ix_holds_pickup_site_status", "pickup_site", "status"),
        Index(
            "ix_holds_ready_at",
            "ready_at",
            sqlite_where=text("ready_at IS NOT NULL"),
            postgresql_where=text("ready_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="titles.id")
    patron_id: int | None = Field(default=None, foreign_key="patrons.id", index=True)
    wanted_item_id: int | None = Field(default=None, foreign_key="items.id")
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
    paused: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    paused_until: date | None = None
    end_reason: str = Field(default="", max_length=32, sa_column_kwargs=server_default(""))
    told_at: datetime | None = None
    told_how: str = Field(default="", max_length=16, sa_column_kwargs=server_default(""))
    version: int = Field(default=1, sa_column_kwargs=server_default("1"))


class HoldEvent(Table, table=True):
    """What happened to a hold, and to the order of its queue, so that every rank can be explained.

    `by` is who did it (a staff name, "patron", "kiosk:NAME", "night", "import"); `detail` is JSON.
    """

    __tablename__ = "hold_events"
    __table_args__ = (
        one_of("kind", HoldEventKind),
        Index("ix_hold_events_title", "title_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    hold_id: int = Field(foreign_key="holds.id", index=True)
    title_id: int
    at: datetime
    kind: str = Field(max_length=16)
    by: str = Field(default="", max_length=80)
    detail: str = "{}"


class Leftover(Table, table=True):
    """A copy that still stands on the reservation shelf of a site, though it is ready for nobody.

    A librarian takes it down and scans it. `shelf_number` is where it stands, `why` what ended
    the waiting. A return or a loan of the copy since then means that it is not there any more.
    """

    __tablename__ = "leftovers"
    __table_args__ = (one_of("why", HoldEventKind), Index("ix_leftovers_site", "site"))

    item_id: int = Field(foreign_key="items.id", primary_key=True)
    site: str = Field(foreign_key="sites.code", max_length=32)
    shelf_number: int
    since: datetime
    why: str = Field(max_length=16)


class Deed(Table, table=True):
    """What somebody did with copies at a desk, for as long as it can be taken back.

    `copies` is JSON: how each stood before and after (see `storage.deeds`). Copies that are gone
    meanwhile are in no key: they cannot be put back, and say so.
    """

    __tablename__ = "deeds"
    __table_args__ = (one_of("kind", DeedKind), NEVER_AGAIN)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=16)
    at: datetime = Field(index=True)
    by: str = Field(max_length=80)
    copies: str
    taken_back_at: datetime | None = None
    taken_back_by: str = Field(default="", max_length=80, sa_column_kwargs=server_default(""))


class Kiosk(Table, table=True):
    """A return kiosk that may call the API; its token is stored only as SHA-256.

    `health` is the JSON that it told of itself at `seen_at`; the messages are for its screen, until
    `message_until`. `sorting` is the JSON of the lines that it is to sort by, None for its own.
    """

    __tablename__ = "kiosks"

    name: str = Field(primary_key=True, max_length=64)
    site: str = Field(foreign_key="sites.code", max_length=32)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    revoked_at: datetime | None = None
    health: str | None = None
    seen_at: datetime | None = None
    message_fr: str = Field(default="", max_length=300, sa_column_kwargs=server_default(""))
    message_en: str = Field(default="", max_length=300, sa_column_kwargs=server_default(""))
    message_until: datetime | None = None
    message_version: int = Field(default=1, sa_column_kwargs=server_default("1"))
    sorting: str | None = None
    sorting_version: int = Field(default=0, sa_column_kwargs=server_default("0"))


class Return(Table, table=True):
    """A return as a kiosk or a desk reported it, and what was answered; unknown items too.

    At a desk `kiosk` is None and `staff` is the librarian. `loan_id` is the loan that it ended,
    `hold_id` the hold that its copy serves. `answer` is the JSON that was answered and is answered
    again. `warnings` is a JSON list. `bin` and `security` come later, with the placement: no bin
    is "not known yet", an empty one "given back". `receipt` is the number of the receipt that names
    this return. `parts_check`: what the reader said of its parts, or who has looked. `before` is
    what the return changed, as JSON, for as long as it can be undone.
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
            sqlite_where=text("loan_id IS NOT NULL AND undone_at IS NULL"),
            postgresql_where=text("loan_id IS NOT NULL AND undone_at IS NULL"),
        ),
        Index(
            "ix_returns_hold_id",
            "hold_id",
            sqlite_where=text("hold_id IS NOT NULL"),
            postgresql_where=text("hold_id IS NOT NULL"),
        ),
        Index("ix_returns_received_at", "received_at"),
        Index("ix_returns_barcode_received_at", "barcode", "received_at"),
        Index(
            "ix_returns_receipt",
            "receipt",
            sqlite_where=text("receipt IS NOT NULL"),
            postgresql_where=text("receipt IS NOT NULL"),
        ),
        CheckConstraint("kiosk IS NOT NULL OR staff <> ''", name="somebody"),
        Index("ix_returns_kiosk_received_at", "kiosk", "received_at"),
    )

    return_id: str = Field(primary_key=True, max_length=36)
    kiosk: str | None = Field(default=None, foreign_key="kiosks.name", max_length=64)
    barcode: str = Field(max_length=64)
    item_id: int | None = Field(default=None, foreign_key="items.id", index=True)
    loan_id: int | None = Field(default=None, foreign_key="loans.id")
    hold_id: int | None = Field(default=None, foreign_key="holds.id")
    owner: str = Field(default="", max_length=16)
    warnings: str = "[]"
    occurred_at: datetime
    received_at: datetime
    body_hash: str = Field(max_length=64)
    outcome: str = Field(max_length=16)
    answer: str
    bin: str | None = Field(default=None, max_length=32)
    security: str = Field(default="pending", max_length=16)
    receipt: str | None = Field(default=None, max_length=16)
    site: str = Field(default="", max_length=32, sa_column_kwargs=server_default(""))
    staff: str = Field(default="", max_length=64, sa_column_kwargs=server_default(""))
    before: str = Field(default="", sa_column_kwargs=server_default(""))
    undone_at: datetime | None = None
    undone_by: str = Field(default="", max_length=64, sa_column_kwargs=server_default(""))
    placement_revision: int = Field(default=0, sa_column_kwargs=server_default("0"))
    parts_check: str = Field(default="", max_length=16, sa_column_kwargs=server_default(""))
