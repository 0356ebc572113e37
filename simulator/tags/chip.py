"""A simulated ISO 15693 chip: what it remembers and how it answers one command.

An ISO error is an ordinary result (`TagError`), as on the air; silence belongs to the field, not to
the chip. Chip geometries are those of the NXP ICODE family.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from drivers.interface import Uid
from drivers.iso15693 import TagError

LOCKED_BIT = 0x01
"""Block security status: bit 0 says that the block is locked (ISO 15693-3)."""


@dataclass(frozen=True, slots=True)
class ChipModel:
    """Geometry and identity of one chip type; `prefix` is how its UIDs begin (upper-case hex)."""

    name: str
    block_size: int
    block_count: int
    prefix: str
    ic_reference: int

    @property
    def size(self) -> int:
        """Bytes of user memory."""
        return self.block_size * self.block_count


MODELS = {
    model.name: model
    for model in (
        ChipModel("sli", 4, 28, "E0040100", 0x01),
        ChipModel("slix", 4, 28, "E0040150", 0x01),
        ChipModel("slix2", 4, 80, "E0040108", 0x01),
        ChipModel("slix-s", 4, 40, "E0040200", 0x02),
        ChipModel("slix-l", 4, 8, "E0040300", 0x03),
    )
}


@dataclass(slots=True)
class SimTag:
    """One chip. `quiet` and `selected` last until the field goes off, the rest for ever."""

    uid: Uid
    model: ChipModel
    memory: bytearray
    afi: int = 0x00
    dsfid: int = 0x00
    name: str = ""
    afi_locked: bool = False
    dsfid_locked: bool = False
    eas: bool = False
    eas_locked: bool = False
    locked_blocks: set[int] = field(default_factory=set)
    quiet: bool = False
    selected: bool = False

    def __post_init__(self) -> None:
        if len(self.memory) > self.model.size:
            raise ValueError(
                f"{len(self.memory)} bytes do not fit a {self.model.name} of {self.model.size}"
            )
        self.memory.extend(bytes(self.model.size - len(self.memory)))

    def power_off(self) -> None:
        """Forget what only lasts while the field feeds the chip."""
        self.quiet = False
        self.selected = False

    def select(self) -> None:
        """Be the one that is meant by selected commands."""
        self.quiet = False
        self.selected = True

    def read(self, first: int, count: int) -> bytes | TagError:
        """`count` blocks from `first`, joined, in natural order."""
        if not self._has(first, count):
            return TagError.BLOCK_NOT_AVAILABLE
        size = self.model.block_size
        return bytes(self.memory[first * size : (first + count) * size])

    def write(self, block: int, data: bytes) -> TagError | None:
        """Replace one block; `data` is exactly one block long."""
        if not self._has(block, 1):
            return TagError.BLOCK_NOT_AVAILABLE
        if len(data) != self.model.block_size:
            return TagError.NOT_RECOGNISED
        if block in self.locked_blocks:
            return TagError.LOCKED
        start = block * self.model.block_size
        self.memory[start : start + len(data)] = data
        return None

    def lock(self, block: int) -> TagError | None:
        """Lock one block for ever."""
        if not self._has(block, 1):
            return TagError.BLOCK_NOT_AVAILABLE
        if block in self.locked_blocks:
            return TagError.ALREADY_LOCKED
        self.locked_blocks.add(block)
        return None

    def security(self, first: int, count: int) -> bytes | TagError:
        """One lock-status byte for each block."""
        if not self._has(first, count):
            return TagError.BLOCK_NOT_AVAILABLE
        blocks: Iterable[int] = range(first, first + count)
        return bytes(LOCKED_BIT if block in self.locked_blocks else 0 for block in blocks)

    def write_afi(self, afi: int) -> TagError | None:
        """Replace the AFI, unless it is locked."""
        if self.afi_locked:
            return TagError.LOCKED
        self.afi = afi
        return None

    def lock_afi(self) -> TagError | None:
        """Lock the AFI for ever."""
        if self.afi_locked:
            return TagError.ALREADY_LOCKED
        self.afi_locked = True
        return None

    def write_dsfid(self, dsfid: int) -> TagError | None:
        """Replace the DSFID, unless it is locked."""
        if self.dsfid_locked:
            return TagError.LOCKED
        self.dsfid = dsfid
        return None

    def lock_dsfid(self) -> TagError | None:
        """Lock the DSFID for ever."""
        if self.dsfid_locked:
            return TagError.ALREADY_LOCKED
        self.dsfid_locked = True
        return None

    def set_eas(self, *, on: bool) -> TagError | None:
        """Switch the EAS bit (NXP custom commands A2 and A3), unless it is locked."""
        if self.eas_locked:
            return TagError.LOCKED
        self.eas = on
        return None

    def lock_eas(self) -> TagError | None:
        """Lock the EAS bit for ever (NXP custom command A4)."""
        if self.eas_locked:
            return TagError.ALREADY_LOCKED
        self.eas_locked = True
        return None

    def _has(self, first: int, count: int) -> bool:
        return count > 0 and first >= 0 and first + count <= self.model.block_count
