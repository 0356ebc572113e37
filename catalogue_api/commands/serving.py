"""`ritournelle-api serve`: this process alone, or several workers on one port."""

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Annotated

import typer

from catalogue_api.commands.mailing import mailing_of, office_of
from catalogue_api.commands.operating import Opened, now, rules_of
from catalogue_api.commands.printing import AsJson
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.importing.deposits import DepositSettings
from catalogue_api.importing.exporting import exporter
from catalogue_api.importing.profiles import profiles_of
from catalogue_api.jobs.minutes import keep_time
from catalogue_api.mail.loop import keep_emptying
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.services.secrets.tokens import new_token
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.engine.database import Database
from catalogue_api.web import logs
from catalogue_api.web.app import build
from catalogue_api.web.parts import Parts
from catalogue_api.web.serving import serve as serve_app
from catalogue_api.web.workers import Supervisor, WorkersFailed, free_port

_THREADS = 8
_FINISH_MAIL_WITHIN = 5.0  # seconds; a mail that takes longer is sent again later

Workers = Annotated[
    int, typer.Option(min=1, max=64, help="Processes on the one port; with PostgreSQL only.")
]


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its command `serve`."""

    @app.command()
    def serve(
        host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
        port: Annotated[int | None, typer.Option(help="Port; 0 takes any free one.")] = None,
        workers: Workers = 1,
        as_json: AsJson = False,
    ) -> None:
        """Serve the API and the librarians' pages until stopped.

        Example: ritournelle-api --settings /etc/ritournelle/api.toml serve --port 8700
        """
        with opened() as (database, settings):  # the schema is looked at once, before any fork
            kind = database.dialect
        chosen = (
            settings.host if host is None else host,
            settings.port if port is None else port,
        )
        if workers > 1 and kind == "sqlite":
            raise Refused(
                ProblemType.INVALID_REQUEST,
                "SQLite is written by one process: several workers want PostgreSQL "
                "(see docs/technicians.md)",
            )
        logs.configure(every_request=settings.log_requests)
        if workers == 1:
            asyncio.run(serve_library(settings, *chosen, told_once(as_json=as_json)))
        else:
            _serve_together(settings, *chosen, workers, as_json=as_json)


def _serve_together(
    settings: ApiSettings, host: str, port: int, number: int, *, as_json: bool
) -> None:
    chosen, parent = free_port(host, port), os.getpid()
    address = f"http://[{host}]:{chosen}" if ":" in host else f"http://{host}:{chosen}"

    def work(port: int, opened: Callable[[], None]) -> None:
        asyncio.run(serve_library(settings, host, port, lambda _address: opened(), parent=parent))

    try:
        Supervisor(number, chosen, work).run(lambda: told_once(as_json=as_json)(address))
    except WorkersFailed as error:
        raise Refused(ProblemType.UNAVAILABLE, str(error)) from error


async def serve_library(
    settings: ApiSettings,
    host: str,
    port: int,
    ready: Callable[[str], None],
    *,
    parent: int | None = None,
    training: bool = False,
) -> None:
    """Serve until told to stop; `training`: every page says that nothing in it is real."""
    database = Database(settings.database, threads=_THREADS)
    try:
        app = build(_parts(database, settings, training=training))
        _keep_for_good()
        serving = serve_app(app, host, port, ready, parent=parent)
        if training:
            await serving
        else:
            await _with_sender(serving, database, settings)
    finally:
        database.close()


def _parts(database: Database, settings: ApiSettings, *, training: bool) -> Parts:
    profiles = profiles_of(settings.profile, settings.profiles)
    return Parts(
        database,
        rules_of(settings),
        settings.time_zone,
        Passwords(),
        now,
        new_token,
        exporter(profiles),
        settings.https,
        timedelta(minutes=settings.desk_lock_minutes),
        settings.proxies,
        DepositSettings(settings.database, profiles, settings.match_isbn),
        training=training,
        portal_address=settings.portal_address,
        library=settings.library,
    )


def _keep_for_good() -> None:
    """Let the search for garbage pass over what stands until the program ends.

    It stops every request for a tenth of a second otherwise, each time that long pages have made
    enough objects.
    """
    gc.collect()
    gc.freeze()


async def _with_sender(
    serving: Coroutine[None, None, None], database: Database, settings: ApiSettings
) -> None:
    """Serve, send the notices that wait, and do the work of each minute; finish both at the end."""
    stopping = asyncio.Event()
    beside = [
        asyncio.create_task(
            keep_emptying(office_of(database, settings), mailing_of(settings), stopping)
        ),
        asyncio.create_task(keep_time(database, rules_of(settings), now, stopping)),
    ]
    try:
        await serving
    finally:
        stopping.set()
        await asyncio.wait(beside, timeout=_FINISH_MAIL_WITHIN)
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)


def told_once(*, as_json: bool) -> Callable[[str], None]:
    """Return what prints the address once: a line for people, JSON for programs."""

    def told(address: str) -> None:
        port_got = int(address.rsplit(":", maxsplit=1)[-1])
        line = json.dumps({"ready": True, "url": address, "port": port_got})
        plain = sys.stdout.isatty() and not as_json
        print(f"Ritournelle: {address}/" if plain else line, flush=True)

    return told
