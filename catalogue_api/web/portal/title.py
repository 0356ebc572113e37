"""The page of a title: what it is, where its copies are now, and the way to reserve it."""

from collections.abc import Mapping
from itertools import groupby

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.holds import HoldInfo, PlaceMyHold
from catalogue_api.contract.my_holds import CANCEL_MY_HOLD, LIST_MY_HOLDS, PLACE_MY_HOLD
from catalogue_api.contract.search import SHOW_TITLE, Copy, TitleShown
from catalogue_api.services.rules import libraries
from catalogue_api.web.pages.forms import WHOLE, Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.pages.title_words import language_name
from catalogue_api.web.portal.addresses import whole_address
from catalogue_api.web.portal.page import READER, rendered
from catalogue_api.web.portal.portal import Portal
from catalogue_api.web.portal.structured import structured

_REFUSALS = "portal.hold_refusal"


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the page, and what is done on it."""
    page, here = TitlePage(portal), r"/titre/{title:\d{1,9}}"
    app.router.add_get(here, portal.page(page.show))
    app.router.add_post(f"{here}/reserver", portal.form(page.reserve))
    app.router.add_get(f"{here}/reserver", portal.page(page.back))
    app.router.add_post(f"{here}/annuler", portal.form(page.cancel))


class TitlePage:
    """The page of one title."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show a title; to a reader who waits for it, their place too."""
        return await self._shown(request)

    async def reserve(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Reserve it, to be fetched at the site that was chosen."""
        here = _here(request)
        try:
            values = {"title": int(request.match_info["title"]), "pickup_site": form.text("pickup")}
            body = body_of(PlaceMyHold, values)
            placed = await self._portal.call(request, PLACE_MY_HOLD, body, key=form.key)
        except (Unfit, Refused) as refusal:
            if isinstance(refusal, Refused) and not refusal.reasons:
                if refusal.type is ProblemType.NOT_FOUND:
                    raise
                raise self._portal.not_done(f"{here}#reserver", refusal) from refusal
            return await self._shown(request, self._portal.kept(form, refusal, _REFUSALS))
        raise self._portal.done(
            f"{here}#reserver",
            "portal.title.reserved",
            undo=f"{here}/annuler",
            fields={"hold": str(placed.hold), "version": str(placed.version)},
            site=placed.pickup_name,
        )

    async def cancel(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Let a reservation of this title go."""
        here, path = _here(request), {"hold": form.text("hold")}
        try:
            await self._portal.call(
                request, CANCEL_MY_HOLD, Nothing(), path=path, version=form.version
            )
        except Refused as refusal:
            raise self._portal.not_done(f"{here}#reserver", refusal, _REFUSALS) from refusal
        raise self._portal.done(f"{here}#reserver", "portal.title.cancelled")

    async def back(self, request: web.Request) -> web.StreamResponse:
        """Lead who loads the address of the form again to the page."""
        raise web.HTTPSeeOther(f"{_here(request)}#reserver")

    async def _shown(self, request: web.Request, draft: Draft | None = None) -> web.Response:
        words, portal = words_of(request), self._portal
        shown = await portal.ask(request, SHOW_TITLE, Nothing(), {"title": _number(request)})
        waiting = await self._own_hold(request, shown)
        sites = await portal.read(libraries.sites)
        reader = request.get(READER)
        return rendered(
            "title/title.html",
            request,
            status=422 if draft is not None else 200,
            shown=shown,
            full_title=f"{shown.title}, {shown.volume}" if shown.volume else shown.title,
            by_site=_by_site(shown.copies),
            hold=waiting,
            draft=draft or portal.blank(pickup=_pickup(reader.home_site if reader else "", sites)),
            refused=draft.against(WHOLE) if draft is not None else (),
            pickups=tuple(sites.items()),
            language=language_name(words, shown.language) if shown.language else "",
            data=structured(shown, whole_address(request, portal.parts, _here(request))),
        )

    async def _own_hold(self, request: web.Request, shown: TitleShown) -> HoldInfo | None:
        if READER not in request:
            return None
        own = await self._portal.call(request, LIST_MY_HOLDS, Nothing())
        return next((hold for hold in own.holds if hold.title == shown.id), None)


def _number(request: web.Request) -> str:
    return str(int(request.match_info["title"]))


def _here(request: web.Request) -> str:
    return f"/titre/{_number(request)}"


def _pickup(home: str, sites: Mapping[str, str]) -> str:
    return home if home in sites else next(iter(sites), "")


def _by_site(copies: tuple[Copy, ...]) -> list[tuple[str, list[Copy]]]:
    """Return the copies of each site, in the order in which they came."""
    return [(name, list(of)) for name, of in groupby(copies, key=lambda copy: copy.site_name)]
