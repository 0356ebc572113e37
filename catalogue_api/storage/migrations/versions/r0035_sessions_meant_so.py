"""A session of the agenda may be meant to lie outside the opening hours."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("event_sessions") as batch_op:
        batch_op.add_column(sa.Column("meant_so_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
