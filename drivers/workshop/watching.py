"""Watching an antenna: who lies there, what each tag says, and what is amiss with it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

from drivers.errors import NoAnswer, ReaderError, ReaderLost
from drivers.interface import ChipInfo, Reader, Uid
from drivers.iso15693 import AFI_IN_STOCK, AFI_LEGACY, AFI_ON_LOAN
from drivers.presence import Presence, TagArrived
from drivers.reading import read_content
from drivers.tags.content import TagContent


@dataclass(frozen=True, slots=True)
class Watched:
    """One tag on the antenna. `seen` of `looks` inventories saw it: fewer is weak coupling."""

    uid: Uid
    content: TagContent | None = None
    chip: ChipInfo | None = None
    trouble: str = ""
    seen: int = 0
    looks: int = 0

    @property
    def security(self) -> str:
        """What the AFI says, in words."""
        if self.chip is None:
            return ""
        words = {AFI_IN_STOCK: "in stock", AFI_ON_LOAN: "on loan"}
        return words.get(self.chip.afi) or AFI_LEGACY.get(self.chip.afi, f"AFI {self.chip.afi:02X}")


async def watch(reader: Reader, pause: float = 0.1) -> AsyncIterator[Mapping[Uid, Watched]]:
    """Give the antenna as it is after each inventory, for ever; `pause` in seconds between two.

    Raises `ReaderLost` when the reader goes.
    """
    presence = Presence()
    tags: dict[Uid, Watched] = {}
    while True:
        try:
            sightings = await reader.inventory()
        except NoAnswer:
            sightings = ()
        seen = {sighting.uid for sighting in sightings}
        for change in presence.update(sightings, asyncio.get_running_loop().time()):
            if isinstance(change, TagArrived):
                tags[change.uid] = await _look_at(reader, change.uid, change.dsfid)
            else:
                del tags[change.uid]
        for uid, tag in tags.items():
            tags[uid] = replace(tag, looks=tag.looks + 1, seen=tag.seen + (uid in seen))
        yield dict(tags)
        await asyncio.sleep(pause)


async def _look_at(reader: Reader, uid: Uid, dsfid: int) -> Watched:
    """Read a tag; what cannot be read of it is told as its trouble."""
    tag = Watched(uid)
    try:
        tag = replace(tag, content=await read_content(reader, uid, dsfid))
        return replace(tag, chip=await reader.chip_info(uid))
    except ReaderLost:
        raise
    except ReaderError as error:
        return replace(tag, trouble=str(error))
