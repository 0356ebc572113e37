"""What staff correct at a title is known by name, so that its record can say it too."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; of what was corrected before it is not known."""
    with op.batch_alter_table("titles") as batch_op:
        batch_op.add_column(sa.Column("corrected", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
