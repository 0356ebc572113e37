"""The demo library: its database, its reader, its kiosk, and the addresses of its pages."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp

from simulator.demo.programs import READY_WITHIN, ProgramFailed, run, running
from simulator.library import Summary, build

KIOSK = "hall"
SITE = "CENTRALE"
LIBRARIAN = "camille"
_LOOK_AGAIN = 0.1  # seconds
PASSWORD = "bibliotheque"  # noqa: S105 - it opens invented data on this machine


@dataclass(frozen=True, slots=True)
class Manner:
    """How the house is run: its ports (0: any free one), and the kiosk's waits in seconds."""

    catalogue_port: int = 0
    screen_port: int = 0
    quiet: float = 8.0
    summary: float = 10.0


@dataclass(frozen=True, slots=True)
class House:
    """A running library. `reader` is the address that `ritournelle-sim lay --at` takes."""

    stock: Summary
    database: Path
    catalogue: str
    screen: str
    reader: str


@asynccontextmanager
async def open_house(folder: Path, today: date, seed: int, manner: Manner) -> AsyncIterator[House]:
    """Build a library in `folder`, run it, and stop it again, the kiosk first."""
    stock = build(folder / "library", today, seed)
    settings = _write(folder / "api.toml", _api_settings(folder, manner))
    token = await _fill(settings, stock)
    async with AsyncExitStack() as programs:
        api = await programs.enter_async_context(
            running("ritournelle-api", ["--settings", settings, "serve"], folder / "api.log")
        )
        reader = await programs.enter_async_context(
            running("ritournelle-sim", _reader(folder, stock, seed), folder / "reader.log")
        )
        settings = _write(
            folder / "kiosk.toml",
            _kiosk_settings(folder, stock, token, api["url"], reader["url"], manner),
        )
        kiosk = await programs.enter_async_context(
            running("ritournelle-kiosk", ["run", "--settings", settings], folder / "kiosk.log")
        )
        await _learned(kiosk["screen"])
        yield House(stock, folder / "catalogue.db", api["url"], kiosk["screen"], reader["address"])


async def _learned(screen: str) -> None:
    """Wait until the new kiosk knows the catalogue: before, it cannot tell what has parts."""
    try:
        async with asyncio.timeout(READY_WITHIN), aiohttp.ClientSession() as http:
            while True:
                async with http.get(f"{screen}healthz") as answer:
                    if (await answer.json())["health"]["snapshot_at"]:
                        return
                await asyncio.sleep(_LOOK_AGAIN)
    except (TimeoutError, aiohttp.ClientError) as error:
        raise ProgramFailed(f"{screen}: the kiosk did not read the catalogue") from error


async def _fill(settings: Path, stock: Summary) -> str:
    """Fill the catalogue as any library would; return the kiosk's token."""
    api = ("ritournelle-api", "--settings", settings)
    await run(*api, "import", *stock.imports)
    _, added = await asyncio.gather(
        run(*api, "users", "add", LIBRARIAN, "--site", SITE, "--password-stdin", text=PASSWORD),
        run(*api, "kiosks", "add", KIOSK, "--site", SITE, "--json"),
    )
    token: str = json.loads(added)["token"]
    return token


def _reader(folder: Path, stock: Summary, seed: int) -> list[str | Path]:
    face = ["reader", "--family", "feig", "--seed", str(seed)]
    return [*face, "--pty", folder / "reader", "--tags", stock.tags]


def _api_settings(folder: Path, manner: Manner) -> str:
    return _toml(
        database=f"sqlite:///{folder / 'catalogue.db'}",
        host="127.0.0.1",
        port=manner.catalogue_port,
    )


def _kiosk_settings(
    folder: Path, stock: Summary, token: str, catalogue: str, reader: str, manner: Manner
) -> str:
    head = _toml(
        name=KIOSK,
        token=token,
        reader=reader,
        owners=[stock.owner],
        journal=str(folder / "journal.db"),
    )
    times = _toml(quiet=manner.quiet, summary=manner.summary)
    screen = _toml(
        port=manner.screen_port,
        library="Bibliothèque centrale de Cachan",
    )
    opening = _toml(fr="mardi à 14 h", en="Tuesday at 2 pm")
    place = _toml(fr="bibliothèque de la Plaine", en="Plaine library")
    return (
        f"{head}[catalogue]\n{_toml(url=catalogue)}[times]\n{times}[screen]\n{screen}"
        f"[screen.opening]\n{opening}[screen.other_place]\n{place}"
    )


def _toml(**values: str | float | list[str]) -> str:
    """Write simple values as TOML: JSON's way of writing them is TOML's too."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
