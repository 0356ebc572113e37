"""Questions to librarians, and suggestions to buy."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _create_questions()
    _create_suggestions()


def _create_questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_as", sa.String(length=80), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("handed_to", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('unconfirmed', 'open', 'answered', 'closed')",
            name=op.f("ck_questions_status"),
        ),
        sa.CheckConstraint(
            "(patron_id IS NULL) <> (address = '')", name=op.f("ck_questions_somebody")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (status IN ('unconfirmed', 'open'))",
            name=op.f("ck_questions_open_has_no_end"),
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_questions_patron_id_patrons")
        ),
        sa.ForeignKeyConstraint(
            ["title_id"], ["titles.id"], name=op.f("fk_questions_title_id_titles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("asked_as", name=op.f("uq_questions_asked_as")),
    )
    for column in ("patron_id", "address", "title_id", "ended_at"):
        op.create_index(f"ix_questions_{column}", "questions", [column])
    is_open = sa.text("status = 'open'")
    op.create_index(
        "ix_questions_open",
        "questions",
        ["asked_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _create_suggestions() -> None:
    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("isbn", sa.String(length=13), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "decision = '' OR decision IN ('accepted', 'ordered', 'already_there', 'not_accepted')",
            name=op.f("ck_suggestions_decision"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision = '')",
            name=op.f("ck_suggestions_decided_has_date"),
        ),
        sa.CheckConstraint(
            "decision <> '' OR patron_id IS NOT NULL", name=op.f("ck_suggestions_open_has_patron")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_suggestions_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    for column in ("patron_id", "isbn", "decided_at"):
        op.create_index(f"ix_suggestions_{column}", "suggestions", [column])


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
