"""The area of reservations: all its pages under one line of the wiring."""

from aiohttp import web

from catalogue_api.web.desk import hold_calls, hold_page, hold_queue, hold_slips, holds
from catalogue_api.web.desk.desk import Desk


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the pages; that of one reservation comes last, for it takes any word behind a number."""
    for pages in (holds, hold_queue, hold_calls, hold_slips, hold_page):
        pages.add_routes(app, desk)
