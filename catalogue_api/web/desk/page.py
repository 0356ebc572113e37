"""What every page of the desk knows: its words, who is signed in, and how it is rendered."""

from dataclasses import dataclass

import aiohttp_jinja2
from aiohttp import web

from catalogue_api.services.staff import SignedIn
from catalogue_api.web.texts import LANGUAGES, Words

WORDS = web.RequestKey("words", Words)
LIBRARIAN = web.RequestKey("librarian", SignedIn)
LANGUAGE_COOKIE = "ritournelle_language"


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """A language that the page could be in, by its own name, and the address that switches."""

    code: str
    name: str
    address: str


_NAMES = {"fr": "Français", "en": "English"}


def words_of(request: web.Request) -> Words:
    """Return the language that was chosen for this request."""
    return request[WORDS]


def librarian_of(request: web.Request) -> SignedIn:
    """Return who is signed in; only behind the guard."""
    return request[LIBRARIAN]


def rendered(
    template: str, request: web.Request, *, status: int = 200, **values: object
) -> web.Response:
    """Render a page in the request's language."""
    words = words_of(request)
    others = [
        OtherLanguage(code, _NAMES[code], f"/desk/language/{code}")
        for code in LANGUAGES
        if code != words.language
    ]
    context = {
        "words": words,
        "t": words.text,
        "others": others,
        "address": request.path,
        "librarian": request.get(LIBRARIAN),
        **values,
    }
    return aiohttp_jinja2.render_template(template, request, context, status=status)
