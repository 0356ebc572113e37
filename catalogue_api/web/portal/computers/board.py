"""The screen of a room: which computers are free, and which number is called. No names."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.walk_ins import SHOW_BOARD
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.computers.finding import NAME
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal


class BoardPage:
    """The screen; a browser without scripts loads it anew, another brings it up to date."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the room."""
        path = {"room": request.match_info["room"]}
        board = await self._portal.ask(request, SHOW_BOARD, Nothing(), path)
        return rendered(
            "computers/board.html",
            request,
            here=NAME,
            board=board,
            clock=words_of(request).clock,
        )
