"""Library tags as a stream of data elements: ISO 28560-2 in the data sets of ISO/IEC 15962.

There is no checksum. What vouches for a tag is that all of it makes sense: see `Reading`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from drivers.tags import isil
from drivers.tags.compaction import Malformed, compact, extract
from drivers.tags.content import (
    USAGE_CODES,
    Encoding,
    TagContent,
    Usage,
    Warn,
    is_barcode,
    is_plausible,
    usage_of,
)
from drivers.tags.elements import (
    CONTENT,
    ITEM,
    OWNER,
    SET,
    USAGE,
    as_data_set,
    as_text,
    is_usage,
    listed,
)
from drivers.tags.objects import DataSet, End, scan, write

BLOCK: Final = 4
"""Bytes of a block, to which lockable elements are aligned."""

_ASKED: Final = frozenset({ITEM, OWNER, SET, USAGE})
"""What a kiosk wants to know."""

_USUAL: Final = range(4, 25)
"""Characters of an item identifier that nobody announced: shorter ones come by chance."""

_LAST_NAMED: Final = 31
"""The greatest OID of ISO 28560-1, reserved ones included."""

_DAMAGE: Final = frozenset({Warn.DAMAGED_ELEMENT, Warn.REPEATED_ELEMENT})
_DOUBT: Final = _DAMAGE | {Warn.UNREAD_ELEMENT}


@dataclass(frozen=True)
class Reading:
    """A memory read as data elements: `elements` are their texts by OID, the damaged ones left out.

    `first` is the first data set, `end` what stands behind the last whole one, and `is_tidy` tells
    that nothing but zeros follows.
    """

    elements: Mapping[int, str]
    warnings: tuple[Warn, ...]
    first: DataSet | None
    end: End
    is_tidy: bool

    @property
    def begins_soundly(self) -> bool:
        """Whether a usual item identifier comes first, and nothing behind it raises a doubt."""
        if self.end is End.DAMAGE or _DOUBT & set(self.warnings):
            return False
        named = all(oid <= _LAST_NAMED for oid in self.elements)
        usual = is_barcode(self.item) and len(self.item) in _USUAL
        return named and usual and self._first_text == self.item

    @property
    def is_sound(self) -> bool:
        """Whether this is an ISO 28560-2 tag, whatever its DSFID says."""
        alone = len(self.elements) == 1
        ends = self.end is not End.CUT or self.answers
        return self.begins_soundly and ends and (self.is_tidy or not alone)

    @property
    def is_credible(self) -> bool:
        """Whether a tag that is announced as ISO 28560-2 is one, damaged as it may be."""
        if not self.item:
            return bool(self.elements) and self.is_whole
        if isil.is_isil(self.elements.get(OWNER, "")):
            # No bytes make an ISIL by chance: any damage came later.
            return True
        unbroken = self.end is not End.DAMAGE and Warn.REPEATED_ELEMENT not in self.warnings
        return self._first_text is not None and (
            self.is_whole or (unbroken and len(self.item) in _USUAL)
        )

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged or cut off."""
        return self.end in {End.TERMINATOR, End.MEMORY} and not _DAMAGE & set(self.warnings)

    @property
    def answers(self) -> bool:
        """Whether all that a kiosk wants to know was read; a content parameter is believed."""
        wanted = _ASKED
        if announced := self.elements.get(CONTENT):
            wanted &= listed(announced) | {ITEM}
        return wanted <= self.elements.keys()

    @property
    def wants_more(self) -> bool:
        """Whether the bytes behind the memory may hold what a kiosk wants to know."""
        return self.end in {End.CUT, End.MEMORY} and not self.answers

    @property
    def _first_text(self) -> str | None:
        """The item identifier if it comes first, and a writer would make the same bytes of it."""
        first = self.first
        return _exact_text(first) if first is not None and first.oid == ITEM else None

    @cached_property
    def item(self) -> str:
        """The item identifier, or nothing if it is no plausible text."""
        item = self.elements.get(ITEM, "")
        return item if is_plausible(item) else ""


def read(memory: bytes) -> Reading:
    """Read `memory`, from byte 0 and in natural order. No bytes make it raise."""
    stream = scan(memory)
    elements: dict[int, str] = {}
    warnings: dict[Warn, None] = {}
    for one in stream.sets:
        if one.oid in elements:
            warnings[Warn.REPEATED_ELEMENT] = None
            continue
        try:
            elements[one.oid], warning = as_text(one)
        except Malformed:
            warning = Warn.DAMAGED_ELEMENT
        if warning:
            warnings[warning] = None
    if stream.end in _WARNINGS:
        warnings[_WARNINGS[stream.end]] = None
    first = stream.sets[0] if stream.sets else None
    return Reading(elements, tuple(warnings), first, stream.end, not any(stream.rest))


