"""Patron cards that a reader knows by their UID only."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from drivers.pcsc.apdu import GET_UID, Status
from drivers.pcsc.atr import storage_atr

CHIPS: Final = MappingProxyType(
    {
        "classic-1k": storage_atr(0x03, 0x0001),
        "classic-4k": storage_atr(0x03, 0x0002),
        "ultralight": storage_atr(0x03, 0x0003),
        "desfire": bytes.fromhex("3B8180018080"),
    }
)
"""The ATR that a reader makes up for each kind of card."""


@dataclass(frozen=True, slots=True)
class PatronCard:
    """A card of ISO 14443 with a UID of 4, 7 or 10 bytes; `chip` is one of `CHIPS`."""

    uid: bytes
    chip: str = "classic-1k"

    def __post_init__(self) -> None:
        if len(self.uid) not in {4, 7, 10}:
            raise ValueError(f"a UID has 4, 7 or 10 bytes, not {len(self.uid)}")
        if self.chip not in CHIPS:
            raise ValueError(f"{self.chip!r} is not known; known: {', '.join(CHIPS)}")

    @property
    def atr(self) -> bytes:
        """What the reader says when it finds the card."""
        return CHIPS[self.chip]

    def answer(self, command: bytes) -> bytes:
        """Tell the UID; refuse everything else, as without keys a real one would."""
        if command[:4] == GET_UID[:4]:
            return self.uid + Status.DONE.to_bytes(2, "big")
        if command[0] == 0xFF:
            return Status.FUNCTION_NOT_SUPPORTED.to_bytes(2, "big")
        return Status.UNKNOWN_INSTRUCTION.to_bytes(2, "big")
