"""« Déplacer »: what ends on a closed day is moved to the next open one, seen first day by day."""

from aiohttp import web

from catalogue_api.contract.closures import MOVE_DUE_DATES, MoveDueDates
from catalogue_api.contract.endpoint import Refused
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.settings.previews import HERE
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.pages.rendering import words_of

MOVES = "/desk/settings/moves"


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its button."""
    page = MovesPage(desk)
    app.router.add_get("/settings/moves", desk.page(page.show, Scope.RULES))
    app.router.add_post("/settings/moves", desk.form(page.move, Scope.RULES))


class MovesPage:
    """What would be moved, and the button that moves it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show day by day what would be moved, and where to."""
        draft = self._desk.blank()
        rehearsed = MoveDueDates(dry_run=True)
        found = await self._desk.call(request, MOVE_DUE_DATES, rehearsed, key=draft.key)
        return rendered(
            "settings/moves.html",
            request,
            here=HERE,
            days=found.days,
            sessions=found.sessions,
            when=lambda one: when(words_of(request), one.starts_at, one.ends_at),
            names=request[SITES],
            draft=draft,
        )

    async def move(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Move it all."""
        try:
            found = await self._desk.call(request, MOVE_DUE_DATES, MoveDueDates(), key=form.key)
        except Refused as refused:
            raise self._desk.not_done(MOVES, refused) from refused
        raise self._desk.done(
            MOVES,
            "moves.done",
            loans=sum(day.loans for day in found.days),
            holds=sum(day.holds for day in found.days),
            slots=sum(day.slots for day in found.days),
            cancelled=sum(day.slots_cancelled for day in found.days),
        )
