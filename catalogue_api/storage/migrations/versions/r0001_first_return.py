"""Titles, items, patrons, loans, holds, kiosks and their returns."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _create_patrons()
    _create_sites()
    _create_titles()
    _create_items()
    _create_kiosks()
    _create_staff()
    _create_holds()
    _create_loans()
    _create_staff_sessions()
    _create_returns()


def downgrade() -> None:
    """Go back to an empty database; a table takes its indexes with it."""
    for table in (
        "returns",
        "staff_sessions",
        "loans",
        "holds",
        "staff",
        "kiosks",
        "items",
        "titles",
        "sites",
        "patrons",
    ):
        op.drop_table(table)


def _create_patrons() -> None:
    op.create_table(
        "patrons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=64), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrons")),
        sa.UniqueConstraint("card", name=op.f("uq_patrons_card")),
    )


def _create_sites() -> None:
    op.create_table(
        "sites",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sites")),
    )


def _create_titles() -> None:
    op.create_table(
        "titles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("control_number", sa.String(length=64), nullable=False),
        sa.Column("isbn", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("subtitle", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "audience IN ('anyone', 'child', 'young', 'adult')", name=op.f("ck_titles_audience")
        ),
        sa.CheckConstraint(
            "kind IN ('book', 'comic', 'periodical', 'audiobook', 'music', 'score', "
            "'film', 'video_game', 'board_game', 'software', 'map', 'other')",
            name=op.f("ck_titles_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_titles")),
        sa.UniqueConstraint(
            "source", "control_number", name=op.f("uq_titles_source_control_number")
        ),
    )
    op.create_index(op.f("ix_titles_isbn"), "titles", ["isbn"], unique=False)


def _create_items() -> None:
    op.create_table(
        "items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("barcode", sa.String(length=64), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("home_site", sa.String(length=32), nullable=False),
        sa.Column("current_site", sa.String(length=32), nullable=False),
        sa.Column("destination", sa.String(length=32), nullable=True),
        sa.Column("shelf_mark", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "destination <> current_site", name=op.f("ck_items_destination_is_elsewhere")
        ),
        sa.CheckConstraint(
            "status IN ('available', 'not_for_loan', 'lost', 'missing', 'claimed_returned', "
            "'in_repair', 'withdrawn')",
            name=op.f("ck_items_status"),
        ),
        sa.ForeignKeyConstraint(
            ["current_site"], ["sites.code"], name=op.f("fk_items_current_site_sites")
        ),
        sa.ForeignKeyConstraint(
            ["destination"], ["sites.code"], name=op.f("fk_items_destination_sites")
        ),
        sa.ForeignKeyConstraint(
            ["home_site"], ["sites.code"], name=op.f("fk_items_home_site_sites")
        ),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_items_title_id_titles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint("barcode", name=op.f("uq_items_barcode")),
    )
    op.create_index(op.f("ix_items_title_id"), "items", ["title_id"], unique=False)


def _create_kiosks() -> None:
    op.create_table(
        "kiosks",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_kiosks_site_sites")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosks_token_hash")),
    )


def _create_staff() -> None:
    op.create_table(
        "staff",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_staff_site_sites")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_staff")),
    )


def _create_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("pickup_site", sa.String(length=32), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_priority", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("shelf_number", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'ready' OR ready_at IS NOT NULL", name=op.f("ck_holds_ready_has_date")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'captured', 'ready', 'fulfilled', 'cancelled', 'expired')",
            name=op.f("ck_holds_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('captured', 'ready') OR item_id IS NOT NULL",
            name=op.f("ck_holds_caught_has_item"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_holds_item_id_items")),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_holds_patron_id_patrons")
        ),
        sa.ForeignKeyConstraint(
            ["pickup_site"], ["sites.code"], name=op.f("fk_holds_pickup_site_sites")
        ),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_holds_title_id_titles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_patron_id"), "holds", ["patron_id"], unique=False)
    op.create_index("ix_holds_pickup_site_status", "holds", ["pickup_site", "status"], unique=False)
    op.create_index("ix_holds_title_id_status", "holds", ["title_id", "status"], unique=False)
    op.create_index(
        "uq_holds_caught_item",
        "holds",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('captured', 'ready')"),
        postgresql_where=sa.text("status IN ('captured', 'ready')"),
    )
    op.create_index(
        "uq_holds_open_title_patron",
        "holds",
        ["title_id", "patron_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('waiting', 'captured', 'ready')"),
        postgresql_where=sa.text("status IN ('waiting', 'captured', 'ready')"),
    )
    op.create_index(
        "uq_holds_shelf_number",
        "holds",
        ["pickup_site", "shelf_number"],
        unique=True,
        sqlite_where=sa.text("status = 'ready'"),
        postgresql_where=sa.text("status = 'ready'"),
    )


def _create_loans() -> None:
    op.create_table(
        "loans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NOT NULL OR patron_id IS NOT NULL", name=op.f("ck_loans_open_has_patron")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_loans_item_id_items")),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_loans_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loans")),
    )
    op.create_index("ix_loans_item_id_started_at", "loans", ["item_id", "started_at"], unique=False)
    op.create_index(op.f("ix_loans_patron_id"), "loans", ["patron_id"], unique=False)
    op.create_index(
        "uq_loans_open_item",
        "loans",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_staff_sessions() -> None:
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff"], ["staff.name"], name=op.f("fk_staff_sessions_staff_staff")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_staff"), "staff_sessions", ["staff"], unique=False)


def _create_returns() -> None:
    op.create_table(
        "returns",
        sa.Column("return_id", sa.String(length=36), nullable=False),
        sa.Column("kiosk", sa.String(length=64), nullable=False),
        sa.Column("barcode", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("loan_id", sa.Integer(), nullable=True),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("warnings", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("bin", sa.String(length=32), nullable=True),
        sa.Column("security", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('returned', 'not_on_loan', 'hold_captured', 'hold_transfer', "
            "'transfer_home', 'parts_missing', 'needs_staff', 'unknown_item', 'overtaken')",
            name=op.f("ck_returns_outcome"),
        ),
        sa.CheckConstraint(
            "security IN ('pending', 'secured', 'failed', 'not_wanted')",
            name=op.f("ck_returns_security"),
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_returns_hold_id_holds")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_returns_item_id_items")),
        sa.ForeignKeyConstraint(["kiosk"], ["kiosks.name"], name=op.f("fk_returns_kiosk_kiosks")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_returns_loan_id_loans")),
        sa.PrimaryKeyConstraint("return_id", name=op.f("pk_returns")),
    )
    op.create_index(op.f("ix_returns_hold_id"), "returns", ["hold_id"], unique=False)
    op.create_index(op.f("ix_returns_item_id"), "returns", ["item_id"], unique=False)
    op.create_index(
        "ix_returns_outcome_received_at", "returns", ["outcome", "received_at"], unique=False
    )
    op.create_index(
        "uq_returns_loan_id",
        "returns",
        ["loan_id"],
        unique=True,
        sqlite_where=sa.text("loan_id IS NOT NULL"),
        postgresql_where=sa.text("loan_id IS NOT NULL"),
    )
