"""Which cards open the menu of staff: by what their chip is called, or by the barcode in it.

A chip's UID is kept only as its SHA-256, so that a copy of the settings is no copy of a card. It is
no secret all the same: whoever can read a card can make another that is called so.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from drivers.interface import Uid
from drivers.tags.content import TagContent, Usage

HASH_FORM: Final = r"^sha256:[0-9a-f]{64}$"


def hashed(uid: Uid) -> str:
    """Return what the settings hold of a card."""
    return f"sha256:{sha256(uid.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class StaffCards:
    """The cards of one kiosk: hashes of UIDs, and barcodes of cards that are tags of ours."""

    hashes: frozenset[str] = frozenset()
    barcodes: frozenset[str] = frozenset()

    def know(self, uid: Uid, content: TagContent | None, owners: Collection[str]) -> bool:
        """Say whether a card opens the menu; `content`: what is written in it, if it is legible."""
        if hashed(uid) in self.hashes:
            return True
        if content is None or content.usage is not Usage.PATRON_CARD or content.crc_ok is False:
            return False
        ours = content.owner.upper() in {owner.upper() for owner in owners}
        return ours and content.item in self.barcodes
