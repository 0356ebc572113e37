"""Whether games are lent to younger readers than PEGI says is a rule of the library."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: a librarian is asked."""
    with op.batch_alter_table("rulebook") as batch_op:
        batch_op.add_column(
            sa.Column("heed_pegi", sa.Boolean(), nullable=False, server_default=sa.true())
        )


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
