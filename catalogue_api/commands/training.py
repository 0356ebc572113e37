"""`ritournelle-api training`: the desk on an invented library, new at each start."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from catalogue_api.commands.invented import furnish
from catalogue_api.commands.operating import now
from catalogue_api.commands.printing import AsJson
from catalogue_api.commands.serving import serve_library, told_once
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.engine.database import Database
from catalogue_api.web import logs
from catalogue_api.web.pages.training import TRAINING_PASSWORD


def add_to(app: typer.Typer) -> None:
    """Give the program its command `training`."""

    @app.command()
    def training(
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="Port; 0 takes any free one.")] = 8701,
        as_json: AsJson = False,
    ) -> None:
        """Serve the desk on an invented library, to learn on: nothing real is read or changed.

        Every page says so. All is as at first when it is started again. Example: ritournelle-api
        training --port 8701
        """
        logs.configure(every_request=False)
        with tempfile.TemporaryDirectory(prefix="ritournelle-training-") as folder:
            settings = ApiSettings.model_construct(
                **{name: field.default for name, field in ApiSettings.model_fields.items()}
                | {"database": f"sqlite:///{Path(folder) / 'training.db'}"}
            )
            _furnish(settings)
            ready = told_once(as_json=as_json)
            asyncio.run(serve_library(settings, host, port, ready, training=True))


def _furnish(settings: ApiSettings) -> None:
    rules, hashed = Rulebook(settings.time_zone), Passwords().hash(TRAINING_PASSWORD)
    database = Database(settings.database, threads=0)

    def work(session: Session) -> None:
        furnish(session, rules, hashed, now())

    try:
        database.require_schema()
        database.write_now(work)
    finally:
        database.close()
