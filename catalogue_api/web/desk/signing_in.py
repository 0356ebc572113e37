"""Sign in and out. The first form has no session yet: its token lives in a cookie beside it."""

import asyncio
from http import HTTPStatus

import structlog
from aiohttp import web

from catalogue_api.services import staff
from catalogue_api.services.throttle import Throttle
from catalogue_api.web.desk.guard import SESSION_COOKIE, form_of, own_form_of, require_same
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.parts import Parts

FORM_COOKIE = "ritournelle_form"
_TRIES_OF_AN_ADDRESS = 30  # librarians may share one, behind a proxy or a router

log = structlog.get_logger("catalogue_api.desk")


class SigningIn:
    """The pages of signing in and out, with what they remember of failures."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._names = Throttle()
        self._addresses = Throttle(free_tries=_TRIES_OF_AN_ADDRESS)
        # Argon2 takes memory on purpose: a flood of guesses must not take all of it.
        self._at_once = asyncio.Semaphore(2)

    async def show(self, request: web.Request) -> web.Response:
        """Show the form."""
        return self._form(request)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Check a name and a password; slow down whoever guesses."""
        fields = await form_of(request)
        require_same(fields.get("csrf", ""), request.cookies.get(FORM_COOKIE, ""))
        name, now = fields.get("name", "").strip(), self._parts.clock()
        keys = (self._names, name), (self._addresses, request.remote or "")
        wait = max(throttle.wait(key, now) for throttle, key in keys)
        if wait:
            seconds = int(wait.total_seconds()) + 1
            return self._form(request, name=name, wait=seconds)
        for throttle, key in keys:  # counted before the slow check: tries at once count too
            throttle.failed(key, now)
        if not await self._fits(name, fields.get("password", "")):
            log.warning("sign_in_failed", address=request.remote)
            return self._form(request, name=name, refused=True)
        self._names.succeeded(name)
        self._addresses.succeeded(request.remote or "")
        return await self._welcome(name)

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Sign out; the session is worthless at once."""
        await own_form_of(request)
        token = request.cookies.get(SESSION_COOKIE, "")
        await self._parts.database.write(lambda db: staff.close_session(db, token))
        answer = web.HTTPSeeOther("/desk/sign-in")
        answer.del_cookie(SESSION_COOKIE, path="/desk")
        raise answer

    async def _fits(self, name: str, password: str) -> bool:
        stored = await self._parts.database.read(lambda db: staff.password_hash_of(db, name))
        async with self._at_once:
            return await asyncio.to_thread(self._parts.passwords.fits, stored, password)

    async def _welcome(self, name: str) -> web.StreamResponse:
        token, csrf, now = self._parts.new_token(), self._parts.new_token(), self._parts.clock()
        await self._parts.database.write(lambda db: staff.open_session(db, name, token, csrf, now))
        log.info("signed_in", staff=name)
        answer = web.HTTPSeeOther("/desk/")
        self._set_cookie(answer, SESSION_COOKIE, token)
        answer.del_cookie(FORM_COOKIE, path="/desk")
        raise answer

    def _form(
        self, request: web.Request, *, name: str = "", refused: bool = False, wait: int = 0
    ) -> web.Response:
        status = (
            HTTPStatus.TOO_MANY_REQUESTS
            if wait
            else HTTPStatus.UNPROCESSABLE_ENTITY
            if refused
            else HTTPStatus.OK
        )
        csrf = request.cookies.get(FORM_COOKIE) or self._parts.new_token()
        answer = rendered(
            "sign_in.html",
            request,
            status=status,
            csrf=csrf,
            name=name,
            refused=refused,
            wait=wait,
        )
        if wait:
            answer.headers["Retry-After"] = str(wait)
        self._set_cookie(answer, FORM_COOKIE, csrf)
        return answer

    def _set_cookie(self, answer: web.StreamResponse, name: str, value: str) -> None:
        answer.set_cookie(
            name, value, path="/desk", httponly=True, samesite="Strict", secure=self._parts.https
        )
