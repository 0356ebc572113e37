"""Slots at the library's computers: rooms, computers, bookings, blocks, and who waits."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_LIVE = sa.text("status IN ('offered', 'booked', 'in_use')")
_HAS_READER = sa.text("patron_id IS NOT NULL")


def upgrade() -> None:
    """Go forward."""
    _create_rooms()
    _create_computers()
    _create_slot_rules()
    _create_slot_blocks()
    _create_bookings()
    _index_bookings()
    _create_booking_quarters()
    _create_slot_wishes()
    _create_walk_ins()
    if op.get_bind().dialect.name == "postgresql":
        _exclude_overlaps()


def downgrade() -> None:
    """Refuse: an older release could not keep what this one has recorded."""
    raise NotImplementedError("restore the copy that was made before the migration")


def _exclude_overlaps() -> None:
    """Let PostgreSQL refuse what overlaps; SQLite does it by the rows of `booking_quarters`."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for column in ("computer_id", "patron_id"):
        op.execute(
            f"ALTER TABLE bookings ADD CONSTRAINT ex_bookings_{column} EXCLUDE USING gist"
            f" ({column} WITH =, tstzrange(starts_at, ends_at) WITH &&)"
            f" WHERE (status IN ('offered', 'booked', 'in_use') AND {column} IS NOT NULL)"
        )


def _create_rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("online", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_rooms_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("site", "name", name=op.f("uq_rooms_site_name")),
    )


def _create_computers() -> None:
    op.create_table(
        "computers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("abilities", sa.String(length=64), nullable=False),
        sa.Column("least_age", sa.Integer(), nullable=True),
        sa.Column("most_age", sa.Integer(), nullable=True),
        sa.Column("out_of_order", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_computers_room_id_rooms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_computers")),
        sa.UniqueConstraint("room_id", "name", name=op.f("uq_computers_room_id_name")),
    )


def _create_slot_rules() -> None:
    op.create_table(
        "slot_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid", sa.Integer(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("daily", sa.Integer(), nullable=False),
        sa.Column("weekly", sa.Integer(), nullable=True),
        sa.Column("ahead_days", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Integer(), nullable=False),
        sa.Column("closing", sa.Integer(), nullable=False),
        sa.Column("extension", sa.Integer(), nullable=False),
        sa.Column("extend_within", sa.Integer(), nullable=False),
        sa.Column("offer", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_slot_rules_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_rules")),
    )


def _create_slot_blocks() -> None:
    op.create_table(
        "slot_blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('reader', 'guest', 'block', 'workshop')", name=op.f("ck_slot_blocks_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_blocks")),
    )
    op.create_index("ix_slot_blocks_session_id", "slot_blocks", ["session_id"])
    op.create_index("ix_slot_blocks_starts_at", "slot_blocks", ["starts_at"])


def _create_bookings() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("computer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("block_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=16), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind <> 'reader' OR patron_id IS NOT NULL"
            " OR status NOT IN ('offered', 'booked', 'in_use')",
            name=op.f("ck_bookings_live_has_reader"),
        ),
        sa.CheckConstraint(
            "kind IN ('reader', 'guest', 'block', 'workshop')", name=op.f("ck_bookings_kind")
        ),
        sa.CheckConstraint(
            "status <> 'offered' OR offered_until IS NOT NULL", name=op.f("ck_bookings_offer_ends")
        ),
        sa.CheckConstraint(
            "status IN ('offered', 'booked', 'in_use', 'ended', 'cancelled', 'no_show')",
            name=op.f("ck_bookings_status"),
        ),
        sa.CheckConstraint("starts_at <= ends_at", name=op.f("ck_bookings_in_order")),
        sa.ForeignKeyConstraint(
            ["block_id"], ["slot_blocks.id"], name=op.f("fk_bookings_block_id_slot_blocks")
        ),
        sa.ForeignKeyConstraint(
            ["computer_id"], ["computers.id"], name=op.f("fk_bookings_computer_id_computers")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_bookings_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )


def _index_bookings() -> None:
    op.create_index("ix_bookings_block_id", "bookings", ["block_id"])
    op.create_index(
        "ix_bookings_live_computer",
        "bookings",
        ["computer_id", "starts_at"],
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_index(
        "ix_bookings_patron",
        "bookings",
        ["patron_id", "starts_at"],
        sqlite_where=_HAS_READER,
        postgresql_where=_HAS_READER,
    )
    op.create_index("ix_bookings_starts_at", "bookings", ["starts_at"])


def _create_booking_quarters() -> None:
    op.create_table(
        "booking_quarters",
        sa.Column("computer_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["computer_id"],
            ["computers.id"],
            name=op.f("fk_booking_quarters_computer_id_computers"),
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_booking_quarters_patron_id_patrons")
        ),
        sa.PrimaryKeyConstraint("computer_id", "quarter", name=op.f("pk_booking_quarters")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_booking_quarters_patron",
        "booking_quarters",
        ["patron_id", "quarter"],
        unique=True,
        sqlite_where=_HAS_READER,
        postgresql_where=_HAS_READER,
    )


def _create_slot_wishes() -> None:
    op.create_table(
        "slot_wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("abilities", sa.String(length=64), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'accepted', 'declined', 'expired',"
            " 'cancelled', 'over')",
            name=op.f("ck_slot_wishes_status"),
        ),
        sa.CheckConstraint("from_at < until_at", name=op.f("ck_slot_wishes_in_order")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_slot_wishes_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_slot_wishes_patron_id_patrons")
        ),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_slot_wishes_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_wishes")),
    )
    op.create_index(
        "ix_slot_wishes_open",
        "slot_wishes",
        ["site", "placed_at"],
        sqlite_where=sa.text("status IN ('waiting', 'offered')"),
        postgresql_where=sa.text("status IN ('waiting', 'offered')"),
    )
    op.create_index("ix_slot_wishes_patron_id", "slot_wishes", ["patron_id"])


def _create_walk_ins() -> None:
    op.create_table(
        "walk_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("patron_id", sa.Integer(), nullable=True),
        sa.Column("abilities", sa.String(length=64), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'called', 'seated', 'left')", name=op.f("ck_walk_ins_status")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_walk_ins_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["patron_id"], ["patrons.id"], name=op.f("fk_walk_ins_patron_id_patrons")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_walk_ins_room_id_rooms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_ins")),
        sa.UniqueConstraint(
            "room_id", "day", "number", name=op.f("uq_walk_ins_room_id_day_number")
        ),
    )
    op.create_index("ix_walk_ins_patron_id", "walk_ins", ["patron_id"])
