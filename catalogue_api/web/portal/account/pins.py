"""The PIN: changed by who knows it, or chosen with a one-time code from the desk or by e-mail."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.own_account import SET_OWN_PIN, OwnPin
from catalogue_api.contract.own_pins import ASK_PIN_CODE, CHOOSE_PIN, AskPinCode, ChoosePin
from catalogue_api.web.pages.forms import WHOLE, Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import again
from catalogue_api.web.portal.account.overview import HERE
from catalogue_api.web.portal.page import PORTAL, reader_of, rendered
from catalogue_api.web.portal.portal import Portal

_COOKIE = "ritournelle_code"
"""Holds what this browser asked for a code with: only here can the code be used."""
_KEPT = 30 * 60  # seconds
_SIGN_IN = f"{PORTAL.sign_in}?next=/compte"
_WAIT = ("portal.account.wait",)


def _differ(form: Form) -> Unfit | None:
    if form.fields.get("new_pin", "") != form.fields.get("again_pin", ""):
        return Unfit({"again_pin": ("portal.account.pin_differs",)})
    return None


def _objection(portal: Portal, form: Form, refusal: Refused | Unfit, at: str) -> Draft:
    """Return the form without its secrets, with what speaks against it; `at` is for refusals."""
    if isinstance(refusal, Unfit):
        shape = {"new_pin": ("portal.account.pin_shape",)} if "new_pin" in refusal.errors else {}
        errors = dict(refusal.errors) | shape
    elif refusal.reasons:
        errors = {"new_pin": ("portal.account.pin_too_simple",)}
    elif refusal.type is ProblemType.TOO_MANY_REQUESTS:
        errors = {WHOLE: _WAIT}
    else:
        errors = {WHOLE: (at,)}
    return Draft(portal.kept(form, refusal).key, form.typed, errors=errors)


class OwnPins:
    """The page at /compte/code, for who is signed in."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the form."""
        return self._shown(request, self._portal.blank())

    async def take(self, request: web.Request, form: Form) -> web.Response:
        """Set the PIN; everybody else who is signed in with the account is signed out."""
        try:
            if (differ := _differ(form)) is not None:
                raise differ
            said = {name: form.fields.get(name, "") for name in ("pin", "new_pin")}
            await self._portal.call(request, SET_OWN_PIN, body_of(OwnPin, said))
        except Unfit as unfit:
            return self._shown(request, _objection(self._portal, form, unfit, ""))
        except Refused as refused:
            draft = _objection(self._portal, form, refused, "portal.account.pin_wrong")
            if refused.type is ProblemType.NOT_AUTHENTICATED:
                raise
            return self._shown(request, draft)
        raise self._portal.done("/compte", "portal.account.pin_set")

    def _shown(self, request: web.Request, draft: Draft) -> web.Response:
        return rendered(
            "account/pin.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=HERE,
            draft=draft,
            without_pin=reader_of(request).without_pin,
        )


class Codes:
    """The pages at /code, for who is not signed in."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the form for a code: that which this browser asked for, or one from the desk."""
        return self._shown(request, self._portal.blank())

    async def choose(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Set a PIN with a code; then one signs in with it."""
        asked = request.cookies.get(_COOKIE, "") if form.text("way") == "mail" else ""
        said = {name: form.fields.get(name, "") for name in ("card", "code", "new_pin")}
        said["card"] = "".join(said["card"].split())
        try:
            if (differ := _differ(form)) is not None:
                raise differ
            body = body_of(ChoosePin, said | {"request": asked})
            await self._portal.ask(request, CHOOSE_PIN, body)
        except Unfit as unfit:
            draft = _objection(self._portal, form, unfit, "")
            return self._shown(request, draft)
        except Refused as refused:
            draft = _objection(self._portal, form, refused, "portal.account.code_wrong")
            return self._shown(request, draft, refused.retry_after)
        answer = self._portal.done(_SIGN_IN, "portal.account.code_used")
        PORTAL.forget(answer, _COOKIE)
        raise answer

    async def show_asking(self, request: web.Request) -> web.Response:
        """Show the form that asks for a code."""
        return self._asking(request, self._portal.blank())

    async def ask(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Have a code sent, if card and address belong together; nobody is told whether they do."""
        said = {name: form.text(name) for name in ("card", "email")}
        said["card"] = "".join(said["card"].split())
        asked = form.identifier.hex
        try:
            body = body_of(AskPinCode, said | {"request": asked})
            await self._portal.ask(request, ASK_PIN_CODE, body)
        except Unfit as unfit:
            return self._asking(request, self._portal.kept(form, unfit))
        except Refused as refused:
            draft = _objection(self._portal, form, refused, "portal.problem.unavailable")
            return self._asking(request, draft, refused.retry_after)
        answer = self._portal.done("/code", "portal.account.code_sent")
        secure = self._portal.parts.https
        PORTAL.give(answer, _COOKIE, asked, secure=secure, seconds=_KEPT)
        raise answer

    def _shown(self, request: web.Request, draft: Draft, wait: int = 0) -> web.Response:
        by_mail = _COOKIE in request.cookies and request.query.get("de") != "accueil"
        return self._page(request, "account/code.html", draft, wait, by_mail=by_mail)

    def _asking(self, request: web.Request, draft: Draft, wait: int = 0) -> web.Response:
        return self._page(request, "account/ask_code.html", draft, wait)

    def _page(
        self, request: web.Request, template: str, draft: Draft, wait: int, **values: object
    ) -> web.Response:
        answer = rendered(template, request, status=HTTPStatus.OK, draft=draft, **values)
        return again(answer, wrong=bool(draft.errors), wait=wait)
