"""Librarians hear of a second tag with the same barcode."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KINDS = (
    "'overtaken', 'unknown_item', 'needs_staff', 'parts_missing', 'damaged', 'not_secured',"
    " 'wrong_site', 'was_searched', 'clock_wrong', 'hold_lost_copy', 'same_barcode'"
)


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("anomalies") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_anomalies_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_anomalies_kind"), f"kind IN ({_KINDS})")


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
