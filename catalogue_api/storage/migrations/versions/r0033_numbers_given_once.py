"""On SQLite too, a number that somebody or something had is never given to another."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_TABLES = (
    *("patrons", "blocks", "titles", "items", "deeds", "calendar_exceptions", "favourites"),
    *("notices", "questions", "suggestions", "vouchers", "slot_wishes", "walk_ins", "guest_passes"),
)


def upgrade() -> None:
    """Go forward: SQLite makes each table anew."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in _TABLES:
        with op.batch_alter_table(
            table, recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
