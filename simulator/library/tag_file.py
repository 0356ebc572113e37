"""The tags of the demo library, as the TOML file that a simulated reader is started with.

Each copy has a chip; a few more things come to a kiosk too: tags of others, damaged and odd ones.
"""

from binascii import crc_hqx
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from drivers.tags.iso28560_part3 import encode
from simulator.library.circulation import Patron
from simulator.library.numbers import FOREIGN_OWNER, OWNER, foreign_barcode, slix_uid
from simulator.library.stock import Copy

SLIX_BYTES = 112
"""User memory of an ICODE SLIX: 28 blocks of 4 bytes."""

AFI_ON_LOAN = "C2"
AFI_IN_STOCK = "07"
_CHECKSUM = 19
_BASIC_BLOCK = 34
"""Where the checksum stands (2 bytes, least significant first) and where the basic block ends."""
_NO_INFORMATION = 6
"""Type of usage: nothing is said (ISO 28560-1)."""
_STRANGE_SERIALS = 900_001
"""Serials of the chips that are not on our copies, far from those that are."""


class Strange(StrEnum):
    """What else is laid on a kiosk; the value is the tag's name.

    The first three are no copies of ours. The others are, by barcode, and on loan.
    """

    FOREIGN = "foreign"
    PATRON_CARD = "patron-card"
    BLANK = "blank"
    DAMAGED_CRC = "damaged-crc"
    NO_OWNER = "no-owner"
    AFI_LOCKED = "afi-locked"
    SWAPPED_NIBBLES = "swapped-nibbles"


OURS = (Strange.DAMAGED_CRC, Strange.NO_OWNER, Strange.AFI_LOCKED, Strange.SWAPPED_NIBBLES)
"""The strange tags that are on copies of ours."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One `[[tag]]` table: either what it says (`item`) or its bytes (`memory`)."""

    uid: str
    name: str
    item: str = ""
    owner: str = OWNER
    usage: str = "circulating"
    memory: bytes | None = None
    afi: str = AFI_IN_STOCK
    afi_locked: bool = False

    def toml(self) -> str:
        """Return the table; all values are plain ASCII."""
        lines = ["[[tag]]", f'uid = "{self.uid}"', f'name = "{self.name}"', 'chip = "slix"']
        if self.memory is None:
            lines += [f'item = "{self.item}"', f'owner = "{self.owner}"', "part = 1", "parts = 1"]
            lines.append(f'usage = "{self.usage}"')
        else:
            lines.append(f'memory = "{self.memory.hex().upper()}"')
        lines += [f'afi = "{self.afi}"', "laid = false"]
        if self.afi_locked:
            lines.append("afi_locked = true")
        return "\n".join(lines) + "\n"


def make_tags(
    copies: Iterable[Copy], on_loan: frozenset[str], strange: Mapping[Strange, str], patron: Patron
) -> list[Tag]:
    """Return the tag of each copy and the strange ones; `strange` has barcodes for `OURS`."""
    kinds = {barcode: kind for kind, barcode in strange.items()}
    tags = [_copy_tag(copy, copy.barcode in on_loan, kinds.get(copy.barcode)) for copy in copies]
    return [*tags, *_others(patron)]


def write_tags_toml(path: Path, tags: Iterable[Tag]) -> None:
    """Write the tags as `[[tag]]` tables."""
    path.write_text("\n".join(tag.toml() for tag in tags), encoding="utf-8")


def _copy_tag(copy: Copy, on_loan: bool, kind: Strange | None) -> Tag:
    afi = AFI_ON_LOAN if on_loan else AFI_IN_STOCK
    if kind in {None, Strange.AFI_LOCKED, Strange.NO_OWNER}:
        return Tag(
            copy.uid,
            kind or copy.barcode,
            item=copy.barcode,
            owner="" if kind is Strange.NO_OWNER else OWNER,
            afi=afi,
            afi_locked=kind is Strange.AFI_LOCKED,
        )
    memory = _damaged(copy.barcode) if kind is Strange.DAMAGED_CRC else _swapped(copy.barcode)
    return Tag(copy.uid, str(kind), memory=memory, afi=afi)


def _damaged(barcode: str) -> bytes:
    """A tag whose checksum is wrong and all else right."""
    memory = bytearray(encode(barcode, SLIX_BYTES, owner=OWNER))
    memory[_CHECKSUM] ^= 0xFF
    return bytes(memory)


def _swapped(barcode: str) -> bytes:
    """A tag whose first byte has usage and version in each other's place.

    Circulating is 1 and so is the version, so the swap shows only with another usage. The checksum
    is that of the swapped bytes, as such a writer makes it.
    """
    memory = bytearray(encode(barcode, SLIX_BYTES, owner=OWNER, usage=_NO_INFORMATION))
    high, low = divmod(memory[0], 16)
    memory[0] = low << 4 | high
    covered = memory[:_CHECKSUM] + memory[_CHECKSUM + 2 : _BASIC_BLOCK]
    memory[_CHECKSUM : _CHECKSUM + 2] = crc_hqx(covered, 0xFFFF).to_bytes(2, "little")
    return bytes(memory)


def _others(patron: Patron) -> list[Tag]:
    foreign, card, blank = (slix_uid(_STRANGE_SERIALS + number) for number in range(3))
    return [
        Tag(
            foreign,
            Strange.FOREIGN,
            item=foreign_barcode(1),
            owner=FOREIGN_OWNER,
            afi=AFI_ON_LOAN,
        ),
        Tag(card, Strange.PATRON_CARD, item=patron.card, usage="patron_card", afi="00"),
        Tag(blank, Strange.BLANK, memory=b"", afi="00"),
    ]
