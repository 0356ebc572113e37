"""Words on the screens of kiosks end; librarians say what goes into which of their bins."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the words that stand there stay until somebody takes them away."""
    with op.batch_alter_table("kiosks") as batch_op:
        for column in (
            sa.Column("message_until", sa.DateTime(timezone=True), nullable=True),
            sa.Column("message_version", sa.Integer(), server_default="1", nullable=False),
            sa.Column("sorting", sa.String(), nullable=True),
            sa.Column("sorting_version", sa.Integer(), server_default="0", nullable=False),
        ):
            batch_op.add_column(column)


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
