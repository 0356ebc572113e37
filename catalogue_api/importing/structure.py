"""The structure of ISO 2709: leader, directory, fields; what is inconsistent, and what is safe.

A directory that contradicts the fields makes a record doubtful. It is put right only when nothing
has to be guessed: the directory names as many fields as there are, so that they belong together
one by one. Anything else raises `Unreadable`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue_api.importing.faults import Fault, Why
from catalogue_api.importing.iso2709 import RECORD_END
from catalogue_api.importing.records import Unreadable

LEADER = 24
FIELD_END = b"\x1e"
LONGEST = 99_999
"""What the five digits of a record's length can say; longer records say this, or anything."""

_ENTRY = 12
_TAG = re.compile(rb"[0-9A-Za-z]{3}")


@dataclass(frozen=True, slots=True)
class RawRecord:
    """Leader and (tag, bytes) of the fields, without their ends; `mended` says what was wrong."""

    leader: str
    fields: tuple[tuple[str, bytes], ...]
    mended: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    tag: str
    length: int
    start: int


def take_apart(data: bytes) -> RawRecord:
    """Take one record of a file apart. Raise `Unreadable`."""
    leader = _leader(data)
    entries, base = _directory(data)
    body = data[base:]
    contents = body[: -len(RECORD_END)].split(FIELD_END)
    if contents.pop().strip(b" \r\n"):
        raise Unreadable("the last field has no end", Fault.DAMAGED)
    ordered = sorted(entries, key=lambda entry: entry.start)
    wrong = _contradiction(entries if len(data) > LONGEST else ordered, contents)
    if wrong and len(contents) != len(entries):
        raise Unreadable(
            f"damaged structure: {wrong}; the directory names {len(entries)} fields,"
            f" but there are {len(contents)}",
            Fault.DAMAGED,
        )
    by_entry = dict(
        zip(map(id, entries if len(data) > LONGEST else ordered), contents, strict=True)
    )
    said = int(data[:5])
    mended = wrong or (
        f"the record says it has {said} bytes but has {len(data)}"
        if said != len(data) and len(data) <= LONGEST
        else ""
    )
    fields = tuple((entry.tag, by_entry[id(entry)]) for entry in entries)
    return RawRecord(leader, fields, Why(mended, Fault.MENDED) if mended else "")


def _leader(data: bytes) -> str:
    if not data.endswith(RECORD_END):
        raise Unreadable("the record has no end", Fault.DAMAGED)
    if len(data) <= LEADER or not data[:5].isdigit():
        raise Unreadable("the record does not begin with its length in five digits", Fault.DAMAGED)
    leader = data[:LEADER]
    if not leader.isascii():
        place = next(place for place, byte in enumerate(leader) if byte > 0x7F)
        what = f"leader position {place}: byte 0x{leader[place]:02X} is not ASCII"
        raise Unreadable(what, Fault.DAMAGED)
    if not leader[12:17].isdigit():
        what = f"the base address {leader[12:17].decode()!r} (leader 12) is no number"
        raise Unreadable(what, Fault.DAMAGED)
    return leader.decode("ascii")


def _directory(data: bytes) -> tuple[list[_Entry], int]:
    """Return the directory's entries, and where the fields begin: behind its end."""
    end = data.find(FIELD_END, LEADER)
    if end < 0:
        raise Unreadable("the directory has no end", Fault.DAMAGED)
    directory = data[LEADER:end]
    if len(directory) % _ENTRY:
        what = f"the directory of {len(directory)} bytes is not made of entries of 12"
        raise Unreadable(what, Fault.DAMAGED)
    entries = []
    for place in range(0, len(directory), _ENTRY):
        entry = directory[place : place + _ENTRY]
        if not _TAG.match(entry) or not entry[3:].isdigit():
            what = f"directory entry {place // _ENTRY + 1} is {_shown(entry)}"
            raise Unreadable(what, Fault.DAMAGED)
        entries.append(_Entry(entry[:3].decode("ascii"), int(entry[3:7]), int(entry[7:])))
    if not entries:
        raise Unreadable("the record has no fields", Fault.DAMAGED)
    return entries, end + 1


def _contradiction(entries: Sequence[_Entry], contents: Sequence[bytes]) -> str:
    """Say where directory and fields first disagree; empty if they agree."""
    start = 0
    for entry, content in zip(entries, contents, strict=False):
        length = len(content) + 1
        too_big_to_say = start > LONGEST or length > 9_999
        if not too_big_to_say and (entry.start, entry.length) != (start, length):
            return (
                f"field {entry.tag} has {length} bytes at {start},"
                f" its directory says {entry.length} at {entry.start}"
            )
        start += length
    if len(entries) != len(contents):
        return f"{len(entries)} directory entries for {len(contents)} fields"
    return ""


def _shown(data: bytes) -> str:
    return ascii(data.decode("latin-1"))
