"""A notice to a reader may go to another address than theirs: to the one that they had before."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_KINDS = (
    "'hold_ready', 'hold_expires', 'due_soon', 'late', 'one_time_code', 'slot_booked',"
    " 'slot_soon', 'slot_cancelled', 'slot_moved', 'slot_offered', 'workshop_registered',"
    " 'workshop_reminder', 'workshop_offered', 'workshop_released', 'workshop_cancelled',"
    " 'workshop_moved', 'question_confirm', 'question_answered', 'suggestion_decided',"
    " 'email_changed'"
)


def upgrade() -> None:
    """Go forward."""
    autoincrement = {"sqlite_autoincrement": True}
    with op.batch_alter_table("notices", table_kwargs=autoincrement) as batch_op:
        for name, holds in (
            ("kind", f"kind IN ({_KINDS})"),
            ("somebody", "patron_id IS NOT NULL OR address <> ''"),
        ):
            constraint = batch_op.f(f"ck_notices_{name}")
            batch_op.drop_constraint(constraint, type_="check")
            batch_op.create_check_constraint(constraint, holds)
    with op.batch_alter_table("notice_choices") as batch_op:
        constraint = batch_op.f("ck_notice_choices_kind")
        batch_op.drop_constraint(constraint, type_="check")
        batch_op.create_check_constraint(constraint, f"kind IN ({_KINDS})")


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
