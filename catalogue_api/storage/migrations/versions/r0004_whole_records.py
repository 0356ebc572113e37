"""Whole records, all their numbers, and what titles and copies of every kind need."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXTS_OF_TITLES = (
    "contributors",
    "other_titles",
    "subjects",
    "series",
    "summary",
    "extent",
    "contents",
    "platform",
)


def upgrade() -> None:
    """Go forward; the ISBN that a title has is its first number."""
    _change_titles()
    _change_items()
    _create_title_numbers()
    _create_title_records()


def downgrade() -> None:
    """Refuse: an older release could not keep whole records."""
    raise NotImplementedError("restore the copy that was made before the migration")


def _change_titles() -> None:
    with op.batch_alter_table("titles") as batch_op:
        for name in _TEXTS_OF_TITLES:
            batch_op.add_column(sa.Column(name, sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("parts_count", sa.Integer(), server_default="1", nullable=False)
        )
        batch_op.add_column(sa.Column("pegi_age", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def _change_items() -> None:
    with op.batch_alter_table("items") as batch_op:
        batch_op.add_column(
            sa.Column("category", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))


def _create_title_numbers() -> None:
    op.create_table(
        "title_numbers",
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.CheckConstraint("kind IN ('isbn', 'issn', 'ean')", name=op.f("ck_title_numbers_kind")),
        sa.ForeignKeyConstraint(
            ["title_id"], ["titles.id"], name=op.f("fk_title_numbers_title_id_titles")
        ),
        sa.PrimaryKeyConstraint("title_id", "number", name=op.f("pk_title_numbers")),
    )
    op.create_index(op.f("ix_title_numbers_number"), "title_numbers", ["number"], unique=False)
    op.execute(
        "INSERT INTO title_numbers (title_id, number, kind)"
        " SELECT id, isbn, 'isbn' FROM titles WHERE isbn <> ''"
    )


def _create_title_records() -> None:
    op.create_table(
        "title_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("control_number", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("format IN ('unimarc', 'marc21')", name=op.f("ck_title_records_format")),
        sa.ForeignKeyConstraint(
            ["title_id"], ["titles.id"], name=op.f("fk_title_records_title_id_titles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_records")),
        sa.UniqueConstraint(
            "source", "control_number", name=op.f("uq_title_records_source_control_number")
        ),
    )
    op.create_index(op.f("ix_title_records_title_id"), "title_records", ["title_id"], unique=False)
