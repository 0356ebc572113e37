"""The acceptance test of a new machine: every part of its settings, with a report to keep."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from typing import Any

from drivers.opening import open_reader
from kiosk import checking
from kiosk.catalogue import HttpCatalogue
from kiosk.journal import Journal
from kiosk.lines import parse_line
from kiosk.printer import EscPosPrinter
from kiosk.receipt import Line, escpos
from kiosk.securing import require
from kiosk.session.contents import Finding
from kiosk.settings import KioskSettings
from kiosk.sorter import RelaySorter


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of one kiosk, when, and with which version of this program."""

    kiosk: str
    version: str
    at: datetime
    findings: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        """Whether every part does what it should."""
        return all(finding.well for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return it as a program reads it."""
        return asdict(self) | {"at": self.at.isoformat(), "well": self.well}

    def lines(self) -> Iterator[str]:
        """Return it as a person reads it."""
        yield f"{self.kiosk}, {self.at:%Y-%m-%d %H:%M} UTC, version {self.version}"
        for finding in self.findings:
            mark = "ok" if finding.well else "FAILED"
            yield f"{mark:<7} {finding.part}: {finding.detail}"


async def check_all(settings: KioskSettings) -> Report:
    """Try every part; one that fails does not keep the others from it."""
    parts: dict[str, Callable[[], str | Awaitable[str]]] = {
        "disk": partial(checking.disk, settings.journal),
        "journal": partial(_journal, settings),
        "reader": partial(_reader, settings),
        "antenna": partial(_antenna, settings),
        "network": partial(checking.network, settings.catalogue.url),
        "catalogue": partial(_catalogue, settings),
        "clock": partial(_clock, settings),
        "sounds": checking.sounds,
    }
    if settings.sorter is not None:
        parts["sorter"] = partial(_sorter, settings)
    if settings.receipt.printer:
        parts["printer"] = partial(_printer, settings)
    findings = [await checking.tried(name, work) for name, work in parts.items()]
    now = datetime.now(UTC)
    return Report(settings.name, version("ritournelle"), now, tuple(findings))


async def _journal(settings: KioskSettings) -> str:
    journal = Journal(settings.journal)
    try:
        return checking.journal(journal)
    finally:
        journal.close()


async def _reader(settings: KioskSettings) -> str:
    reader = await open_reader(settings.reader)
    try:
        require(settings.security, reader.info)
        return f"{reader.info.family} {reader.info.firmware}"
    finally:
        await reader.close()


async def _antenna(settings: KioskSettings) -> str:
    reader = await open_reader(settings.reader)
    try:
        return await checking.antenna(reader)
    finally:
        await reader.close()


@asynccontextmanager
async def _open_catalogue(settings: KioskSettings) -> AsyncIterator[HttpCatalogue]:
    token = settings.token.get_secret_value()
    port = HttpCatalogue(settings.catalogue.url, token, settings.catalogue.timeout)
    try:
        yield port
    finally:
        await port.close()


async def _catalogue(settings: KioskSettings) -> str:
    async with _open_catalogue(settings) as port:
        info = await checking.catalogue(port, settings.name)
    return f"{settings.catalogue.url} knows {info.kiosk} at {info.site_name}"


async def _clock(settings: KioskSettings) -> str:
    async with _open_catalogue(settings) as port:
        return await checking.clock(port, settings.name, lambda: datetime.now(UTC))


async def _sorter(settings: KioskSettings) -> str:
    if settings.sorter is None:
        return "none"
    address, wiring = (
        parse_line(settings.sorter.url, "numato"),
        settings.sorter.wiring(settings.bins),
    )
    sorter = await RelaySorter.open(address, wiring)
    try:
        return await checking.sorter(sorter, opens=settings.sorter.flap is not None)
    finally:
        await sorter.close()


async def _printer(settings: KioskSettings) -> str:
    printer = EscPosPrinter(parse_line(settings.receipt.printer, "escpos").open)
    slip = escpos(
        [Line(settings.screen.library, loud=True), Line(f"{settings.name} : essai, test")]
    )
    return await checking.paper(printer, slip)
