"""The wish to be deleted: what stands against it, and the way back."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.own_data import ASK_DELETION, SHOW_DELETION, TAKE_DELETION_BACK
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.portal.account.overview import HERE
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_HERE = "/compte/suppression"


class Deletions:
    """The page at /compte/suppression."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show whether it was asked, what stands against it, and the button."""
        deletion = await self._portal.call(request, SHOW_DELETION, Nothing())
        return rendered(
            "account/deletion.html",
            request,
            here=HERE,
            deletion=deletion,
            draft=self._portal.blank(),
        )

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Ask for it, or take that back."""
        if form.text("act") == "stay":
            await self._portal.call(request, TAKE_DELETION_BACK, Nothing())
            raise self._portal.done(_HERE, "portal.account.deletion.stays")
        await self._portal.call(request, ASK_DELETION, Nothing())
        raise self._portal.done(
            _HERE, "portal.account.deletion.done", undo=_HERE, fields={"act": "stay"}
        )
