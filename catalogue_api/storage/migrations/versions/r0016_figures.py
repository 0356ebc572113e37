"""When copies were taken in and withdrawn; loans and ready reservations are found by time."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; of the copies that are there it is not known."""
    with op.batch_alter_table("items") as batch_op:
        batch_op.add_column(sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_items_taken_in_at", "items", ["taken_in_at"])
    for table, column in (("items", "withdrawn_at"), ("holds", "ready_at")):
        condition = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_{table}_{column}",
            table,
            [column],
            sqlite_where=condition,
            postgresql_where=condition,
        )
    op.create_index("ix_loans_started_at", "loans", ["started_at", "item_id", "site"])


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
