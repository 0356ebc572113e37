"""Tries each part of a kiosk once, for the technician who has just put it together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.kiosks import GREET_KIOSK
from catalogue_api.contract.returns import OUTCOMES_VERSION
from drivers.errors import ReaderError
from drivers.opening import open_reader
from kiosk.catalogue import CatalogueError, HttpCatalogue
from kiosk.journal import Journal, JournalFailed
from kiosk.securing import require
from kiosk.settings import KioskSettings


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of trying one part."""

    part: str
    well: bool
    detail: str


async def check_all(settings: KioskSettings) -> list[Finding]:
    """Try journal, reader and catalogue; one that fails does not keep the others from it."""
    parts: dict[str, Callable[[KioskSettings], Awaitable[str]]] = {
        "journal": _journal,
        "reader": _reader,
        "catalogue": _catalogue,
    }
    return [await _try(name, part, settings) for name, part in parts.items()]


async def _try(
    name: str, part: Callable[[KioskSettings], Awaitable[str]], settings: KioskSettings
) -> Finding:
    try:
        return Finding(name, well=True, detail=await part(settings))
    except (JournalFailed, ReaderError, CatalogueError) as error:
        return Finding(name, well=False, detail=str(error))


async def _journal(settings: KioskSettings) -> str:
    journal = Journal(settings.journal)
    try:
        journal.check()
        counts = journal.counts()
    finally:
        journal.close()
    return f"{settings.journal}: {counts.returns} returns, {counts.undelivered} to deliver"


async def _reader(settings: KioskSettings) -> str:
    reader = await open_reader(settings.reader)
    try:
        require(settings.security, reader.info)
        tags = await reader.inventory()
    finally:
        await reader.close()
    return f"{reader.info.family} {reader.info.firmware}: {len(tags)} tags on the antenna"


async def _catalogue(settings: KioskSettings) -> str:
    catalogue = HttpCatalogue(
        settings.catalogue.url, settings.token.get_secret_value(), settings.catalogue.timeout
    )
    try:
        info = await catalogue.call(GREET_KIOSK, Nothing(), kiosk=settings.name)
    except Refused as error:
        url = settings.catalogue.url
        raise CatalogueError(f"{url} refuses this kiosk ({error}): check name and token") from error
    finally:
        await catalogue.close()
    if info.outcomes_version != OUTCOMES_VERSION:
        raise CatalogueError(
            f"speaks outcomes version {info.outcomes_version}, this kiosk {OUTCOMES_VERSION}: "
            "install the same version on both"
        )
    return f"{settings.catalogue.url} knows {info.kiosk} at {info.site_name}"
