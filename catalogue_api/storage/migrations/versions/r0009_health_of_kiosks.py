"""What each kiosk last told of itself, and what its screen is to say."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("kiosks") as batch_op:
        batch_op.add_column(sa.Column("health", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        for language in ("fr", "en"):
            batch_op.add_column(
                sa.Column(
                    f"message_{language}", sa.String(length=300), nullable=False, server_default=""
                )
            )


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
