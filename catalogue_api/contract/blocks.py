"""Why a reader may not borrow: blocks that the desk or a rule lays on them, and lifts again."""

from datetime import date, datetime

from catalogue_api.contract.days import Day
from catalogue_api.contract.endpoint import (
    Endpoint,
    Keyed,
    Message,
    Nothing,
    Scope,
)
from catalogue_api.contract.lines import Line
from catalogue_api.domain.patrons import BlockKind

__all__ = [
    "ADD_BLOCK",
    "ENDPOINTS",
    "LIFT_BLOCK",
    "LIST_BLOCKS",
    "BlockInfo",
    "BlockKind",
    "BlockList",
    "BlocksAsked",
    "NewBlock",
]


class BlockInfo(Message):
    """Why a reader may not borrow: until a day (the last one) or until it is lifted."""

    block: int
    kind: BlockKind
    reason: str
    from_on: date
    until_on: date | None
    created_at: datetime
    created_by: str
    in_force: bool
    lifted_at: datetime | None = None
    lifted_by: str = ""


class NewBlock(Message):
    """A block: `until_on` is its last day, which a suspension needs; else it lasts until lifted."""

    kind: BlockKind = BlockKind.STAFF
    reason: Line = ""
    until_on: Day | None = None


class BlocksAsked(Message):
    """Which blocks: those in force, or `past` ones too."""

    past: bool = False


class BlockList(Message):
    """Blocks of a reader, the newest first."""

    blocks: tuple[BlockInfo, ...]


LIST_BLOCKS = Endpoint(
    "GET",
    "/v1/patrons/{patron}/blocks",
    BlocksAsked,
    BlockList,
    Scope.CIRCULATION,
    "List a reader’s blocks",
)
ADD_BLOCK = Endpoint(
    "POST",
    "/v1/patrons/{patron}/blocks",
    NewBlock,
    BlockInfo,
    Scope.CIRCULATION,
    "Block a reader",
    keyed=Keyed.HEADER,
)
LIFT_BLOCK = Endpoint(
    "DELETE",
    "/v1/patrons/{patron}/blocks/{block}",
    Nothing,
    BlockInfo,
    Scope.CIRCULATION,
    "Lift a block",
)

ENDPOINTS = (LIST_BLOCKS, ADD_BLOCK, LIFT_BLOCK)
