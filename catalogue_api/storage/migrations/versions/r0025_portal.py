"""What librarians keep for the portal: favourites, what there is at each site, and texts."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_NAMES = "'accessibility', 'legal', 'privacy'"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "favourites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("signed", sa.String(length=80), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(
            ["title_id"], ["titles.id"], name=op.f("fk_favourites_title_id_titles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favourites")),
        sa.UniqueConstraint("title_id", name=op.f("uq_favourites_title_id")),
    )
    texts = ("street", "town", "phone", "email", "help_fr", "help_en", "access_fr", "access_en")
    op.create_table(
        "site_facilities",
        sa.Column("site", sa.String(length=32), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("computers", "printers", "scanners")
        ),
        sa.Column("wifi", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)",
            name=op.f("ck_site_facilities_both_degrees"),
        ),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_site_facilities_latitude")),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180", name=op.f("ck_site_facilities_longitude")
        ),
        sa.ForeignKeyConstraint(
            ["site"], ["sites.code"], name=op.f("fk_site_facilities_site_sites")
        ),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site_facilities")),
    )
    op.create_table(
        "page_texts",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(f"name IN ({_NAMES})", name=op.f("ck_page_texts_name")),
        sa.PrimaryKeyConstraint("name", "language", name=op.f("pk_page_texts")),
    )


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
