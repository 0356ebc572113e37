"""How a page comes to be: its words, its other languages, and what it says once."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

import aiohttp_jinja2
from aiohttp import web

from catalogue_api.web.pages.browsers import UNATTENDED
from catalogue_api.web.pages.faces import Face
from catalogue_api.web.pages.told import told_to
from catalogue_api.web.texts import LANGUAGES, Words

WORDS = web.RequestKey("words", Words)
_NAMES = {"fr": "Français", "en": "English"}


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """A language that the page could be in, by its own name, and the address that switches."""

    code: str
    name: str
    address: str


def words_of(request: web.Request) -> Words:
    """Return the language that was chosen for this request."""
    return request[WORDS]


def render(
    face: Face, template: str, request: web.Request, status: int, values: Mapping[str, object]
) -> web.Response:
    """Render a page in the request's language, with what every page of every face knows.

    What was told to this browser since its last page is shown once.
    """
    words = words_of(request)
    told = None if UNATTENDED in request.headers else told_to(face, request, words)
    context = {
        "words": words,
        "t": words.text,
        "others": _other_languages(face, request, words),
        "address": request.path_qs,
        "back": quote(request.path_qs, safe=""),
        "told": told,
        **values,
    }
    answer = aiohttp_jinja2.render_template(template, request, context, status=status)
    if told is not None:
        face.forget(answer, face.told_cookie)
    return answer


def again(answer: web.Response, *, wrong: bool, wait: int) -> web.Response:
    """Mark the answer that shows a form again: something in it is wrong, or to `wait` for (s)."""
    if wait:
        answer.set_status(HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(wait)
    elif wrong:
        answer.set_status(HTTPStatus.UNPROCESSABLE_ENTITY)
    return answer


def _other_languages(face: Face, request: web.Request, words: Words) -> list[OtherLanguage]:
    back = quote(request.path_qs, safe="")
    return [
        OtherLanguage(code, _NAMES[code], f"{face.language_at}{code}?next={back}")
        for code in LANGUAGES
        if code != words.language
    ]
