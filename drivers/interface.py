"""What a kiosk sees of any RFID reader, and what a reader sees of any cable."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

Uid = NewType("Uid", str)
"""A tag's unique identifier: 16 upper-case hex digits, most significant byte first (`E004…`)."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One tag in one inventory."""

    uid: Uid
    dsfid: int


@dataclass(frozen=True, slots=True)
class ChipInfo:
    """What a tag says of itself (ISO 15693 *get system information*)."""

    uid: Uid
    dsfid: int
    afi: int
    block_size: int
    block_count: int


class Capability(StrEnum):
    """What not every reader can do; known when it is opened, not at the first book."""

    PILE = "pile"
    """Sees all tags in the field at once, not only one."""
    AFI = "afi"
    """Reads and writes the AFI byte."""
    EAS = "eas"
    """Switches and checks the EAS bit of NXP chips."""
    WRITE = "write"
    """Writes tag memory."""


@dataclass(frozen=True, slots=True)
class ReaderInfo:
    """What a reader says of itself when it is opened, and what can be asked of it."""

    family: str
    firmware: str
    can: frozenset[Capability] = frozenset()


class ByteLink(Protocol):
    """A cable: bytes in, bytes out. Every failure is `ReaderLost`."""

    async def send(self, data: bytes) -> None:
        """Hand all of `data` to the line."""

    async def receive(self) -> bytes:
        """Wait for bytes from the line: never empty. A cancelled wait loses none."""

    async def close(self) -> None:
        """Let go of the line; closing twice is harmless."""


class Reader(Protocol):
    """An open reader. One question at a time; concurrent callers wait their turn.

    Errors are those of `drivers.errors`. Tag memory is in natural order, whatever the wire does.
    """

    @property
    def info(self) -> ReaderInfo:
        """The reader's own description."""

    async def inventory(self) -> Sequence[Sighting]:
        """All tags in the field now, each once. An empty field is an empty sequence."""

    async def read_blocks(self, uid: Uid, first: int, count: int) -> bytes:
        """`count` blocks from block `first`, joined."""

    async def chip_info(self, uid: Uid) -> ChipInfo:
        """Geometry, AFI and DSFID of one tag."""

    async def write_afi(self, uid: Uid, afi: int) -> None:
        """Write the AFI byte. What counts is what `chip_info` reads back afterwards."""

    async def write_dsfid(self, uid: Uid, dsfid: int) -> None:
        """Write the DSFID. What counts is what `chip_info` reads back afterwards."""

    async def write_blocks(self, uid: Uid, first: int, data: bytes) -> None:
        """Write blocks from block `first`; only reading them back proves it was done.

        Raise `ValueError` for data that is no whole blocks.
        """

    async def eas(self, uid: Uid) -> bool:
        """Whether the EAS bit is on: a gate would raise the alarm."""

    async def set_eas(self, uid: Uid, *, on: bool) -> None:
        """Switch the EAS bit. What counts is what `eas` says afterwards."""

    async def close(self) -> None:
        """Let go of the reader; closing twice is harmless."""
