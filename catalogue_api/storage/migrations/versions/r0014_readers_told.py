"""A librarian tells a reader who has no e-mail that a copy is ready."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KINDS = (
    "'placed', 'moved', 'passed', 'paused', 'resumed', 'pickup_changed', 'captured', 'released',"
    " 'ready', 'told', 'not_told', 'fulfilled', 'cancelled', 'restored', 'expired'"
)


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("holds") as batch_op:
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("told_how", sa.String(length=16), nullable=False, server_default="")
        )
    for table, column in (("hold_events", "kind"), ("leftovers", "why")):
        name = f"ck_{table}_{column}"
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(name), type_="check")
            batch_op.create_check_constraint(batch_op.f(name), f"{column} IN ({_KINDS})")


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
