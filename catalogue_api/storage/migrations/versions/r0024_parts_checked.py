"""What the reader said of the parts of an item, and that librarians look where nobody has."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KINDS = (
    "'overtaken', 'unknown_item', 'needs_staff', 'parts_missing', 'damaged', 'not_secured',"
    " 'wrong_site', 'was_searched', 'clock_wrong', 'hold_lost_copy', 'same_barcode',"
    " 'parts_unchecked'"
)


def upgrade() -> None:
    """Go forward; of the returns that are there nobody was asked."""
    with op.batch_alter_table("returns") as batch_op:
        column = sa.Column("parts_check", sa.String(16), server_default="", nullable=False)
        batch_op.add_column(column)
    with op.batch_alter_table("anomalies") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_anomalies_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_anomalies_kind"), f"kind IN ({_KINDS})")


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
