"""What every page of the portal knows: its words, who is signed in, and how it is rendered."""

from dataclasses import dataclass

from aiohttp import web

from catalogue_api.services.readers.reader_browsers import ReaderHere
from catalogue_api.web.pages.browsers import FORM_TOKEN
from catalogue_api.web.pages.faces import Face
from catalogue_api.web.pages.rendering import render
from catalogue_api.web.parts import Parts

PORTAL = Face(
    home="/",
    sign_in="/connexion",
    language_at="/langue/",
    not_to=(
        "/connexion",
        "/deconnexion",
        "/langue/",
        "/desk",
        "/docs",
        "/static/",
        "/v1/",
        "/healthz",
        "/openapi.json",
    ),
    session_cookie="ritournelle_reader",
    form_cookie="ritournelle_portal_form",
    language_cookie="ritournelle_portal_language",
    told_cookie="ritournelle_portal_told",
    # A link in a letter opens a page as whoever is signed in; forms bring a token anyway.
    brought_along="Lax",
)
READER = web.RequestKey("reader", ReaderHere)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation: `portal.nav.NAME` is its text."""

    name: str
    address: str


ENTRIES = web.AppKey("portal_entries", tuple[Entry, ...])
PARTS = web.AppKey("portal_parts", Parts)
_KEPT_BY_NOBODY = "no-store"
_ASKED_AGAIN = "private, no-cache"


def reader_of(request: web.Request) -> ReaderHere:
    """Return who is signed in; only on pages of `Scope.OWN`."""
    return request[READER]


def rendered(
    template: str, request: web.Request, *, status: int = 200, **values: object
) -> web.Response:
    """Render a page in the request's language.

    A page may set `here` to the name of its line in the navigation. `csrf()` in a template gives
    the token of a form; where nobody is signed in, the browser gets it as a cookie too.
    """
    reader: ReaderHere | None = request.get(READER)

    def csrf() -> str:
        if reader is not None:
            return reader.csrf
        known: str | None = request.get(FORM_TOKEN) or request.cookies.get(PORTAL.form_cookie)
        token = known or request.app[PARTS].new_token()
        request[FORM_TOKEN] = token
        return token

    context = {
        "here": "",
        "entries": request.app[ENTRIES],
        "reader": reader,
        "csrf": csrf,
        "form_token": "",
        "training": request.app[PARTS].training,
        "library": request.app[PARTS].library,
        **values,
    }
    answer = render(PORTAL, template, request, status, context)
    answer.headers["Cache-Control"] = _KEPT_BY_NOBODY if reader else _ASKED_AGAIN
    answer.headers["Vary"] = "Cookie, Accept-Language"
    return answer
