"""A face of the catalogue in a browser: where its pages stand, and what its cookies are called."""

from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from catalogue_api.web.texts import LANGUAGES

A_YEAR = 365 * 24 * 3600  # seconds
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Face:
    """One of the faces: `home` is the address above all of its pages.

    `sign_in` is where people sign in. `not_to` are beginnings of addresses to which nobody is sent
    on: pages that do something, and what stands below `home` without being of this face. The
    cookies hold the session, the token of forms that are sent before there is one, the language,
    and what the next page says. `brought_along`: the `SameSite` of those of session and language.
    """

    home: str
    sign_in: str
    language_at: str
    not_to: tuple[str, ...]
    session_cookie: str
    form_cookie: str
    language_cookie: str
    told_cookie: str
    brought_along: str = "Strict"

    @property
    def cookie_path(self) -> str:
        """The path of all of its cookies."""
        return self.home.rstrip("/") or "/"

    def own(self, said: str) -> str:
        """Return an address if it leads to a page of this face, the start page otherwise."""
        plain = said.isascii() and said.isprintable() and "\\" not in said and len(said) <= _LONGEST
        ours = said.startswith(self.home) and not said.startswith(("//", *self.not_to))
        return said if plain and ours else self.home

    def next_of(self, request: web.Request) -> str:
        """Return the page that the query names as `next`, the start page unless it is ours."""
        return self.own(request.query.get("next", ""))

    def sign_in_for(self, request: web.Request) -> str:
        """Return where to sign in and come back to this page."""
        here = self.own(request.path_qs) if request.method == "GET" else self.home
        return self.sign_in if here == self.home else f"{self.sign_in}?next={quote(here, safe='')}"

    def in_language(self, request: web.Request, *, secure: bool) -> web.HTTPSeeOther:
        """Return the way to the `next` page, in the language that this address names (`code`)."""
        code = request.match_info["code"]
        if code not in LANGUAGES:
            raise web.HTTPNotFound
        answer = web.HTTPSeeOther(self.next_of(request))
        self.give(answer, self.language_cookie, code, secure=secure, seconds=A_YEAR)
        return answer

    def forget(self, answer: web.StreamResponse, cookie: str) -> None:
        """Take one of its cookies away from a browser."""
        answer.del_cookie(cookie, path=self.cookie_path)

    def give(
        self,
        answer: web.StreamResponse,
        cookie: str,
        value: str,
        *,
        secure: bool,
        seconds: int | None = None,
    ) -> None:
        """Give a browser a cookie that no script reads, for its session or for some seconds."""
        brought = (self.session_cookie, self.language_cookie)
        answer.set_cookie(
            cookie,
            value,
            path=self.cookie_path,
            max_age=seconds,
            httponly=True,
            samesite=self.brought_along if cookie in brought else "Strict",
            secure=secure,
        )
