"""What the catalogue writes down about what was done: idempotency, audit, anomalies, changes."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, event, text
from sqlmodel import Field

from catalogue_api.domain.anomalies import AnomalyKind
from catalogue_api.storage.tables.table import Table, one_of


class IdempotencyKey(Table, table=True):
    """A write that was answered: the same key of the same caller gets the same answer again."""

    __tablename__ = "idempotency_keys"

    caller: str = Field(primary_key=True, max_length=80)
    key: str = Field(primary_key=True, max_length=64)
    body_hash: str = Field(max_length=64)
    answer: str
    created_at: datetime = Field(index=True)


class AuditEntry(Table, table=True):
    """Who did what, when and to whom.

    The database itself refuses to change an entry, or to delete a young one (see the triggers).
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor: str = Field(max_length=80)
    action: str = Field(max_length=64)
    subject: str = Field(default="", max_length=128)
    detail: str = "{}"


_TRIGGERS = (
    """CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END""",
    """CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN OLD.at > datetime('now', '-360 days')
BEGIN SELECT RAISE(ABORT, 'the audit log is kept for a year'); END""",
)


@event.listens_for(Table.metadata.tables["audit"], "after_create")
def _protect(_table: object, connection: Connection, **_options: object) -> None:
    # What PostgreSQL has instead stands in the migration alone, as all of its tables do.
    if connection.dialect.name == "sqlite":
        for trigger in _TRIGGERS:
            connection.exec_driver_sql(trigger)


class Anomaly(Table, table=True):
    """Something that a librarian has to look at, until `handled_at`; `detail` is JSON."""

    __tablename__ = "anomalies"
    __table_args__ = (
        one_of("kind", AnomalyKind),
        Index(
            "ix_anomalies_open",
            "site",
            "at",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=24)
    at: datetime
    site: str = Field(foreign_key="sites.code", max_length=32)
    kiosk: str | None = Field(default=None, foreign_key="kiosks.name", max_length=64)
    return_id: str | None = Field(default=None, max_length=36, index=True)
    item_id: int | None = Field(default=None, foreign_key="items.id", index=True)
    barcode: str = Field(default="", max_length=64)
    detail: str = "{}"
    handled_at: datetime | None = None
    handled_by: str = ""
    remark: str = ""
    version: int = Field(default=1)


class Change(Table, table=True):
    """A title whose items a kiosk should look at again, in the order of the commits.

    `xid` is PostgreSQL's transaction (0 on SQLite, where one writer commits in order): a reader
    takes only rows of transactions older than every one still running, so that none is missed.
    """

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_xid_id", "xid", "id"),)

    id: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
        ),
    )
    xid: int = Field(
        default=0,
        sa_column=Column(BigInteger, nullable=False, server_default=text("0")),
    )
    title_id: int
    barcode: str = Field(default="", max_length=64)
    """Set for an item that is gone: its row can tell nothing any more."""
