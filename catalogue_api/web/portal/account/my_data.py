"""All that is held of a reader: shown in words, taken away as a file, the past forgotten."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.own_data import EXPORT_OWN_DATA, FORGET_OWN_HISTORY, SEE_OWN_DATA
from catalogue_api.services.rules.libraries import sites
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.portal.account.details import LANGUAGE_NAMES
from catalogue_api.web.portal.account.overview import HERE, today_of
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_HERE = "/compte/mes-donnees"


class MyData:
    """The page at /compte/mes-donnees."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show everything."""
        held = await self._portal.call(request, SEE_OWN_DATA, Nothing())
        return rendered(
            "account/my_data.html",
            request,
            here=HERE,
            held=held,
            draft=self._portal.blank(),
            languages=LANGUAGE_NAMES,
            today=today_of(self._portal),
            sites=await self._portal.read(sites),
        )

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Hand everything out as a file, or forget what is over."""
        if form.text("act") == "forget":
            gone = await self._portal.call(request, FORGET_OWN_HISTORY, Nothing())
            count = gone.loans + gone.holds
            raise self._portal.done(_HERE, "portal.account.forgotten", n=count)
        held = await self._portal.call(request, EXPORT_OWN_DATA, Nothing())
        name = f"mes-donnees-{held.at:%Y-%m-%d}.json"
        return web.Response(
            text=held.model_dump_json(indent=2),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
