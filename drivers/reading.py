"""Reading a tag: only the blocks that are needed to know what it says."""

from dataclasses import replace

from drivers.errors import TagRefused
from drivers.interface import Reader, Uid
from drivers.tags.content import TagContent, Warn
from drivers.tags.recognise import FIRST_READ_BLOCKS, needs_more, recognise


async def read_content(reader: Reader, uid: Uid, dsfid: int) -> TagContent:
    """Read block after block until the tag is understood or at its end.

    Raises what `Reader.read_blocks` raises of the first blocks. A tag is called short only if it
    was read to its end.
    """
    memory = await reader.read_blocks(uid, 0, FIRST_READ_BLOCKS)
    block, ended = FIRST_READ_BLOCKS, False
    while needs_more(memory, dsfid):
        try:
            memory += await reader.read_blocks(uid, block, 1)
        except TagRefused:
            # A small chip ends here: what there is must do.
            ended = True
            break
        block += 1
    content = recognise(memory, dsfid)
    told = (it for it in content.warnings if ended or it is not Warn.SHORT_MEMORY)
    return replace(content, warnings=tuple(told))
