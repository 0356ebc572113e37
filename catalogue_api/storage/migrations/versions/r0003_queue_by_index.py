"""The queue of a title by index, and the copies that are left on a reservation shelf."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OLD_KINDS = (
    "'placed', 'moved', 'passed', 'paused', 'resumed', 'pickup_changed', 'captured', "
    "'released', 'ready', 'fulfilled', 'cancelled', 'expired'"
)
_KINDS = _OLD_KINDS.replace("'cancelled', ", "'cancelled', 'restored', ")


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        "ix_holds_waiting",
        "holds",
        ["title_id", sa.text("staff_priority DESC"), "placed_at", "id"],
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "leftovers",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("shelf_number", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.CheckConstraint(f"why IN ({_KINDS})", name=op.f("ck_leftovers_why")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_leftovers_item_id_items")),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_leftovers_site_sites")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_leftovers")),
    )
    op.create_index("ix_leftovers_site", "leftovers", ["site"])
    with op.batch_alter_table("hold_events") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_hold_events_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_hold_events_kind"), f"kind IN ({_KINDS})")


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
