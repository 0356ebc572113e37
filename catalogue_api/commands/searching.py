"""`ritournelle-api search` and `ritournelle-api reindex`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from catalogue_api.commands.operating import Opened, run
from catalogue_api.commands.printing import AsJson, say, show
from catalogue_api.contract.search import Found, Search
from catalogue_api.services.titles import reindexing, searching


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its commands."""

    @app.command()
    def search(
        question: Annotated[str, typer.Argument(help='Words, "phrases", author:, isbn:, bibli*')],
        limit: Annotated[int, typer.Option(min=1, max=100, help="Titles shown.")] = 20,
        as_json: AsJson = False,
    ) -> None:
        """Search the catalogue as everybody can, and say where the titles are now.

        Example: ritournelle-api search "misérables auteur:hugo" --json
        """
        body = Search(q=question[:1000], limit=limit, cursor="")
        found = run(opened, lambda db, call: searching.search(db, call, body), writes=False)
        if as_json:
            print(found.model_dump_json())
        else:
            _show(found)

    @app.command()
    def reindex(as_json: AsJson = False) -> None:
        """Index every title anew, in small steps, while everything goes on.

        The index is kept true by itself: this is for a database that was written to by hand.

        Example: ritournelle-api reindex
        """
        console = Console(stderr=True)
        with (
            opened() as (database, _),
            Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
        ):
            task = progress.add_task("reindex", total=database.read_now(reindexing.count))
            titles = reindexing.reindex(database, lambda some: progress.advance(task, some))
        say({"titles": titles}, f"{titles} titles are in the index.", as_json=as_json)


def _show(found: Found) -> None:
    if found.answered:
        print(f"Nothing has these words. Instead: {found.answered}")
    rows = [
        {
            "id": hit.id,
            "title": f"{hit.title}, {hit.volume}" if hit.volume else hit.title,
            "author": hit.author,
            "year": hit.year,
            "where": ", ".join(
                f"{at.site_name}: {at.available}/{at.copies}" for at in hit.availability.sites
            ),
        }
        for hit in found.hits
    ]
    show(rows, ("id", "title", "author", "year", "where"), as_json=False)
    print(f"{'more than ' if found.more else ''}{found.total} found")
