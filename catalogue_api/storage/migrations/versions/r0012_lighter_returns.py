"""Returns are written often: no index that nothing asks for, none for what is mostly empty."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.drop_index("ix_returns_outcome_received_at", table_name="returns")
    op.drop_index("ix_returns_hold_id", table_name="returns")
    op.create_index(
        "ix_returns_hold_id",
        "returns",
        ["hold_id"],
        sqlite_where=sa.text("hold_id IS NOT NULL"),
        postgresql_where=sa.text("hold_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
