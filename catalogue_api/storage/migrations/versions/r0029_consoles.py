"""The consoles of the games are found by index."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    condition = sa.text("platform <> ''")
    op.create_index(
        "ix_titles_platform",
        "titles",
        ["platform"],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def downgrade() -> None:
    """Refuse: an older release would not know it."""
    raise NotImplementedError("restore the copy that was made before the migration")
