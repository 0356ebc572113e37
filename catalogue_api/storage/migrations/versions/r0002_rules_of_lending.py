"""The rules of lending: readers, rulebook, calendars, anomalies, audit; returns at desks too."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _change_holds()
    _change_items()
    _change_loans()
    _change_patrons()
    _change_returns()
    _change_sites()
    _change_staff()
    _create_audit()
    _create_changes()
    _create_idempotency_keys()
    _create_job_runs()
    _create_loan_limits()
    _create_loan_rules()
    _create_machines()
    _create_open_public_holidays()
    _create_rulebook()
    _create_school_holidays()
    _create_sign_in_failures()
    _create_calendar_exceptions()
    _create_opening_hours()
    _create_anomalies()
    _create_blocks()
    _create_patron_sessions()
    _create_hold_events()


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")


def _change_holds() -> None:
    with op.batch_alter_table("holds") as batch_op:
        batch_op.add_column(sa.Column("wanted_item_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("end_reason", sa.String(length=32), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.alter_column("patron_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(
            "uq_holds_open_wanted_item_patron",
            ["wanted_item_id", "patron_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('waiting', 'captured', 'ready')"),
            postgresql_where=sa.text("status IN ('waiting', 'captured', 'ready')"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_holds_wanted_item_id_items"), "items", ["wanted_item_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_holds_open_has_patron"),
            "status NOT IN ('waiting', 'captured', 'ready') OR patron_id IS NOT NULL",
        )
        batch_op.drop_index("uq_holds_open_title_patron")
        batch_op.create_index(
            "uq_holds_open_title_patron",
            ["title_id", "patron_id"],
            unique=True,
            sqlite_where=sa.text(
                "status IN ('waiting', 'captured', 'ready') AND wanted_item_id IS NULL"
            ),
            postgresql_where=sa.text(
                "status IN ('waiting', 'captured', 'ready') AND wanted_item_id IS NULL"
            ),
        )


def _change_items() -> None:
    with op.batch_alter_table("items") as batch_op:
        batch_op.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("to_shelve_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("contents", sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("parts_count", sa.Integer(), server_default="1", nullable=False)
        )
        batch_op.add_column(
            sa.Column("local_uses", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("note", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.drop_constraint(batch_op.f("ck_items_status"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_items_status"),
            "status IN ('available', 'not_for_loan', 'lost', 'missing', 'claimed_returned', "
            "'damaged', 'in_repair', 'withdrawn')",
        )


def _change_loans() -> None:
    with op.batch_alter_table("loans") as batch_op:
        batch_op.add_column(sa.Column("renewals", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("site", sa.String(length=32), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("category", sa.String(length=32), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("claimed_returned_on", sa.Date(), nullable=True))
        batch_op.create_index("ix_loans_ended_at", ["ended_at"], unique=False)
        batch_op.create_index(
            "ix_loans_open_patron",
            ["patron_id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def _change_patrons() -> None:
    with op.batch_alter_table("patrons") as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("language", sa.String(length=8), server_default="fr", nullable=False)
        )
        batch_op.add_column(sa.Column("home_site", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("expires_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("pin_hash", sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("keeps_history", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("note", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("last_loan_ended_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_patrons_home_site_sites"), "sites", ["home_site"], ["code"]
        )


def _change_returns() -> None:
    with op.batch_alter_table("returns") as batch_op:
        batch_op.add_column(
            sa.Column("site", sa.String(length=32), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("staff", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("before", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("undone_by", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.alter_column("kiosk", existing_type=sa.VARCHAR(length=64), nullable=True)
        batch_op.create_index(
            "ix_returns_barcode_received_at", ["barcode", "received_at"], unique=False
        )
        batch_op.create_index("ix_returns_received_at", ["received_at"], unique=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_returns_somebody"), "kiosk IS NOT NULL OR staff <> ''"
        )
        batch_op.drop_index("uq_returns_loan_id")
        batch_op.create_index(
            "uq_returns_loan_id",
            ["loan_id"],
            unique=True,
            sqlite_where=sa.text("loan_id IS NOT NULL AND undone_at IS NULL"),
            postgresql_where=sa.text("loan_id IS NOT NULL AND undone_at IS NULL"),
        )


def _change_sites() -> None:
    with op.batch_alter_table("sites") as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def _change_staff() -> None:
    with op.batch_alter_table("staff") as batch_op:
        batch_op.add_column(
            sa.Column("role", sa.String(length=16), server_default="librarian", nullable=False)
        )
        batch_op.add_column(sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_staff_role"),
            "role IN ('librarian', 'manager', 'technician', 'administrator', 'patron', 'kiosk', "
            "'machine')",
        )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index("ix_audit_subject", "audit", ["subject"], unique=False)


def _create_changes() -> None:
    op.create_table(
        "changes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("xid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("barcode", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_xid_id", "changes", ["xid", "id"], unique=False)


def _create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False
    )


def _create_job_runs() -> None:
    op.create_table(
        "job_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dry_run", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    op.create_index(op.f("ix_job_runs_job"), "job_runs", ["job"], unique=False)


def _create_loan_limits() -> None:
    op.create_table(
        "loan_limits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind = '' OR kind IN ('book', 'comic', 'periodical', 'audiobook', 'music', 'score', "
            "'film', 'video_game', 'board_game', 'software', 'map', 'other')",
            name=op.f("ck_loan_limits_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_limits")),
        sa.UniqueConstraint("category", "kind", name=op.f("uq_loan_limits_category_kind")),
    )


def _create_loan_rules() -> None:
    op.create_table(
        "loan_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("lendable", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("loan_days", sa.Integer(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("floats", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "kind = '' OR kind IN ('book', 'comic', 'periodical', 'audiobook', 'music', 'score', "
            "'film', 'video_game', 'board_game', 'software', 'map', 'other')",
            name=op.f("ck_loan_rules_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_rules")),
        sa.UniqueConstraint(
            "category", "kind", "site", name=op.f("uq_loan_rules_category_kind_site")
        ),
    )


def _create_machines() -> None:
    op.create_table(
        "machines",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_machines")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_machines_token_hash")),
    )


def _create_open_public_holidays() -> None:
    op.create_table(
        "open_public_holidays",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_open_public_holidays")),
    )


def _create_rulebook() -> None:
    op.create_table(
        "rulebook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shelf_days", sa.Integer(), nullable=False),
        sa.Column("most_holds", sa.Integer(), nullable=False),
        sa.Column("hold_on_available", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("penalties", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("late_notices", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("suspension_per_day", sa.Integer(), nullable=False),
        sa.Column("longest_suspension", sa.Integer(), nullable=False),
        sa.Column("most_late_items", sa.Integer(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_rulebook_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook")),
    )


def _create_school_holidays() -> None:
    op.create_table(
        "school_holidays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_school_holidays_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_holidays")),
    )


def _create_sign_in_failures() -> None:
    op.create_table(
        "sign_in_failures",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_failures")),
    )


def _create_calendar_exceptions() -> None:
    op.create_table(
        "calendar_exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(opens IS NULL) = (closes IS NULL)", name=op.f("ck_calendar_exceptions_both_hours")
        ),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_calendar_exceptions_in_order")),
        sa.CheckConstraint(
            "opens IS NULL OR opens < closes", name=op.f("ck_calendar_exceptions_opens_first")
        ),
        sa.ForeignKeyConstraint(
            ["site"], ["sites.code"], name=op.f("fk_calendar_exceptions_site_sites")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_exceptions")),
    )


def _create_opening_hours() -> None:
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("in_school_holidays", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_opening_hours_opens_first")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday")),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_opening_hours_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
        sa.UniqueConstraint(
            "site",
            "in_school_holidays",
            "weekday",
            "opens",
            name=op.f("uq_opening_hours_site_in_school_holidays_weekday_opens"),
        ),
    )


def _create_anomalies() -> None:
    op.create_table(
        "anomalies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("kiosk", sa.String(length=64), nullable=True),
        sa.Column("return_id", sa.String(length=36), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("barcode", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('overtaken', 'unknown_item', 'needs_staff', 'parts_missing', 'damaged', "
            "'not_secured', 'wrong_site', 'was_searched', 'clock_wrong', 'hold_lost_copy')",
            name=op.f("ck_anomalies_kind"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_anomalies_item_id_items")),
        sa.ForeignKeyConstraint(["kiosk"], ["kiosks.name"], name=op.f("fk_anomalies_kiosk_kiosks")),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_anomalies_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomalies")),
    )
    op.create_index(op.f("ix_anomalies_item_id"), "anomalies", ["item_id"], unique=False)
    op.create_index(
        "ix_anomalies_open",
        "anomalies",
        ["site", "at"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_index(op.f("ix_anomalies_return_id"), "anomalies", ["return_id"], unique=False)


def _create_blocks() -> None:
    op.create_table(
        "blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("return_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('suspension', 'lost_item', 'lost_card', 'staff')", name=op.f("ck_blocks_kind")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_blocks_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    op.create_index(
        "ix_blocks_patron_id_lifted_at", "blocks", ["patron_id", "lifted_at"], unique=False
    )
    op.create_index(op.f("ix_blocks_return_id"), "blocks", ["return_id"], unique=False)


def _create_patron_sessions() -> None:
    op.create_table(
        "patron_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_patron_sessions_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_patron_sessions")),
    )
    op.create_index(
        op.f("ix_patron_sessions_patron_id"), "patron_sessions", ["patron_id"], unique=False
    )


def _create_hold_events() -> None:
    op.create_table(
        "hold_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('placed', 'moved', 'passed', 'paused', 'resumed', 'pickup_changed', "
            "'captured', 'released', 'ready', 'fulfilled', 'cancelled', 'expired')",
            name=op.f("ck_hold_events_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["holds.id"], name=op.f("fk_hold_events_hold_id_holds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_events")),
    )
    op.create_index(op.f("ix_hold_events_hold_id"), "hold_events", ["hold_id"], unique=False)
    op.create_index("ix_hold_events_title", "hold_events", ["title_id", "at"], unique=False)
