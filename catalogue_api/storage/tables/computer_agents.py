"""The programs that guard the library's computers, and the passes of guests."""

from datetime import datetime

from sqlalchemy import CheckConstraint, false
from sqlmodel import Field

from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, server_default


class ComputerAgent(Table, table=True):
    """The program of a computer: its token, since `created_at`, and what it told of itself last.

    `boot` changes whenever it starts anew; `locked`: whoever sits there has gone for a moment.
    """

    __tablename__ = "computer_agents"

    computer_id: int = Field(foreign_key="computers.id", primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    revoked_at: datetime | None = None
    seen_at: datetime | None = None
    program: str = Field(default="", max_length=64, sa_column_kwargs=server_default(""))
    boot: str = Field(default="", max_length=64, sa_column_kwargs=server_default(""))
    locked: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class GuestPass(Table, table=True):
    """A code by which somebody without a card sits down once, at a computer of a room.

    It is stored hashed; `booking_id` is what it was used for.
    """

    __tablename__ = "guest_passes"
    __table_args__ = (CheckConstraint("made_at < expires_at", name="in_order"), NEVER_AGAIN)

    id: int | None = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True, max_length=64)
    room_id: int = Field(foreign_key="rooms.id")
    made_at: datetime
    made_by: str = Field(max_length=64)
    expires_at: datetime = Field(index=True)
    revoked_at: datetime | None = None
    booking_id: int | None = Field(default=None, foreign_key="bookings.id", index=True)
