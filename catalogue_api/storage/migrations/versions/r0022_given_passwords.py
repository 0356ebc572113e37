"""A password that somebody else made opens nothing but a new one."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; whoever has a password today is taken to have chosen it."""
    with op.batch_alter_table("staff") as batch_op:
        batch_op.add_column(
            sa.Column("password_given", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
