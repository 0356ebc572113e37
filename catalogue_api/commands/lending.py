"""`ritournelle-api lend` and `renew`."""

from datetime import datetime
from typing import Annotated

import typer
from pydantic import ValidationError

from catalogue_api.commands.operating import Opened, run
from catalogue_api.commands.printing import AsJson, say, show
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.loans import LendItem, Renewal
from catalogue_api.services.loans import lending, renewing

CardArgument = Annotated[str, typer.Argument(help="Number of the reader's card.")]


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its commands."""

    @app.command()
    def lend(
        item: Annotated[str, typer.Argument(help="Barcode of the item.")],
        card: CardArgument,
        due: Annotated[
            datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the loan.")
        ] = None,
        site: Annotated[str, typer.Option(help="Where; else where the item is.")] = "",
        as_json: AsJson = False,
    ) -> None:
        """Lend an item to a reader.

        Example: ritournelle-api lend 3001234567890 C0042 --due 2026-12-24
        """
        try:
            asked = LendItem(barcode=item, card=card, site=site, due_on=due.date() if due else None)
        except ValidationError as error:
            raise Refused(ProblemType.INVALID_REQUEST, _first(error)) from error
        lent = run(opened, lambda db, call: lending.lend_item(db, call, asked), writes=True)
        line = f"{lent.barcode} « {lent.title} » is lent until {lent.due_on}."
        say(lent.model_dump(mode="json"), line, as_json=as_json)

    @app.command()
    def renew(card: CardArgument, as_json: AsJson = False) -> None:
        """Renew all loans of a reader that can be renewed.

        Example: ritournelle-api renew C0042
        """
        found = run(
            opened, lambda db, call: renewing.renew_of_card(db, call, card, Renewal()), writes=True
        )
        rows = [result.model_dump(mode="json") for result in found.results]
        for row in rows:
            row["reasons"] = " ".join(row["reasons"]) if not as_json else row["reasons"]
        show(rows, ("barcode", "title", "renewed", "due_on", "reasons"), as_json=as_json)


def _first(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, found['loc']))}: {found['msg']}"
