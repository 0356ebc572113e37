"""The area of the agenda at the portal: its addresses, and its line in the navigation."""

from aiohttp import web

from catalogue_api.web.portal.agenda import calendars, event, months, own
from catalogue_api.web.portal.agenda.places import HERE, HOME
from catalogue_api.web.portal.page import Entry
from catalogue_api.web.portal.portal import Portal

ENTRY = Entry(HERE, HOME)


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add every page of the agenda."""
    for part in (months, calendars, own, event):
        part.add_routes(app, portal)
