"""What readers set up for themselves: codes by mail, a calendar, no history, being deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    # Not in a batch: that would make the table anew, with other defaults.
    op.add_column(
        "patrons",
        sa.Column("forgets_history", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("patrons", sa.Column("deletion_asked_on", sa.Date(), nullable=True))
    op.create_table(
        "mailed_codes",
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_mailed_codes_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("request_hash", name=op.f("pk_mailed_codes")),
    )
    op.create_index(op.f("ix_mailed_codes_patron_id"), "mailed_codes", ["patron_id"])
    op.create_table(
        "calendar_feeds",
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_calendar_feeds_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("patron_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feeds_secret_hash")),
    )


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
