"""`ritournelle-api agent`: guard a library computer, from a terminal or for a lock screen."""

import asyncio
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from catalogue_api.agent.asking import Asking
from catalogue_api.agent.panels import json_lines, terminal
from catalogue_api.agent.running import Agent
from catalogue_api.commands.printing import AsJson
from catalogue_api.settings import ApiSettings
from catalogue_api.web.texts import read_words


def add_to(app: typer.Typer) -> None:
    """Give the program its command `agent`."""

    @app.command()
    def agent(
        url: Annotated[str, typer.Option(help="Address of the catalogue.")],
        computer: Annotated[int, typer.Option(min=1, help="Number of this computer.")],
        token_file: Annotated[Path, typer.Option(help="File with the token of this computer.")],
        state: Annotated[
            Path, typer.Option(help="File that keeps the session over a restart.")
        ] = Path("agent.json"),
        as_json: AsJson = False,
    ) -> None:
        """Guard this computer: let readers sit down, warn them, and end their sessions.

        With --json it speaks in lines with the lock screen that has started it: see
        docs/computers.md.

        Example: ritournelle-api agent --url http://catalogue:8700 --computer 3 --token-file token
        """
        token = token_file.read_text().strip()
        words = read_words(ApiSettings.model_fields["time_zone"].default)
        panel = json_lines(words) if as_json else terminal(words)

        async def guard() -> None:
            async with Asking(url, computer, token) as asking:
                program = f"agent {version('ritournelle')}"
                await Agent(asking, panel, state, program, time.monotonic).run()

        asyncio.run(guard())
