"""What a host asks of the reader itself."""

from dataclasses import dataclass
from typing import Self

from drivers.feig.commands.answers import Raw, Version
from drivers.feig.commands.question import Order, Question
from drivers.feig.commands.status import expect


class BaudRateDetection(Order):
    """Whether anyone hears at this speed."""

    __slots__ = ()
    code = b"\x52"

    def encode(self) -> bytes:
        """Give the one byte, always zero."""
        return b"\x00"

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the one byte."""
        expect(len(data) == 1, "BaudRateDetection takes one byte")
        return cls()


class CpuReset(Order):
    """Start the reader anew."""

    __slots__ = ()
    code = b"\x63"


class RfReset(Order):
    """Take the field away for some 15 ms: every tag forgets that it was silenced or selected."""

    __slots__ = ()
    code = b"\x69"


@dataclass(frozen=True, slots=True)
class RfOutput(Order):
    """Switch the field on or off."""

    code = b"\x6a"
    on: bool

    def encode(self) -> bytes:
        """Give 01 or 00."""
        return bytes([self.on])

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the one byte."""
        expect(len(data) == 1, "RfOutput takes one byte")
        return cls(bool(data[0]))


class GetSoftwareVersion(Question[Version]):
    """Firmware and type of the reader."""

    __slots__ = ()
    code = b"\x65"

    def decode_answer(self, data: bytes, status: int) -> Version:  # noqa: ARG002
        """Read the version."""
        return Version.decode(data)


class _AsksForBytes(Question[Raw]):
    __slots__ = ()

    def decode_answer(self, data: bytes, status: int) -> Raw:  # noqa: ARG002
        return Raw(data)


@dataclass(frozen=True, slots=True)
class GetReaderInfo(_AsksForBytes):
    """More of the reader; in mode 0: the version, then RX and TX buffer sizes (2 bytes each)."""

    code = b"\x66"
    mode: int = 0

    def encode(self) -> bytes:
        """Give MODE."""
        return bytes([self.mode])

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read MODE."""
        expect(len(data) == 1, "GetReaderInfo takes one byte")
        return cls(data[0])


@dataclass(frozen=True, slots=True)
class ReadConfiguration(_AsksForBytes):
    """One page of the configuration; bit 7 of `page` means the EEPROM, else the RAM."""

    code = b"\x80"
    page: int

    def encode(self) -> bytes:
        """Give CFG-ADR."""
        return bytes([self.page])

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read CFG-ADR."""
        expect(len(data) == 1, "ReadConfiguration takes one byte")
        return cls(data[0])


@dataclass(frozen=True, slots=True)
class WriteConfiguration(Order):
    """Replace one page of the configuration."""

    code = b"\x81"
    page: int
    data: bytes

    def encode(self) -> bytes:
        """Give CFG-ADR and the page."""
        return bytes([self.page]) + self.data

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` gives."""
        expect(len(data) > 1, "WriteConfiguration takes a page")
        return cls(data[0], data[1:])
