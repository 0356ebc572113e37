"""Which placement of a return is the newest; the returns of a kiosk by time."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "returns",
        sa.Column("placement_revision", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_index(
        "ix_returns_kiosk_received_at", "returns", ["kiosk", "received_at"], unique=False
    )


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
