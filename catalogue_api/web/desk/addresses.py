"""Addresses of our own pages, as they travel in a query: never those of anybody else."""

from urllib.parse import quote

from aiohttp import web

HOME = "/desk/"
_LONGEST = 2000
_NOT_TO = ("/desk/sign-in", "/desk/sign-out", "/desk/events", "/desk/language/")


def next_of(request: web.Request) -> str:
    """Return the page that the query names as `next`, the start page unless it is one of ours."""
    return own(request.query.get("next", ""))


def own(said: str) -> str:
    """Return an address if it leads to a page of the desk, the start page otherwise."""
    plain = said.isascii() and said.isprintable() and "\\" not in said and len(said) <= _LONGEST
    return said if plain and said.startswith(HOME) and not said.startswith(_NOT_TO) else HOME


def sign_in_for(request: web.Request) -> str:
    """Return where to sign in and come back to this page."""
    here = own(request.path_qs) if request.method == "GET" else HOME
    return "/desk/sign-in" if here == HOME else f"/desk/sign-in?next={quote(here, safe='')}"
