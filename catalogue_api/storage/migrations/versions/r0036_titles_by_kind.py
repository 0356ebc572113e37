"""Titles are found by kind, and counted, by index: also those of a kind that is rare."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.execute("CREATE INDEX ix_title_index_kind ON title_index (kind, title_id)")


def downgrade() -> None:
    """Refuse: an older release would not know it."""
    raise NotImplementedError("restore the copy that was made before the migration")
