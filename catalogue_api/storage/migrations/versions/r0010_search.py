"""The index of titles: FTS5 on SQLite, a tsvector on PostgreSQL; the vocabulary of both."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INDEX = """CREATE TABLE title_index (
    title_id INTEGER PRIMARY KEY,
    facets TEXT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    language VARCHAR(8) NOT NULL,
    year INTEGER,
    audience VARCHAR(8) NOT NULL,
    title_key TEXT NOT NULL,
    author_key TEXT NOT NULL
)"""
_ON_SQLITE = (
    _INDEX,
    """CREATE TABLE title_texts (
    title_id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    subject TEXT NOT NULL,
    other TEXT NOT NULL,
    number TEXT NOT NULL
)""",
    """CREATE VIRTUAL TABLE title_words USING fts5 (
    title, author, subject, other, number,
    content = 'title_texts', content_rowid = 'title_id',
    tokenize = "ascii tokenchars '_'", columnsize = 0
)""",
)
_ON_POSTGRESQL = (
    _INDEX.replace("_key TEXT", '_key TEXT COLLATE "C"').replace(
        "\n)", ",\n    words TSVECTOR NOT NULL\n)"
    ),
    # The words lie apart, so that what is read of each hit is small.
    "ALTER TABLE title_index ALTER words SET STORAGE EXTERNAL",
    "ALTER TABLE title_index SET (toast_tuple_target = 128)",
    "CREATE INDEX ix_title_index_words ON title_index USING gin (words)",
)
_ORDERS = (
    "CREATE INDEX ix_title_index_title_key ON title_index (title_key, title_id)",
    "CREATE INDEX ix_title_index_author_key ON title_index (author_key, title_id)",
    "CREATE INDEX ix_title_index_year ON title_index (coalesce(year, 0), title_id)",
)


def upgrade() -> None:
    """Go forward; the titles that are there are indexed at the end of the migration."""
    op.create_table(
        "titles_to_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_titles_to_index")),
    )
    op.create_index(op.f("ix_titles_to_index_title_id"), "titles_to_index", ["title_id"])
    op.create_table(
        "vocabulary",
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_vocabulary")),
    )
    op.create_table(
        "spellings",
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("form", "word", name=op.f("pk_spellings")),
        sqlite_with_rowid=False,
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (*(_ON_SQLITE if sqlite else _ON_POSTGRESQL), *_ORDERS):
        op.execute(statement)
    # Where the copies of a title are, without looking at the copies themselves.
    op.drop_index("ix_items_title_id", "items")
    op.create_index("ix_items_title_id", "items", ["title_id", "current_site", "status"])
    op.execute("INSERT INTO titles_to_index (title_id) SELECT id FROM titles")


def downgrade() -> None:
    """Refuse: an older release would not keep the index true."""
    raise NotImplementedError("restore the copy that was made before the migration")