_WARNINGS: Final = MappingProxyType({End.CUT: Warn.SHORT_MEMORY, End.DAMAGE: Warn.DAMAGED_ELEMENT})


def content(reading: Reading, reason: str) -> TagContent:
    """Give what was read as the content of a tag; `reason` is what it was recognised by."""
    elements = dict(reading.elements)
    elements.pop(ITEM, None)
    owner = elements.pop(OWNER, "")
    parts = _parts(elements.get(SET, ""))
    usage = _usage(elements.get(USAGE, ""))
    flags = {
        Warn.NO_OWNER: not owner,
        Warn.DAMAGED_OWNER: bool(owner) and not isil.is_isil(owner),
        Warn.PART_OVER_TOTAL: parts is not None and parts[0] > parts[1],
        Warn.DAMAGED_ELEMENT: (parts is None and bool(elements.get(SET)))
        or (usage is None and bool(elements.get(USAGE))),
    }
    found = [warning for warning, is_so in flags.items() if is_so]
    part, total = parts or (1, 1)
    code = USAGE_CODES[Usage.OTHER] << 4 if usage is None else usage
    return TagContent(
        Encoding.ISO28560_2,
        item=reading.item,
        owner=owner,
        part=part,
        parts=total,
        usage=usage_of(code >> 4),
        usage_code=code,
        warnings=tuple(dict.fromkeys([*reading.warnings, *found])),
        reason=reason if reading.item else f"{reason}; there is no readable item identifier",
        elements=elements,
    )


def encode(
    item: str,
    size: int,
    *,
    owner: str = "",
    part: int = 1,
    parts: int = 1,
    usage: Usage | int | None = Usage.CIRCULATING,
    elements: Mapping[int, str] | None = None,
    content_parameter: bool = False,
    lockable: Collection[int] = (),
) -> bytes:
    """Give the whole memory of a tag of `size` bytes; `usage` may be a byte of its own.

    A content parameter lists what follows it. Elements in `lockable` are aligned to blocks, and
    but for the item identifier stand last. Raise ValueError for what cannot be encoded.
    """
    if not is_plausible(item):
        raise ValueError(f"{item!r} is no item identifier: it must be printable text")
    texts = dict(elements or {})
    if owner:
        isil.split(owner)
        texts[OWNER] = owner
    if (part, parts) != (1, 1):
        texts[SET] = _set_information(part, parts)
    if usage is not None:
        texts[USAGE] = _usage_text(usage)
    order = sorted(texts, key=lambda oid: (oid in lockable, oid))
    head = {ITEM: item}
    if content_parameter and texts:
        head[CONTENT] = ",".join(str(oid) for oid in sorted(texts))
    ordered = head | {oid: texts[oid] for oid in order}
    sets = [as_data_set(oid, text) for oid, text in ordered.items()]
    memory = write(sets, BLOCK, lockable)
    if len(memory) > size:
        raise ValueError(f"{len(memory)} bytes of content do not fit a tag of {size} bytes")
    return memory.ljust(size, b"\0")


def _exact_text(one: DataSet) -> str | None:
    try:
        text = extract(one.data, one.compaction)
        return text if compact(text, one.compaction) == one.data else None
    except ValueError:
        return None


def _parts(text: str) -> tuple[int, int] | None:
    """Read set information: half of the digits say how many parts, the others which part."""
    half = len(text) // 2
    if not half or len(text) % 2 or not (text.isascii() and text.isdecimal()):
        return None
    return int(text[half:]), int(text[:half])


def _set_information(part: int, parts: int) -> str:
    if not (0 <= part <= 999 and 0 <= parts <= 999):
        raise ValueError(f"part {part} of {parts} does not fit the set information")
    width = len(str(max(part, parts)))
    return f"{parts:0{width}}{part:0{width}}"


def _usage(text: str) -> int | None:
    return int(text, 16) if is_usage(text) else None


def _usage_text(usage: Usage | int) -> str:
    code = usage if isinstance(usage, int) else USAGE_CODES[usage] << 4
    if not 0 <= code <= 0xFF:
        raise ValueError(f"a type of usage is a byte, not {code}")
    return f"{code:02X}"
