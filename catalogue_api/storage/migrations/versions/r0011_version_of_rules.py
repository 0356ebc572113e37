"""The version of the rules is an instant in microseconds, which wants eight bytes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("rulebook") as batch_op:
        batch_op.alter_column("version", existing_type=sa.Integer(), type_=sa.BigInteger())


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
