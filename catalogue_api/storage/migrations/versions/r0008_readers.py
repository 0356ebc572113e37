"""Readers: the text they are found by, one-time codes, blocks for lost items; loans by due date."""

import sqlalchemy as sa
from alembic import op

from catalogue_api.domain.patrons import sought

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("patrons") as batch_op:
        batch_op.add_column(sa.Column("sought", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("code_until", sa.Date(), nullable=True))
    with op.batch_alter_table("blocks") as batch_op:
        batch_op.add_column(sa.Column("item_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_blocks_item_id"), ["item_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_blocks_item_id_items"), "items", ["item_id"], ["id"]
        )
    op.drop_index("ix_loans_open_patron", table_name="loans")
    op.create_index(
        "ix_loans_open_patron",
        "loans",
        ["patron_id", "due_on"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_loans_open_due_on",
        "loans",
        ["due_on"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _write_what_is_sought()


def _write_what_is_sought() -> None:
    patrons = sa.table(
        "patrons",
        sa.column("id", sa.Integer),
        *(
            sa.column(name, sa.String)
            for name in ("family_name", "given_name", "card", "email", "phone", "sought")
        ),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(patrons)).all()
    for row in rows:
        text = sought(row.family_name, row.given_name, row.card, row.email, row.phone)
        connection.execute(patrons.update().where(patrons.c.id == row.id).values(sought=text))


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
