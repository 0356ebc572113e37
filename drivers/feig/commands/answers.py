"""What a reader answers, as data: everything behind the status byte."""

from dataclasses import dataclass
from typing import Final, Protocol, Self

from drivers.feig.commands.status import Status, expect
from drivers.feig.commands.tags import UID_LENGTH, cut, to_wire, uid_of
from drivers.interface import Sighting, Uid

_ISO15693: Final = 0x03


class Answer(Protocol):
    """What follows the status byte of an answer that is no refusal."""

    @property
    def status(self) -> Status:
        """The status the answer travels with."""

    def encode(self) -> bytes:
        """Give the data bytes behind the status."""


class _Fine:
    """An answer with the usual status."""

    __slots__ = ()

    @property
    def status(self) -> Status:
        return Status.OK


@dataclass(frozen=True, slots=True)
class Done(_Fine):
    """Done, nothing to tell."""

    def encode(self) -> bytes:
        """Give the data: none."""
        return b""


@dataclass(frozen=True, slots=True)
class Raw(_Fine):
    """An answer whose bytes are the caller's business: configuration pages, reader info."""

    data: bytes

    def encode(self) -> bytes:
        """Give the data as it is."""
        return self.data


@dataclass(frozen=True, slots=True)
class Version(_Fine):
    """Firmware and hardware of a reader. `transponders` is a bit field of chip families."""

    software: int
    development: int
    hardware: int
    reader: int
    transponders: int

    def encode(self) -> bytes:
        """Give SW-REV (2), D-REV, HW-TYPE, SW-TYPE, TR-TYPE (2)."""
        types = bytes([self.development, self.hardware, self.reader])
        return self.software.to_bytes(2, "big") + types + self.transponders.to_bytes(2, "big")

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the seven bytes; newer readers may append more."""
        expect(len(data) >= 7, f"a version of {len(data)} bytes")
        development, hardware, reader = data[2:5]
        software, transponders = int.from_bytes(data[:2], "big"), int.from_bytes(data[5:7], "big")
        return cls(software, development, hardware, reader, transponders)


@dataclass(frozen=True, slots=True)
class Inventoried:
    """Tags in the field. With `more`, others are waiting: ask again with `Inventory(more=True)`."""

    tags: tuple[Sighting, ...]
    more: bool = False

    @property
    def status(self) -> Status:
        """Whether this was all."""
        return Status.MORE_DATA if self.more else Status.OK

    def encode(self) -> bytes:
        """Give the number of tags, then TR-TYPE, DSFID and UID of each."""
        sets = (bytes([_ISO15693, tag.dsfid]) + bytes.fromhex(tag.uid) for tag in self.tags)
        return bytes([len(self.tags)]) + b"".join(sets)

    @classmethod
    def decode(cls, data: bytes, *, more: bool) -> Self:
        """Read the data sets; transponders of other standards are left out."""
        size = 2 + UID_LENGTH
        expect(data[:1] == bytes([len(data) // size]), "an inventory that does not count right")
        expect(len(data) % size == 1, f"an inventory of {len(data)} bytes")
        sets = (part for part in cut(data[1:], size) if part[0] == _ISO15693)
        return cls(tuple(Sighting(uid_of(part[2:]), part[1]) for part in sets), more)


@dataclass(frozen=True, slots=True)
class BlocksRead(_Fine):
    """`memory` in natural order; `security` holds one byte a block, bit 0 = locked."""

    memory: bytes
    block_size: int
    security: bytes

    def encode(self) -> bytes:
        """Give the number and the size of blocks, then security status and bytes of each."""
        blocks = zip(self.security, to_wire(self.memory, self.block_size), strict=True)
        body = b"".join(bytes([security]) + block for security, block in blocks)
        return bytes([len(self.security), self.block_size]) + body

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` gives."""
        expect(len(data) >= 2 and data[1] > 0, "blocks of no size")
        count, size = data[:2]
        expect(len(data) == 2 + count * (1 + size), f"{count} blocks in {len(data)} bytes")
        blocks = cut(data[2:], 1 + size)
        memory = b"".join(block[:0:-1] for block in blocks)
        return cls(memory, size, bytes(block[0] for block in blocks))


@dataclass(frozen=True, slots=True)
class SystemInfo(_Fine):
    """What a tag says of itself. Sizes are the real ones; the wire has each of them less one."""

    uid: Uid
    dsfid: int
    afi: int
    block_size: int
    block_count: int
    ic_reference: int

    def encode(self) -> bytes:
        """Give DSFID, UID (8), AFI, block size, block count, IC reference."""
        tail = [self.afi, self.block_size - 1, self.block_count - 1, self.ic_reference]
        return bytes([self.dsfid]) + bytes.fromhex(self.uid) + bytes(tail)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the 13 bytes. A block size has five bits (ISO 15693-3)."""
        expect(len(data) == 13, f"system information of {len(data)} bytes")
        afi, size, count, ic_reference = data[9:]
        return cls(uid_of(data[1:9]), data[0], afi, (size & 0x1F) + 1, count + 1, ic_reference)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that says no. `detail` is the tag's error code, or the first block not written."""

    status: int
    detail: int | None = None

    def encode(self) -> bytes:
        """Give the byte behind the status, if any."""
        return b"" if self.detail is None else bytes([self.detail])
