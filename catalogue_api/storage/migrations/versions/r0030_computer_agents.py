"""The programs that guard computers, and the codes of guests."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


_STAFF = "'librarian', 'manager', 'technician', 'administrator'"


def upgrade() -> None:
    """Go forward."""
    # Accounts have the roles of people only: that list stays when programs get new ones.
    with op.batch_alter_table("staff") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_staff_role"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_staff_role"), f"role IN ({_STAFF})")
    op.create_table(
        "computer_agents",
        sa.Column("computer_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("boot", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["computer_id"], ["computers.id"], name=op.f("fk_computer_agents_computer_id_computers")
        ),
        sa.PrimaryKeyConstraint("computer_id", name=op.f("pk_computer_agents")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_computer_agents_token_hash")),
    )
    op.create_table(
        "guest_passes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("made_at < expires_at", name=op.f("ck_guest_passes_in_order")),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_guest_passes_room_id_rooms")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_guest_passes_booking_id_bookings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_passes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_guest_passes_code_hash")),
    )
    op.create_index(op.f("ix_guest_passes_expires_at"), "guest_passes", ["expires_at"])
    op.create_index(op.f("ix_guest_passes_booking_id"), "guest_passes", ["booking_id"])


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
