"""The few copies that travel or wait to be shelved are found without the others."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    for name, column, of in [
        ("ix_items_to_shelve", "current_site", "to_shelve_since"),
        ("ix_items_travelling", "destination", "destination"),
    ]:
        only = sa.text(f"{of} IS NOT NULL")
        op.create_index(name, "items", [column], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
