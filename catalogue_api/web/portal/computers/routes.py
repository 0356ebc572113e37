"""The addresses of the computers at the portal."""

from aiohttp import web

from catalogue_api.domain.roles import Scope
from catalogue_api.web.portal.computers.board import BoardPage
from catalogue_api.web.portal.computers.booking import BookingPages
from catalogue_api.web.portal.computers.finding import HERE, NAME, FindingPage
from catalogue_api.web.portal.computers.mine import MinePages
from catalogue_api.web.portal.computers.waiting import WaitingPages
from catalogue_api.web.portal.page import Entry
from catalogue_api.web.portal.portal import Portal

ENTRY = Entry(NAME, HERE)
_NUMBER = "[1-9][0-9]{0,8}"


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the pages."""
    booking, mine, waiting = BookingPages(portal), MinePages(portal), WaitingPages(portal)
    router = app.router
    router.add_get(HERE, portal.page(FindingPage(portal).show))
    router.add_get(f"{HERE}/salle/{{room:{_NUMBER}}}", portal.page(BoardPage(portal).show))
    router.add_get(f"{HERE}/reserver", portal.page(booking.ask, Scope.OWN))
    router.add_post(f"{HERE}/reserver", portal.form(booking.book))
    router.add_get(f"{HERE}/mes-creneaux", portal.page(mine.show, Scope.OWN))
    router.add_post(f"{HERE}/creneaux/{{slot:{_NUMBER}}}", portal.form(mine.cancel))
    router.add_get(f"{HERE}/attendre", portal.page(waiting.ask, Scope.OWN))
    router.add_post(f"{HERE}/attendre", portal.form(waiting.wait))
    router.add_post(f"{HERE}/attentes/{{wish:{_NUMBER}}}", portal.form(waiting.answer))
