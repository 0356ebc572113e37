"""Writing one tag, so that a hand that slips leaves nothing half done unnoticed."""

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.interface import Capability, ChipInfo, Reader, Uid
from drivers.iso15693 import AFI_IN_STOCK
from drivers.tags.content import Encoding, TagContent
from drivers.tags.recognise import recognise

_PROOF = range(16, 24)
"""Bytes that hold the checksum of ISO 28560-3. They are written last: a tag that is lifted in
between then says by itself that it was not finished."""


class NotWritten(Exception):
    """The tag was left as it was, or cannot be trusted: the message says which."""


@dataclass(frozen=True, slots=True)
class Written:
    """A tag that was written, as it reads back."""

    uid: Uid
    content: TagContent
    before: TagContent


async def the_only_tag(reader: Reader) -> ChipInfo:
    """Find the one tag on the antenna; with none or several it is `NotWritten`."""
    if Capability.WRITE not in reader.info.can:
        raise NotWritten(f"this {reader.info.family} reader cannot write tags")
    sightings = await reader.inventory()
    if len(sightings) != 1:
        raise NotWritten(f"{len(sightings)} tags on the antenna: lay exactly one")
    return await reader.chip_info(sightings[0].uid)


async def write_tag(
    reader: Reader, chip: ChipInfo, memory: bytes, dsfid: int, *, force: bool
) -> Written:
    """Write `memory` (whole blocks, from block 0) and DSFID, secure the tag, read all back.

    A tag that is not blank is left alone unless `force`. Only what differs is written.
    """
    old = await reader.read_blocks(chip.uid, 0, chip.block_count)
    before = recognise(old, chip.dsfid)
    if before.encoding is not Encoding.BLANK and not force:
        raise NotWritten(
            f"the tag is not blank ({_name(before)}): --force writes over it all the same"
        )
    new = memory.ljust(len(old), b"\0")
    for block in _in_order(old, new, chip.block_size):
        start = block * chip.block_size
        await reader.write_blocks(chip.uid, block, new[start : start + chip.block_size])
    if chip.dsfid != dsfid:
        await reader.write_dsfid(chip.uid, dsfid)
    await reader.write_afi(chip.uid, AFI_IN_STOCK)
    return Written(chip.uid, await _read_back(reader, chip, new, dsfid), before)


def _in_order(old: bytes, new: bytes, size: int) -> Sequence[int]:
    """The blocks that differ, those with the checksum last."""
    starts = range(0, len(new), size)
    differing = [
        start for start in starts if old[start : start + size] != new[start : start + size]
    ]
    return [start // size for start in sorted(differing, key=lambda start: start in _PROOF)]


async def _read_back(reader: Reader, chip: ChipInfo, wanted: bytes, dsfid: int) -> TagContent:
    there = await reader.read_blocks(chip.uid, 0, chip.block_count)
    info = await reader.chip_info(chip.uid)
    if there != wanted:
        raise NotWritten("the tag does not hold what was written: lay it still and try again")
    if info.afi != AFI_IN_STOCK:
        raise NotWritten("the tag is written, but its AFI reads back otherwise")
    if info.dsfid != dsfid:
        raise NotWritten("the tag is written, but its DSFID reads back otherwise")
    return recognise(there, info.dsfid)


def _name(content: TagContent) -> str:
    return f"{content.encoding.value} {content.item}".strip()
