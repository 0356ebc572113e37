"""A PC/SC reader as a `Reader` of one tag at a time, and of patron cards.

What a reader behind PC/SC can do shows only with a tag in it: every one gives the UID and reads and
writes memory; AFI needs the optional `FF 30` of part 3 or a transparent session, EAS always the
latter. So `info.can` says little until the first ISO 15693 tag has lain there, which may be when
the reader is opened.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Self, TypeVar

from drivers.errors import NoAnswer, ReaderRefused, TagGone, TagRefused
from drivers.interface import Capability, ChipInfo, ReaderInfo, Sighting, Uid
from drivers.iso15693 import manufacturer
from drivers.pcsc import apdu
from drivers.pcsc.atr import CardKind, Standard, recognise
from drivers.pcsc.card import Lying, Transmit
from drivers.pcsc.slot import Slot
from drivers.pcsc.tag import RawTag, StorageCard, Tag, raw_tag

T = TypeVar("T")

_ALWAYS: Final = frozenset({Capability.WRITE})
_HOPED_FOR: Final = frozenset({Capability.AFI, Capability.WRITE})
"""What most readers can: PC/SC does not tell before a tag has lain there."""
_MOST_BLOCKS: Final = 256
"""A block number is one byte (ISO 15693-3)."""
_NO_NAME: Final = "manufacturer"
"""What stands in place of the name of a maker that is not known."""
_RANDOM: Final = 0x08
"""First byte of a UID of four bytes that a card makes up each time (ISO 14443-3)."""


@dataclass(frozen=True, slots=True)
class CardUid:
    """What a card answers when asked for its UID: upper-case hex, in the reader's order.

    A UID that `may_be_random` is another one the next time: it identifies nobody. So does an empty
    one, of a card that tells none.
    """

    digits: str
    may_be_random: bool


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card of any standard, such as a patron card; an ISO 15693 UID is in the order of `Uid`."""

    kind: CardKind
    uid: CardUid


@dataclass(frozen=True, slots=True)
class _Met:
    """A card and what was learnt of it. `block_size` and `dsfid` are of ISO 15693 only."""

    card: Lying
    seen: CardSeen
    storage: bool = True
    block_size: int = 4
    dsfid: int = 0
    can: frozenset[Capability] = frozenset()

    @property
    def uid(self) -> Uid | None:
        return Uid(self.seen.uid.digits) if self.is_tag else None

    @property
    def is_tag(self) -> bool:
        return self.seen.kind.standard is Standard.ISO15693


