"""Tries each part of a kiosk, for the technician who has just put it together, and for staff."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.kiosks import GREET_KIOSK, KioskInfo
from catalogue_api.contract.returns import OUTCOMES_VERSION
from drivers.errors import ReaderError
from drivers.interface import Reader
from drivers.links.tcp import TcpLink
from kiosk.catalogue import Catalogue, CatalogueError
from kiosk.journal import Journal, JournalFailed
from kiosk.printer import EscPosPrinter, NotPrintedHere, Paper
from kiosk.running import Run
from kiosk.session.contents import Finding
from kiosk.sorter import NotPutIn, Sorter, SorterError

LOOKS = 10
"""Inventories by which an antenna is judged."""

_ENOUGH_DISK = 200 * 1024 * 1024  # bytes: years of returns
_CLOCK_TOLERANCE = 5.0  # seconds
_SOUND_CARDS = Path("/proc/asound/cards")


class Unwell(Exception):
    """A part does not do what it should; the message is one line that says what to do."""


Errors = (
    Unwell,
    JournalFailed,
    ReaderError,
    CatalogueError,
    Refused,
    SorterError,
    NotPrintedHere,
    OSError,
)


async def tried(part: str, work: Callable[[], str | Awaitable[str]]) -> Finding:
    """Say what came of trying a part: what is wrong with it keeps no other from being tried."""
    try:
        detail = work()
        return Finding(part, well=True, detail=detail if isinstance(detail, str) else await detail)
    except Errors as error:
        return Finding(part, well=False, detail=str(error))


def disk(path: Path) -> str:
    """There is room for the journal."""
    folder = next(it for it in (path, *path.parents) if it.exists())
    free = shutil.disk_usage(folder).free
    said = f"{free // 1024**2} MB free at {folder}"
    if free < _ENOUGH_DISK:
        raise Unwell(f"{said}: make room")
    return said


def journal(open_one: Journal) -> str:
    """The disk takes a synced write."""
    open_one.check()
    counts = open_one.counts()
    return f"{open_one.path}: {counts.returns} returns, {counts.undelivered} to deliver"


async def antenna(reader: Reader) -> str:
    """Each tag that lies there is seen every time."""
    seen: Counter[str] = Counter()
    for _ in range(LOOKS):
        seen.update({sighting.uid for sighting in await reader.inventory()})
    if not seen:
        return "no tag lies on it: lay some down to judge it by"
    weak = [uid for uid, times in seen.items() if times < LOOKS]
    if weak:
        worst = min(seen.values())
        raise Unwell(
            f"{len(weak)} of {len(seen)} tags were missed now and then (one was seen {worst} times "
            f"of {LOOKS}): look for metal, other readers, and how the tags lie"
        )
    return f"{len(seen)} tags, each seen {LOOKS} times of {LOOKS}"


async def network(url: str) -> str:
    """The catalogue's machine can be reached at all."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    clock = asyncio.get_running_loop().time
    began = clock()
    link = await TcpLink.open(parts.hostname or "", port)
    took = clock() - began
    await link.close()
    return f"{parts.hostname}:{port} answers after {took * 1000:.0f} ms"


async def catalogue(port: Catalogue, kiosk: str) -> KioskInfo:
    """Ask the catalogue who it sees. Raises `Unwell` if that is not this kiosk as it is."""
    try:
        info = await port.call(GREET_KIOSK, Nothing(), kiosk=kiosk)
    except Refused as error:
        raise Unwell(f"refuses this kiosk ({error}): check name and token") from error
    if info.outcomes_version != OUTCOMES_VERSION:
        raise Unwell(
            f"speaks outcomes version {info.outcomes_version}, this kiosk {OUTCOMES_VERSION}: "
            "install the same version on both"
        )
    return info


async def greeted(port: Catalogue, kiosk: str) -> str:
    """The catalogue knows this kiosk."""
    info = await catalogue(port, kiosk)
    return f"knows {info.kiosk} at {info.site_name}"


def running(*, lost: bool) -> str:
    """The reader of a kiosk that runs is open."""
    if lost:
        raise Unwell("the reader is lost: check its cable and power")
    return "open"


async def clock(port: Catalogue, kiosk: str, now: Callable[[], datetime]) -> str:
    """The kiosk's clock agrees with the catalogue's."""
    before = now()
    theirs = (await catalogue(port, kiosk)).now
    after = now()
    offset = (before + (after - before) / 2 - theirs).total_seconds()
    said = f"{abs(offset):.1f} s {'ahead of' if offset > 0 else 'behind'} the catalogue"
    if abs(offset) > _CLOCK_TOLERANCE:
        raise Unwell(f"{said}: set the clock, or the time server")
    return said


async def paper(printer: EscPosPrinter, slip: bytes | None) -> str:
    """The printer has paper; where a `slip` is given, it is printed."""
    state = await printer.print(slip) if slip is not None else await printer.paper()
    if state not in {Paper.ENOUGH, Paper.LOW}:
        raise Unwell(f"the printer says: {state.value.replace('_', ' ')}")
    return f"paper: {state.value}" + (", a slip was printed" if slip is not None else "")


async def sorter(open_one: Sorter, *, opens: bool) -> str:
    """The board answers, nothing is stuck, and (`opens`) the flap opens and closes by itself."""
    if await open_one.is_stuck():
        raise Unwell("the flap stands open: free it")
    full = await open_one.full()
    said = f"bins full: {', '.join(sorted(full)) or 'none'}"
    if not opens:
        return said
    try:
        await open_one.take("")
    except NotPutIn:
        return f"{said}; the flap opened, and closed when nothing was put in"
    return f"{said}; the flap opened, and something was put in: take it out"


async def all_running(
    kiosk: str,
    book: Journal,
    run: Run,
    port: Catalogue,
    now: Callable[[], datetime],
    look_at_sorter: Callable[[], Awaitable[str]] | None,
    printer: EscPosPrinter | None,
    *,
    reader_lost: bool,
) -> tuple[Finding, ...]:
    """Try the parts of a kiosk that runs, through what it has open."""
    parts: dict[str, Callable[[], str | Awaitable[str]]] = {
        "disk": partial(disk, book.path),
        "journal": lambda: run(partial(journal, book)),
        "reader": partial(running, lost=reader_lost),
        "catalogue": partial(greeted, port, kiosk),
        "clock": partial(clock, port, kiosk, now),
        "sounds": sounds,
    }
    if look_at_sorter is not None:
        parts["sorter"] = look_at_sorter
    if printer is not None:
        parts["printer"] = partial(paper, printer, None)
    return tuple([await tried(name, work) for name, work in parts.items()])


def sounds(cards: Path = _SOUND_CARDS) -> str:
    """There is something to be heard from; that it is loud enough, only ears can tell."""
    text = cards.read_text(encoding="utf-8") if cards.exists() else ""
    names = [line.split("]:")[1].strip() for line in text.splitlines() if "]:" in line]
    if not names:
        raise Unwell("this machine has no sound card: patrons hear nothing")
    return f"{', '.join(names)}; listen whether the three signals are loud enough"
