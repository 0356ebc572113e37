"""Sign in and out. The first form has no session yet: its token lives in a cookie beside it."""

from http import HTTPStatus

import structlog
from aiohttp import web
from pydantic import ValidationError
from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.sessions import SignInStaff
from catalogue_api.services import signing_in, staff
from catalogue_api.services.call import Call
from catalogue_api.services.passwords import NOTHING_PROVED, Proof
from catalogue_api.web.desk.guard import SESSION_COOKIE, form_of, own_form_of, require_same
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.parts import Parts

FORM_COOKIE = "ritournelle_form"

_SHOWN_ON_THE_FORM = {ProblemType.NOT_AUTHENTICATED, ProblemType.TOO_MANY_REQUESTS}

log = structlog.get_logger("catalogue_api.desk")


class SigningIn:
    """The pages of signing in and out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def show(self, request: web.Request) -> web.Response:
        """Show the form."""
        return self._form(request)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Check a name and a password; slow down whoever guesses."""
        fields = await form_of(request)
        require_same(fields.get("csrf", ""), request.cookies.get(FORM_COOKIE, ""))
        name = fields.get("name", "").strip()
        try:
            token = await self._token(request, name, fields.get("password", ""))
        except Refused as refused:
            if refused.type not in _SHOWN_ON_THE_FORM:
                raise web.HTTPServiceUnavailable from refused
            log.warning("sign_in_failed", address=request.remote)
            wait = refused.retry_after
            return self._form(request, name=name, wait=wait, refused=not wait)
        log.info("signed_in", staff=name)
        answer = web.HTTPSeeOther("/desk/")
        self._set_cookie(answer, SESSION_COOKIE, token)
        answer.del_cookie(FORM_COOKIE, path="/desk")
        raise answer

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Sign out; the session is worthless at once."""
        await own_form_of(request)
        token = request.cookies.get(SESSION_COOKIE, "")
        await self._parts.database.write(lambda db: staff.close_session(db, token))
        answer = web.HTTPSeeOther("/desk/sign-in")
        answer.del_cookie(SESSION_COOKIE, path="/desk")
        raise answer

    async def _token(self, request: web.Request, name: str, password: str) -> str:
        """Return the token of a new session, as signing in over the API does."""
        try:
            body = SignInStaff(name=name, password=password)
        except ValidationError as error:  # empty or far too long: it is nobody's
            raise Refused(ProblemType.NOT_AUTHENTICATED) from error
        parts, now = self._parts, self._parts.clock()

        def call(db: Session, proof: Proof) -> Call:
            return Call(
                now,
                parts.rules.current(db.connection()),
                address=request.remote or "",
                proof=proof,
                new_token=parts.new_token,
            )

        question = await parts.database.write(
            lambda db: signing_in.before_staff(db, call(db, NOTHING_PROVED), body)
        )
        proof = await parts.passwords.prove(question)
        opened = await parts.database.write(
            lambda db: signing_in.sign_in_staff(db, call(db, proof), body)
        )
        return opened.token

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
