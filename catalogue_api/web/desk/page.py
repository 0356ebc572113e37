"""What every page of the desk knows: its words, who is signed in, and how it is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from catalogue_api.domain.roles import Scope, may
from catalogue_api.services.staff.staff import SignedIn
from catalogue_api.web.pages.faces import Face
from catalogue_api.web.pages.rendering import render
from catalogue_api.web.pages.training import TRAINING_PASSWORD

LIBRARIAN = web.RequestKey("librarian", SignedIn)
SITES = web.RequestKey("sites", Mapping[str, str])
SITE = web.RequestKey("site", str)
DESK = Face(
    home="/desk/",
    sign_in="/desk/sign-in",
    language_at="/desk/language/",
    not_to=("/desk/sign-in", "/desk/sign-out", "/desk/events", "/desk/language/", "/desk/password"),
    session_cookie="ritournelle_desk",
    form_cookie="ritournelle_form",
    language_cookie="ritournelle_language",
    told_cookie="ritournelle_told",
)
OWN_PASSWORD = "/desk/password"  # noqa: S105
"""Where whoever has a password that somebody else made chooses their own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation: `nav.NAME` is its text.

    `access_key` is its letter on the keyboard; `function_key` another key, which the script knows.
    """

    name: str
    address: str
    scope: Scope
    access_key: str
    function_key: str = ""


ENTRIES = web.AppKey("entries", tuple[Entry, ...])
LOCK_AFTER = web.AppKey("lock_after", int)
TRAINING = web.AppKey("training", bool)


def librarian_of(request: web.Request) -> SignedIn:
    """Return who is signed in; only behind the guard."""
    return request[LIBRARIAN]


def entries_of(request: web.Request) -> list[Entry]:
    """Return the lines of the navigation that whoever is signed in may open."""
    librarian = request.get(LIBRARIAN)
    if librarian and librarian.password_given:
        return []
    entries = request.app[ENTRIES]
    return [entry for entry in entries if librarian and may(librarian.role, entry.scope)]


def rendered(
    template: str, request: web.Request, *, status: int = 200, **values: object
) -> web.Response:
    """Render a page in the request's language.

    A page may set `here` to the name of its line in the navigation. What was told to this browser
    since its last page is shown once.
    """
    librarian = request.get(LIBRARIAN)
    context = {
        "here": "",
        "entries": entries_of(request),
        "librarian": librarian,
        "csrf": lambda: librarian.csrf if librarian else "",
        "sites": request.get(SITES, {}),
        "site": request.get(SITE, ""),
        "form_token": request.cookies.get(DESK.form_cookie, ""),
        "lock_after": request.app[LOCK_AFTER],
        "training": TRAINING_PASSWORD if request.app[TRAINING] else "",
        **values,
    }
    return render(DESK, template, request, status, context)
