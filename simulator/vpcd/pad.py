"""What lies on a PC/SC reader: one tag of a field, or one patron card."""

import asyncio
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from drivers.pcsc.atr import storage_atr
from simulator.field import Field
from simulator.vpcd.patron import PatronCard
from simulator.vpcd.session import Session
from simulator.vpcd.storage import StorageCommands

_ISO15693: Final = 0x0B
_ICODE: Final = 0x0014


@dataclass(frozen=True, slots=True)
class ReaderModel:
    """Which commands a reader has for ISO 15693 tags beside UID, reading and writing."""

    part3: bool
    """The optional `FF 30`: AFI, DSFID, geometry, locks."""
    transparent: bool
    """The transparent session `FF C2`."""
    hasty: bool = False
    """Reports silence after a write that was not given time, although the tag was written."""
    uid_reversed: bool = True
    """Tells UIDs least significant byte first."""
    most_blocks: int = 16
    """Blocks that it hands over at once."""


MODELS: Final = MappingProxyType(
    {
        "part3": ReaderModel(part3=True, transparent=False),
        "acr1552u": ReaderModel(part3=False, transparent=True, hasty=True),
        "both": ReaderModel(part3=True, transparent=True, hasty=True),
        "plain": ReaderModel(part3=False, transparent=False, uid_reversed=False, most_blocks=1),
    }
)


class Pad(Protocol):
    """What a reader finds on itself."""

    @property
    def field(self) -> Field:
        """The antenna; empty under a patron card."""

    @property
    def atr(self) -> bytes:
        """What the reader says of the card there; empty if there is none."""

    def answer(self, command: bytes) -> bytes:
        """Answer a question; empty if the card is gone."""

    def reset(self) -> None:
        """Take the power away for a moment."""

    async def until_laid(self) -> None:
        """Wait for a card."""

    async def until_lifted(self) -> None:
        """Wait until a card that lies there now is taken away, even if another is laid at once."""


class TagPad:
    """The first of the tags that lie in a field."""

    def __init__(self, field: Field, model: ReaderModel) -> None:
        self.field = field
        self._storage = StorageCommands(
            field,
            part3=model.part3,
            uid_reversed=model.uid_reversed,
            most_blocks=model.most_blocks,
        )
        self._session = Session(field, hasty=model.hasty) if model.transparent else None

    @property
    def atr(self) -> bytes:
        """That of an ICODE chip, whatever tag it is."""
        return storage_atr(_ISO15693, _ICODE) if self.field.laid else b""

    def answer(self, command: bytes) -> bytes:
        """Answer a question, unless the tag has left, perhaps in the middle of it."""
        if self._session and self._session.takes(command):
            answer = self._session.answer(command)
        else:
            answer = self._storage.answer(command)
        return answer if self.field.laid else b""

    def reset(self) -> None:
        """Take the field away for a moment, and end a transparent session."""
        self.field.reset()
        if self._session:
            self._session.end()

    async def until_laid(self) -> None:
        """Wait for a tag."""
        await self.field.until(lambda field: bool(field.laid))

    async def until_lifted(self) -> None:
        """Wait until a tag is taken away."""
        lifts = self.field.counters.lifts
        await self.field.until(lambda field: field.counters.lifts != lifts or not field.laid)


class PatronPad:
    """One patron card, which is laid with `lay` and lifted with `lift`."""

    def __init__(self, card: PatronCard | None = None) -> None:
        self.field = Field()
        self._card = card
        self._changed = asyncio.Condition()

    @property
    def atr(self) -> bytes:
        """That of the card."""
        return self._card.atr if self._card else b""

    async def lay(self, card: PatronCard) -> None:
        """Lay a card; one that lies there is taken away first."""
        await self.lift()
        async with self._changed:
            self._card = card
            self._changed.notify_all()

    async def lift(self) -> None:
        """Take the card away."""
        async with self._changed:
            self._card = None
            self._changed.notify_all()

    def answer(self, command: bytes) -> bytes:
        """Answer a question."""
        return self._card.answer(command) if self._card else b""

    def reset(self) -> None:
        """A card known by its UID has nothing to forget."""

    async def until_laid(self) -> None:
        """Wait for a card."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._card is not None)

    async def until_lifted(self) -> None:
        """Wait until this card is taken away."""
        card = self._card
        async with self._changed:
            await self._changed.wait_for(lambda: self._card is not card)
