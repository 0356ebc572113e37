"""What every page of the desk knows: its words, who is signed in, and how it is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import aiohttp_jinja2
from aiohttp import web

from catalogue_api.domain.roles import Scope, may
from catalogue_api.services.staff import SignedIn
from catalogue_api.web.desk.told import Told, told_to
from catalogue_api.web.texts import LANGUAGES, Words

WORDS = web.RequestKey("words", Words)
LIBRARIAN = web.RequestKey("librarian", SignedIn)
SITES = web.RequestKey("sites", Mapping[str, str])
SITE = web.RequestKey("site", str)
LANGUAGE_COOKIE = "ritournelle_language"
FORM_COOKIE = "ritournelle_form"
"""Holds the token of the form that signs in; where it is, a form of ours was shown."""
UNATTENDED = "Ritournelle-Unattended"
"""The header of a page that looks again by itself: it keeps no session awake."""


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


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """A language that the page could be in, by its own name, and the address that switches."""

    code: str
    name: str
    address: str


ENTRIES = web.AppKey("entries", tuple[Entry, ...])
LOCK_AFTER = web.AppKey("lock_after", int)
TRAINING = web.AppKey("training", bool)
TRAINING_PASSWORD = "rien-de-vrai-ici"  # noqa: S105
"""Of all accounts of an invented library; the page that signs in tells it there."""
_NAMES = {"fr": "Français", "en": "English"}


def words_of(request: web.Request) -> Words:
    """Return the language that was chosen for this request."""
    return request[WORDS]


def librarian_of(request: web.Request) -> SignedIn:
    """Return who is signed in; only behind the guard."""
    return request[LIBRARIAN]


def entries_of(request: web.Request) -> list[Entry]:
    """Return the lines of the navigation that whoever is signed in may open."""
    librarian = request.get(LIBRARIAN)
    entries = request.app[ENTRIES]
    return [entry for entry in entries if librarian and may(librarian.role, entry.scope)]


def rendered(
    template: str, request: web.Request, *, status: int = 200, **values: object
) -> web.Response:
    """Render a page in the request's language.

    A page may set `here` to the name of its line in the navigation. What was told to this browser
    since its last page is shown once.
    """
    words = words_of(request)
    told = None if UNATTENDED in request.headers else told_to(request, words)
    context = {
        "words": words,
        "t": words.text,
        "others": _other_languages(request, words),
        "address": request.path_qs,
        "back": quote(request.path_qs, safe=""),
        "here": "",
        "entries": entries_of(request),
        "librarian": request.get(LIBRARIAN),
        "sites": request.get(SITES, {}),
        "site": request.get(SITE, ""),
        "form_token": request.cookies.get(FORM_COOKIE, ""),
        "lock_after": request.app[LOCK_AFTER],
        "told": told,
        "training": TRAINING_PASSWORD if request.app[TRAINING] else "",
        **values,
    }
    answer = aiohttp_jinja2.render_template(template, request, context, status=status)
    if told is not None:
        Told.forget(answer)
    return answer


def _other_languages(request: web.Request, words: Words) -> list[OtherLanguage]:
    back = quote(request.path_qs, safe="")
    return [
        OtherLanguage(code, _NAMES[code], f"/desk/language/{code}?next={back}")
        for code in LANGUAGES
        if code != words.language
    ]
