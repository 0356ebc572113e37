"""Notices to readers: the outbox, how each wants to be told, and addresses that fail."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KINDS = (
    "'hold_ready', 'hold_expires', 'due_soon', 'late', 'one_time_code', 'slot_booked',"
    " 'slot_soon', 'slot_cancelled', 'slot_moved', 'slot_offered', 'workshop_registered',"
    " 'workshop_reminder', 'workshop_offered', 'workshop_released', 'workshop_cancelled',"
    " 'workshop_moved', 'question_confirm', 'question_answered', 'suggestion_decided'"
)
_STATUS = "'waiting', 'sent', 'to_tell', 'told', 'dropped'"
_REASONS = (
    "'stale', 'overtaken', 'declined', 'wants_the_desk', 'no_address', 'address_refused',"
    " 'message_refused', 'no_mail'"
)


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("patrons") as batch_op:
        batch_op.add_column(
            sa.Column("failing_email", sa.String(), nullable=False, server_default="")
        )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(), nullable=False, server_default=""),
        sa.Column("language", sa.String(length=8), nullable=False, server_default=""),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stale_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=False, server_default=""),
        sa.Column("detail", sa.String(), nullable=False, server_default=""),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("told_how", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_notices_kind")),
        sa.CheckConstraint(f"status IN ({_STATUS})", name=op.f("ck_notices_status")),
        sa.CheckConstraint(
            f"reason = '' OR reason IN ({_REASONS})", name=op.f("ck_notices_reason")
        ),
        sa.CheckConstraint(
            "(patron_id IS NULL) <> (address = '')", name=op.f("ck_notices_somebody")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (status IN ('waiting', 'to_tell'))",
            name=op.f("ck_notices_open_has_no_end"),
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_notices_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    _create_indexes()
    op.create_table(
        "notice_choices",
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_notice_choices_kind")),
        sa.CheckConstraint(
            "way IN ('email', 'desk', 'not_at_all')", name=op.f("ck_notice_choices_way")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_notice_choices_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("patron_id", "kind", name=op.f("pk_notice_choices")),
    )


def _create_indexes() -> None:
    for name, columns, condition in (
        ("waiting", ["next_try_at", "urgency", "id"], sa.text("status = 'waiting'")),
        ("to_tell", ["stale_at"], sa.text("status = 'to_tell'")),
    ):
        op.create_index(
            f"ix_notices_{name}",
            "notices",
            columns,
            sqlite_where=condition,
            postgresql_where=condition,
        )
    op.create_index("ix_notices_patron_id", "notices", ["patron_id", "id"])
    op.create_index("ix_notices_ended_at", "notices", ["ended_at"])


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
