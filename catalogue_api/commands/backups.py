"""`ritournelle-api backup` and `restore`, for SQLite."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from catalogue_api.commands.printing import AsJson, say
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.engine import backups


def add_to(app: typer.Typer, settings: Callable[[], ApiSettings]) -> None:
    """Give the program its commands `backup` and `restore`."""

    @app.command()
    def backup(
        file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
        as_json: AsJson = False,
    ) -> None:
        """Copy the database to a file while it is in use; the copy is checked.

        Example: ritournelle-api backup /srv/backup/catalogue.db
        """
        source = backups.file_of(settings().database)
        with _bar("Copying") as progress:
            backups.back_up(source, file, progress)
        size = file.stat().st_size
        values = {"file": str(file), "bytes": size, "revision": backups.require_sound(file)}
        say(values, f"{file}: {size:,} bytes, checked.", as_json=as_json)

    @app.command()
    def restore(
        file: Annotated[Path, typer.Argument(help="A copy that `backup` made.")],
        as_json: AsJson = False,
    ) -> None:
        """Put a copy in the place of the database, which nobody may be serving.

        Example: ritournelle-api restore /srv/backup/catalogue.db
        """
        database = backups.file_of(settings().database)
        with _bar("Restoring") as progress:
            before = backups.restore(file, database, progress)
        values = {"database": str(database), "before": str(before) if before else None}
        kept = f"; what was there is kept as {before}" if before else ""
        say(values, f"{database} is restored{kept}.", as_json=as_json)


@contextmanager
def _bar(text: str) -> Iterator[backups.Progress]:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
