"""What was done with copies at a desk can be taken back on its day."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KINDS = "'sent', 'shelved', 'made_ready', 'cleared'"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "deeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("copies", sa.String(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.String(length=80), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deeds")),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_deeds_kind")),
    )
    op.create_index(op.f("ix_deeds_at"), "deeds", ["at"])


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