class PcscReader:
    """A `Reader`. Each method is one uninterrupted conversation with the card."""

    def __init__(self, slot: Slot, *, reversed_blocks: bool = False) -> None:
        """Use `open`."""
        self._slot = slot
        self._reversed = reversed_blocks
        self._met: _Met | None = None
        self._info = ReaderInfo("PC/SC", slot.name, _HOPED_FOR)

    @classmethod
    async def open(
        cls, name: str = "", *, patience: float = 2.0, reversed_blocks: bool = False
    ) -> Self:
        """Open the reader named `name` (or beginning so); without a name, the first.

        `patience`: seconds without any answer; `reversed_blocks`: the tags were written by a system
        that stores each block with its last byte first. Raise `ReaderLost` if there is no such
        reader or no PC/SC service, `ReaderRefused` if pyscard is not installed.
        """
        slot = await Slot.open(name, patience=patience)
        reader = cls(slot, reversed_blocks=reversed_blocks)
        try:
            with suppress(NoAnswer, TagGone):
                await reader._meet()
        except BaseException:
            await reader.close()
            raise
        return reader

    @property
    def info(self) -> ReaderInfo:
        """The reader's own description; `can` is a hope until a tag has lain there."""
        return self._info

    async def card(self) -> CardSeen | None:
        """The card of any standard that lies there now: what a patron card says of itself."""
        met = await self._meet()
        return met.seen if met else None

    async def inventory(self) -> Sequence[Sighting]:
        """The ISO 15693 tag that lies there now, if any; other cards are not tags."""
        try:
            met = await self._meet()
        except TagGone:
            return ()
        return (Sighting(met.uid, met.dsfid),) if met and met.uid else ()

    async def read_blocks(self, uid: Uid, first: int, count: int) -> bytes:
        """`count` blocks from block `first`, joined."""
        if first + count > _MOST_BLOCKS:
            raise TagRefused(f"no tag has a block {first + count - 1}")
        memory = await self._with_tag(uid, lambda tag: tag.read(first, count))
        return self._turned(memory, len(memory) // count)

    async def chip_info(self, uid: Uid) -> ChipInfo:
        """Geometry, AFI and DSFID of one tag."""
        await self._need(uid, Capability.AFI)
        return await self._with_tag(uid, lambda tag: tag.info())

    async def write_afi(self, uid: Uid, afi: int) -> None:
        """Write the AFI byte, and read it back."""
        await self._need(uid, Capability.AFI)
        await self._with_tag(uid, lambda tag: tag.write_afi(afi))

    async def write_dsfid(self, uid: Uid, dsfid: int) -> None:
        """Write the DSFID, and read it back."""
        met = await self._need(uid, Capability.AFI)
        await self._with_tag(uid, lambda tag: tag.write_dsfid(dsfid))
        self._met = replace(met, dsfid=dsfid)

    async def write_blocks(self, uid: Uid, first: int, data: bytes) -> None:
        """Write whole blocks from block `first`, and read them back."""
        met = await self._expect(uid)
        turned = self._turned(data, met.block_size)
        await self._with_tag(uid, lambda tag: tag.write(first, turned))

    async def eas(self, uid: Uid) -> bool:
        """Whether the EAS bit is on."""
        await self._need(uid, Capability.EAS)
        return await self._with_raw_tag(uid, lambda tag: tag.eas())

    async def set_eas(self, uid: Uid, *, on: bool) -> None:
        """Switch the EAS bit, and look at it."""
        await self._need(uid, Capability.EAS)
        await self._with_raw_tag(uid, lambda tag: tag.set_eas(on=on))

    async def close(self) -> None:
        """Let go of the reader; closing twice is harmless."""
        await self._slot.close()

    def _turned(self, memory: bytes, size: int) -> bytes:
        if not self._reversed:
            return memory
        return b"".join(memory[at : at + size][::-1] for at in range(0, len(memory), size))

    async def _meet(self) -> _Met | None:
        """Learn who lies there, unless it is known already."""
        card = await self._slot.look()
        if card is None:
            self._met = None
        elif self._met is None or self._met.card != card:
            self._met = await self._slot.converse(
                card, lambda transmit: _get_to_know(transmit, card)
            )
            if self._met.is_tag:
                self._info = replace(self._info, can=self._met.can)
        return self._met

    async def _expect(self, uid: Uid) -> _Met:
        met = await self._meet()
        if met is None or met.uid != uid:
            raise TagGone(f"tag {uid} does not lie on {self._slot.name}")
        return met

    async def _need(self, uid: Uid, capability: Capability) -> _Met:
        met = await self._expect(uid)
        if capability not in met.can:
            raise ReaderRefused(
                f"{self._slot.name} cannot {_DOES[capability]}: it has neither the commands of "
                "PC/SC part 3 for it nor a transparent session; use another reader"
            )
        return met

    async def _with_tag(self, uid: Uid, ask: Callable[[Tag], T]) -> T:
        met = await self._expect(uid)
        if not met.storage:
            return await self._with_raw_tag(uid, ask)
        return await self._slot.converse(
            met.card, lambda transmit: ask(StorageCard(transmit, uid, met.block_size))
        )

    async def _with_raw_tag(self, uid: Uid, ask: Callable[[RawTag], T]) -> T:
        met = await self._expect(uid)

        def talk(transmit: Transmit) -> T:
            with raw_tag(transmit, uid) as tag:
                return ask(tag)

        return await self._slot.converse(met.card, talk)


_DOES: Final = {
    Capability.AFI: "read or write AFI and DSFID",
    Capability.EAS: "switch or check the EAS bit",
}


def normalised(uid: bytes) -> Uid:
    """The UID of an ISO 15693 tag from what a reader says: many say it least significant first.

    It begins with E0. Where both ends are E0, the end next to a known maker is the beginning.
    """
    ways = [Uid(way.hex().upper()) for way in (uid[::-1], uid) if way[:1] == b"\xe0"]
    if len(uid) != 8 or not ways:
        raise NoAnswer(f"{uid.hex().upper()} is no UID of an ISO 15693 tag")
    return next((way for way in ways if _NO_NAME not in manufacturer(way)), ways[0])


def _get_to_know(transmit: Transmit, card: Lying) -> _Met:
    kind = recognise(card.atr)
    answer = apdu.hear(transmit(apdu.GET_UID))
    if kind.standard is not Standard.ISO15693:
        return _Met(card, CardSeen(kind, _card_uid(answer)))
    if not answer.done:
        raise apdu.complaint("the question for the UID", answer.status)
    uid = normalised(answer.data)
    met = _Met(card, CardSeen(kind, CardUid(uid, may_be_random=False)))
    info, raw = _raw_info(transmit, uid)
    storage = StorageCard(transmit, uid)
    if storage.knows_afi():
        info = storage.info()
        return replace(met, block_size=info.block_size, dsfid=info.dsfid, can=storage.can | raw)
    if info:
        return replace(met, storage=False, block_size=info.block_size, dsfid=info.dsfid, can=raw)
    return replace(met, block_size=storage.block_size(), can=_ALWAYS)


def _card_uid(answer: apdu.Response) -> CardUid:
    if not answer.done:  # a card with contacts, or one whose reader does not tell
        return CardUid("", may_be_random=True)
    random = len(answer.data) == 4 and answer.data[0] == _RANDOM
    return CardUid(answer.data.hex().upper(), random)


def _raw_info(transmit: Transmit, uid: Uid) -> tuple[ChipInfo | None, frozenset[Capability]]:
    """What a tag says through a transparent session, and what can be asked so: perhaps nothing."""
    try:
        with raw_tag(transmit, uid) as tag:
            return tag.info(), tag.can
    except (ReaderRefused, TagRefused, NoAnswer):
        return None, frozenset()
