"""The agenda: events, their sessions, registrations and seats; vouchers of schemes."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_OPEN = "patron_id IS NOT NULL AND status IN ('waiting', 'offered', 'registered')"
_ENDS = (
    "'cancelled', 'cancelled_by_staff', 'declined', 'offer_lapsed', 'not_confirmed',"
    " 'called_off', 'no_seat', 'took_place'"
)


def upgrade() -> None:
    """Go forward."""
    _events()
    _registrations()
    _vouchers()


def _events() -> None:
    op.create_table(
        "voucher_schemes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("most_minutes", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("most_minutes > 0", name=op.f("ck_voucher_schemes_minutes")),
        sa.CheckConstraint("value_cents > 0", name=op.f("ck_voucher_schemes_value")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_schemes")),
        sa.UniqueConstraint("name", name=op.f("uq_voucher_schemes_name")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.String(), server_default="", nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(), server_default="", nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("series", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("least_age", sa.Integer(), nullable=True),
        sa.Column("most_age", sa.Integer(), nullable=True),
        sa.Column("must_confirm", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("published", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("computers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind <> 'drop_in' OR places IS NULL", name=op.f("ck_events_drop_in")),
        sa.CheckConstraint(
            "kind <> 'workshop' OR (places IS NOT NULL AND places BETWEEN 5 AND 12)",
            name=op.f("ck_events_workshop"),
        ),
        sa.CheckConstraint(
            "kind IN ('talk', 'meeting', 'story_hour', 'drop_in', 'workshop')",
            name=op.f("ck_events_kind"),
        ),
        sa.CheckConstraint(
            "places IS NULL OR places BETWEEN 1 AND 500", name=op.f("ck_events_places")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["voucher_schemes.id"], name=op.f("fk_events_scheme_id_voucher_schemes")
        ),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_events_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_table(
        "event_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_for", sa.String(), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_event_sessions_starts_first")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_sessions_event_id_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_sessions")),
    )
    op.create_index("ix_event_sessions_starts_at", "event_sessions", ["starts_at"], unique=False)
    op.create_index(
        "uq_event_sessions_start",
        "event_sessions",
        ["event_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )


def _registrations() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("phone", sa.String(), server_default="", nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_for", sa.String(length=24), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_registrations_ended")
        ),
        sa.CheckConstraint(
            "(status = 'offered') = (offer_until IS NOT NULL)",
            name=op.f("ck_registrations_offered"),
        ),
        sa.CheckConstraint(
            f"ended_for = '' OR ended_for IN ({_ENDS})", name=op.f("ck_registrations_end")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'registered', 'ended')",
            name=op.f("ck_registrations_status"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_registrations_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_registrations_patron_id_patrons")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["event_sessions.id"],
            name=op.f("fk_registrations_session_id_event_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
    )
    op.create_index(
        "ix_registrations_event_id", "registrations", ["event_id", "status"], unique=False
    )
    op.create_index("ix_registrations_patron_id", "registrations", ["patron_id"], unique=False)
    op.create_index("ix_registrations_session_id", "registrations", ["session_id"], unique=False)
    op.create_index(
        "uq_registrations_series",
        "registrations",
        ["event_id", "patron_id"],
        unique=True,
        sqlite_where=sa.text(f"{_OPEN} AND session_id IS NULL"),
        postgresql_where=sa.text(f"{_OPEN} AND session_id IS NULL"),
    )
    op.create_index(
        "uq_registrations_session",
        "registrations",
        ["session_id", "patron_id"],
        unique=True,
        sqlite_where=sa.text(f"{_OPEN} AND session_id IS NOT NULL"),
        postgresql_where=sa.text(f"{_OPEN} AND session_id IS NOT NULL"),
    )
    op.create_table(
        "seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("attendance", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "attendance IN ('unknown', 'came', 'absent')", name=op.f("ck_seats_attendance")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_seats_registration_id_registrations"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["event_sessions.id"], name=op.f("fk_seats_session_id_event_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_seats_session_id_number")),
        sa.UniqueConstraint(
            "session_id", "registration_id", name=op.f("uq_seats_session_id_registration_id")
        ),
    )
    op.create_index("ix_seats_registration_id", "seats", ["registration_id"], unique=False)


def _vouchers() -> None:
    op.create_table(
        "voucher_places",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["voucher_schemes.id"],
            name=op.f("fk_voucher_places_scheme_id_voucher_schemes"),
        ),
        sa.ForeignKeyConstraint(
            ["site"], ["sites.code"], name=op.f("fk_voucher_places_site_sites")
        ),
        sa.PrimaryKeyConstraint("scheme_id", "site", name=op.f("pk_voucher_places")),
    )
    op.create_table(
        "vouchers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("serial_hash", sa.String(length=64), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reimbursed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('received', 'spent', 'sent', 'reimbursed')", name=op.f("ck_vouchers_status")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["voucher_schemes.id"],
            name=op.f("fk_vouchers_scheme_id_voucher_schemes"),
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_vouchers_seat_id_seats")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["event_sessions.id"],
            name=op.f("fk_vouchers_session_id_event_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint(
            "scheme_id", "serial_hash", name=op.f("uq_vouchers_scheme_id_serial_hash")
        ),
        sa.UniqueConstraint("seat_id", name=op.f("uq_vouchers_seat_id")),
    )
    op.create_index(op.f("ix_vouchers_session_id"), "vouchers", ["session_id"], unique=False)
    op.create_index("ix_vouchers_status", "vouchers", ["status", "id"], unique=False)


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")
