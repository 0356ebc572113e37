"""The area of the agenda: its addresses, and its line in the navigation."""

from aiohttp import web

from catalogue_api.web.desk.agenda import (
    event_forms,
    event_page,
    planning,
    session_moves,
    session_page,
    voucher_page,
)
from catalogue_api.web.desk.desk import Desk

_PARTS = (planning, event_forms, event_page, session_page, session_moves, voucher_page)


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add every page of the agenda."""
    for part in _PARTS:
        part.add_routes(app, desk)
