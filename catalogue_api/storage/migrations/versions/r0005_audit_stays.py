"""The audit log cannot be changed, and staff accounts have a version."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SQLITE = (
    """CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END""",
    """CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN OLD.at > datetime('now', '-360 days')
BEGIN SELECT RAISE(ABORT, 'the audit log is kept for a year'); END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is never changed, and kept for a year'
USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_refuses()""",
    """CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()""",
    """CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
FOR EACH ROW WHEN (OLD.at > now() - interval '360 days') EXECUTE FUNCTION audit_refuses()""",
)


def upgrade() -> None:
    """Go forward."""
    op.add_column("staff", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
