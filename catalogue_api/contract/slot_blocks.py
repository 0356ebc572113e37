"""Many computers taken at once, for a class: what is in the way is shown, then settled."""

from datetime import UTC, datetime
from typing import Self

from pydantic import Field, model_validator

from catalogue_api.contract.calendars import Label
from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.contract.holds import RowNumber
from catalogue_api.contract.slots import Instant, SlotInfo
from catalogue_api.domain.slots import BookingKind, Settlement

__all__ = [
    "BLOCK_COMPUTERS",
    "ENDPOINTS",
    "LIST_BLOCKS",
    "LONGEST_BLOCK_HOURS",
    "REMOVE_BLOCK",
    "BlockComputers",
    "BlockInfo",
    "BlockList",
    "BlockMade",
    "BlocksAsked",
    "InTheWay",
    "Settle",
    "Settlement",
]

LONGEST_BLOCK_HOURS = 24


class Settle(Message):
    """What becomes of a booking in the way, as it was seen (`version`).

    Moved to `computer`, or without one to whatever is free that has the same abilities.
    """

    slot: RowNumber
    version: RowNumber
    how: Settlement
    computer: RowNumber | None = None


class BlockComputers(Message):
    """Computers of one site to be taken from quarter to quarter of an hour.

    Every booking in the way has to be settled; a dry run tells which there are, and what could
    become of each. Each reader is told.
    """

    computers: tuple[RowNumber, ...] = Field(min_length=1, max_length=200)
    starts_at: Instant
    ends_at: Instant
    label: Label
    settle: tuple[Settle, ...] = Field(default=(), max_length=500)
    dry_run: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        hours = (self.ends_at - self.starts_at).total_seconds() / 3600
        if not 0 < hours <= LONGEST_BLOCK_HOURS:
            raise ValueError(f"ends_at: after starts_at, by {LONGEST_BLOCK_HOURS} hours at most")
        return self


class InTheWay(Message):
    """A booking in the way, and what is proposed: `computer` is where it could be moved."""

    slot: SlotInfo
    how: Settlement
    computer: int | None = None
    computer_name: str = ""


class BlockInfo(Message):
    """Computers that are taken together; `session` is that of a workshop."""

    block: int
    kind: BookingKind
    label: str
    site: str
    starts_at: datetime
    ends_at: datetime
    computers: tuple[int, ...]
    session: int | None = None
    version: int


class BlockMade(Message):
    """A block, or (in a dry run) what is in its way; `settled` counts what was."""

    block: BlockInfo | None
    in_the_way: tuple[InTheWay, ...]
    settled: int = 0


class BlocksAsked(Message):
    """The blocks of a site, or of all."""

    site: str = Field(default="", max_length=32)


class BlockList(Message):
    """Blocks that are not over, the next first."""

    blocks: tuple[BlockInfo, ...]


BLOCK_COMPUTERS = Endpoint(
    "POST",
    "/v1/slot-blocks",
    BlockComputers,
    BlockMade,
    Scope.CIRCULATION,
    "Take several computers at once, for a class",
    keyed=Keyed.HEADER,
    example=BlockComputers(
        computers=(1, 2, 3),
        starts_at=datetime(2026, 11, 26, 9, tzinfo=UTC),
        ends_at=datetime(2026, 11, 26, 10, tzinfo=UTC),
        label="CM2 de l’école Paul-Doumer",
    ),
)
LIST_BLOCKS = Endpoint(
    "GET",
    "/v1/slot-blocks",
    BlocksAsked,
    BlockList,
    Scope.CIRCULATION,
    "List what computers are taken for",
)
REMOVE_BLOCK = Endpoint(
    "DELETE",
    "/v1/slot-blocks/{slot_block}",
    Nothing,
    BlockInfo,
    Scope.CIRCULATION,
    "Give computers free that were taken together",
    match=True,
)

ENDPOINTS = (BLOCK_COMPUTERS, LIST_BLOCKS, REMOVE_BLOCK)
