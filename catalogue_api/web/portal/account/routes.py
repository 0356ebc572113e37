"""The addresses of a reader's account."""

from aiohttp import web

from catalogue_api.domain.roles import Scope
from catalogue_api.web.portal.account.appointments import Appointments
from catalogue_api.web.portal.account.calendar import Calendars
from catalogue_api.web.portal.account.deletion import Deletions
from catalogue_api.web.portal.account.details import Details
from catalogue_api.web.portal.account.holds import Holds
from catalogue_api.web.portal.account.loans import Loans
from catalogue_api.web.portal.account.messages import Messages
from catalogue_api.web.portal.account.my_data import MyData
from catalogue_api.web.portal.account.overview import HERE, Overview
from catalogue_api.web.portal.account.pins import Codes, OwnPins
from catalogue_api.web.portal.account.sessions import Sessions
from catalogue_api.web.portal.page import Entry
from catalogue_api.web.portal.portal import Portal

ENTRY = Entry(HERE, "/compte")


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the pages."""
    loans, holds, details = Loans(portal), Holds(portal), Details(portal)
    held, deletions, pins = MyData(portal), Deletions(portal), OwnPins(portal)
    appointments, messages = Appointments(portal), Messages(portal)
    sessions, calendars, codes = Sessions(portal), Calendars(portal), Codes(portal)
    own = (
        ("/compte", Overview(portal).show, None),
        ("/compte/prets", loans.show, loans.take),
        ("/compte/prets/anciens", loans.show_ended, None),
        ("/compte/reservations", holds.show, None),
        ("/compte/reservations/{hold}", holds.show_one, holds.take),
        ("/compte/rendez-vous", appointments.show, appointments.take),
        ("/compte/messages", messages.show, None),
        ("/compte/messages/choix", messages.show_choices, messages.choose),
        ("/compte/coordonnees", details.show, details.take),
        ("/compte/mes-donnees", held.show, held.take),
        ("/compte/suppression", deletions.show, deletions.take),
        ("/compte/code", pins.show, pins.take),
        ("/compte/appareils", sessions.show, sessions.take),
        ("/compte/agenda", calendars.show, calendars.take),
    )
    for address, show, take in own:
        app.router.add_get(address, portal.page(show, Scope.OWN))
        if take is not None:
            app.router.add_post(address, portal.form(take))
    app.router.add_get("/code", portal.page(codes.show))
    app.router.add_post("/code", portal.form(codes.choose, Scope.ANYONE))
    app.router.add_get("/code/courriel", portal.page(codes.show_asking))
    app.router.add_post("/code/courriel", portal.form(codes.ask, Scope.ANYONE))
    app.router.add_get("/calendrier/{secret}.ics", portal.page(calendars.read))
