"""`ritournelle-api receipt`."""

from dataclasses import asdict
from typing import Annotated

import typer

from catalogue_api.commands.operating import Opened
from catalogue_api.commands.printing import AsJson, show
from catalogue_api.services.returns import receipts


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its command."""

    @app.command()
    def receipt(
        number: Annotated[str, typer.Argument(help="As it stands on the receipt.")],
        as_json: AsJson = False,
    ) -> None:
        """Say which returns a receipt names.

        Example: ritournelle-api receipt 4F7K-29QM-3
        """
        with opened() as (database, _):
            found = database.read_now(lambda db: receipts.find(db, number))
        rows = [asdict(row) | {"occurred_at": row.occurred_at.isoformat()} for row in found]
        columns = ("occurred_at", "kiosk", "barcode", "outcome", "bin", "title")
        show(rows, columns, as_json=as_json)
