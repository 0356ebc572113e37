"""The one place that knows both worlds: what a tag says, and what the catalogue is asked."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from drivers.tags.content import Encoding, TagContent, Usage, Warn
from kiosk.outcomes import KioskOutcome


@dataclass(frozen=True, slots=True)
class OurItem:
    """An item the kiosk takes. `sure`: the tag itself proves that it is ours.

    An item that is not sure is asked about, but its tag is written to only once the catalogue
    has said that it knows the barcode. `part` of `parts`: what the tag says of the set that this
    is a part of; part 0 stands for the set as a whole.
    """

    barcode: str
    owner: str
    sure: bool
    warnings: tuple[str, ...] = ()
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A thing that is given back untouched; `why` is for the log, never for the screen."""

    verdict: KioskOutcome
    why: str


@dataclass(frozen=True, slots=True)
class StaffCard:
    """A card that opens the menu of staff. It is no item, and nothing is written to it."""


Reading = OurItem | NotTaken | StaffCard

_DOUBTS: Final = frozenset({Warn.DAMAGED_OWNER, Warn.DAMAGED_ELEMENT, Warn.REPEATED_ELEMENT})
"""What makes the owner on a tag no proof."""


def make_sense(content: TagContent, owners: Collection[str]) -> OurItem | NotTaken:
    """Decide what a tag's content is to this library; `owners` are the ISILs that are ours."""
    if content.encoding in {Encoding.UNKNOWN, Encoding.BLANK}:
        return NotTaken(KioskOutcome.UNREADABLE, content.reason or content.encoding.value)
    if content.usage is Usage.PATRON_CARD:
        return NotTaken(KioskOutcome.PATRON_CARD, "type of usage: patron card")
    if not content.item:
        return NotTaken(KioskOutcome.UNREADABLE, "no item identifier")
    return _by_owner(content, owners)


def _by_owner(content: TagContent, owners: Collection[str]) -> OurItem | NotTaken:
    warnings = tuple(
        # The kiosk itself reads no more of a tag than it needs.
        warning.value
        for warning in content.warnings
        if warning is not Warn.SHORT_MEMORY
    )
    part, parts = _place_in_set(content)
    doubtful = content.crc_ok is False or _DOUBTS & set(content.warnings)
    if doubtful or not content.owner:
        # A damaged or missing owner says nothing: the catalogue knows its own barcodes.
        return OurItem(content.item, content.owner, False, warnings, part, parts)
    if content.owner.upper() in {owner.upper() for owner in owners}:
        return OurItem(content.item, content.owner, True, warnings, part, parts)
    return NotTaken(KioskOutcome.NOT_OURS, f"owner {content.owner}")


def _place_in_set(content: TagContent) -> tuple[int, int]:
    """Return part and number of parts; what makes no sense is no set (the warning says so)."""
    if content.crc_ok is False or content.part > content.parts or content.parts < 2:
        return 1, 1
    return content.part, content.parts


MISSING_PART: Final = "missing_part_"
"""Begins the warning of a return that staff accepted without that part."""

TYPED: Final = "typed_barcode"
"""The warning of a return whose barcode was typed or scanned: its tag must be replaced."""


def typed_item(text: str) -> OurItem | None:
    """Make an item of what was typed or scanned; nothing if that cannot be a barcode."""
    barcode = text.strip()
    if not barcode or len(barcode) > _LONGEST_BARCODE or not barcode.isprintable():
        return None
    return OurItem(barcode, "", sure=False, warnings=(TYPED,))


_LONGEST_BARCODE: Final = 64
