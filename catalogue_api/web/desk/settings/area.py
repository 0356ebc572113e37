"""The start of the settings: what may be set, and how it stands."""

from aiohttp import web

from catalogue_api.contract.closures import LIST_EXCEPTIONS, ExceptionsAsked
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.rules import SHOW_RULES
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import Entry, rendered
from catalogue_api.web.desk.settings import (
    accounts,
    bins,
    closures,
    facilities,
    holidays,
    loan_rules,
    month,
    moves,
    opening,
    own_account,
    page_texts,
    uploads,
)

ENTRY = Entry("settings", "/desk/settings", Scope.STAFF, "g")
_PARTS = (
    closures,
    moves,
    month,
    opening,
    holidays,
    loan_rules,
    bins,
    uploads,
    facilities,
    page_texts,
    accounts,
    own_account,
)


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the start, and every page of the settings."""
    start = StartPage(desk)
    app.router.add_get("/settings", desk.page(start.show, Scope.STAFF))
    for part in _PARTS:
        part.add_routes(app, desk)


class StartPage:
    """The page that leads to all others."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show what may be set by whoever is signed in, and how it stands."""
        listed = await self._desk.call(request, LIST_EXCEPTIONS, ExceptionsAsked())
        rules = await self._desk.call(request, SHOW_RULES, Nothing())
        return rendered(
            "settings/start.html",
            request,
            here=ENTRY.name,
            exceptions=listed.exceptions,
            rules=rules,
        )
