"""What a host asks about tags: the sub-commands of 0xB0 (ISO 15693) and of 0xB1 (NXP's own).

Source of 0xB1: manuals of the ISC series; readers of other series answer it with UNKNOWN_COMMAND.
"""

from dataclasses import dataclass
from typing import Final, Self

from drivers.feig.commands.answers import BlocksRead, Inventoried, SystemInfo
from drivers.feig.commands.question import Order, Question
from drivers.feig.commands.status import Status, expect
from drivers.feig.commands.tags import (
    WITH_SECURITY,
    Target,
    cut,
    join_target,
    split_target,
    to_wire,
)

HOST_COMMAND: Final = 0xB0
"""The command byte; a sub-command byte follows."""

CUSTOM_COMMAND: Final = 0xB1
"""The command byte of makers' own commands; maker (04 is NXP) and sub-command follow."""

_MORE: Final = 0x80
_NOTIFY: Final = 0x40


@dataclass(frozen=True, slots=True)
class Inventory(Question[Inventoried]):
    """Which tags are in the field; with `more`, the rest after a full answer."""

    code = b"\xb0\x01"
    more: bool = False

    def encode(self) -> bytes:
        """Give MODE."""
        return bytes([_MORE if self.more else 0])

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read MODE. Reports that come by themselves (NTFC) are not understood."""
        expect(bool(data), "Inventory takes a MODE byte")
        expect(not data[0] & _NOTIFY, "notification is not spoken here", Status.PARAMETER_RANGE)
        expect(len(data) == 1, "Inventory takes one byte")
        return cls(bool(data[0] & _MORE))

    def decode_answer(self, data: bytes, status: int) -> Inventoried:
        """Read the tags."""
        return Inventoried.decode(data, more=status == Status.MORE_DATA)


@dataclass(frozen=True, slots=True)
class TagOrder(Order):
    """An order to one tag that needs no more than its name."""

    target: Target

    def encode(self) -> bytes:
        """Give MODE and UID."""
        return join_target(self.target)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` gives."""
        target, _, rest = split_target(data)
        expect(not rest, f"{cls.__name__} takes a tag and nothing else")
        return cls(target)


class StayQuiet(TagOrder):
    """Be silent in inventories until the field goes or `ResetToReady`."""

    __slots__ = ()
    code = b"\xb0\x02"


class Select(TagOrder):
    """Be the one that is meant by `Implied.SELECTED`."""

    __slots__ = ()
    code = b"\xb0\x25"


class ResetToReady(TagOrder):
    """Be neither silent nor selected."""

    __slots__ = ()
    code = b"\xb0\x26"


class LockAfi(TagOrder):
    """Never change the AFI again."""

    __slots__ = ()
    code = b"\xb0\x28"


class SetEas(TagOrder):
    """Switch the EAS bit on."""

    __slots__ = ()
    code = b"\xb1\x04\xa2"


class ResetEas(TagOrder):
    """Switch the EAS bit off."""

    __slots__ = ()
    code = b"\xb1\x04\xa3"


class EasAlarm(TagOrder):
    """Whether the EAS bit is on: a tag without it keeps silent, as one that is not there does."""

    __slots__ = ()
    code = b"\xb1\x04\xa5"


@dataclass(frozen=True, slots=True)
class WriteAfi(Order):
    """Change the AFI."""

    code = b"\xb0\x27"
    target: Target
    afi: int

    def encode(self) -> bytes:
        """Give MODE, UID, AFI."""
        return join_target(self.target) + bytes([self.afi])

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` gives."""
        target, _, rest = split_target(data)
        expect(len(rest) == 1, "WriteAfi takes a tag and one byte")
        return cls(target, rest[0])


@dataclass(frozen=True, slots=True)
class WriteDsfid(Order):
    """Change the DSFID."""

    code = b"\xb0\x29"
    target: Target
    dsfid: int

    def encode(self) -> bytes:
        """Give MODE, UID, DSFID."""
        return join_target(self.target) + bytes([self.dsfid])

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` gives."""
        target, _, rest = split_target(data)
        expect(len(rest) == 1, "WriteDsfid takes a tag and one byte")
        return cls(target, rest[0])


@dataclass(frozen=True, slots=True)
class GetSystemInfo(Question[SystemInfo]):
    """What a tag says of itself."""

    code = b"\xb0\x2b"
    target: Target

    def encode(self) -> bytes:
        """Give MODE and UID."""
        return join_target(self.target)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` gives."""
        target, _, rest = split_target(data)
        expect(not rest, "GetSystemInfo takes a tag and nothing else")
        return cls(target)

    def decode_answer(self, data: bytes, status: int) -> SystemInfo:  # noqa: ARG002
        """Read the description."""
        return SystemInfo.decode(data)


@dataclass(frozen=True, slots=True)
class ReadMultipleBlocks(Question[BlocksRead]):
    """`count` blocks from block `first`, no more than 128 bytes in all."""

    code = b"\xb0\x23"
    target: Target
    first: int
    count: int
    security: bool = False

    def encode(self) -> bytes:
        """Give MODE, UID, DB-ADR, DB-N."""
        flags = WITH_SECURITY if self.security else 0
        return join_target(self.target, flags) + bytes([self.first, self.count])

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` gives."""
        target, flags, rest = split_target(data)
        expect(len(rest) == 2, "ReadMultipleBlocks takes a tag and two bytes")
        return cls(target, rest[0], rest[1], bool(flags & WITH_SECURITY))

    def decode_answer(self, data: bytes, status: int) -> BlocksRead:  # noqa: ARG002
        """Read the blocks."""
        return BlocksRead.decode(data)


@dataclass(frozen=True, slots=True)
class WriteMultipleBlocks(Order):
    """Write `memory`, a whole number of blocks in natural order, from block `first`."""

    code = b"\xb0\x24"
    target: Target
    first: int
    block_size: int
    memory: bytes

    def encode(self) -> bytes:
        """Give MODE, UID, DB-ADR, DB-N, DB-SIZE and the blocks."""
        blocks = to_wire(self.memory, self.block_size)
        head = bytes([self.first, len(blocks), self.block_size])
        return join_target(self.target) + head + b"".join(blocks)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` gives."""
        target, _, rest = split_target(data)
        expect(len(rest) > 3 and rest[2] > 0, "WriteMultipleBlocks takes a tag and blocks")
        first, count, size = rest[:3]
        expect(len(rest) == 3 + count * size, f"{count} blocks of {size} in {len(rest)} bytes")
        return cls(target, first, size, b"".join(block[::-1] for block in cut(rest[3:], size)))
