"""What readers may put right themselves: e-mail, telephone, language, library, and the history."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.own_account import SHOW_OWN_ACCOUNT, OwnAccount
from catalogue_api.contract.own_data import EDIT_OWN_ACCOUNT, HistoryKept, OwnData
from catalogue_api.domain.patrons import same_address
from catalogue_api.services.rules.libraries import sites
from catalogue_api.web.pages.forms import WHOLE, Draft, Form, Unfit, body_of, editing
from catalogue_api.web.portal.account.overview import HERE
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_HERE = "/compte/coordonnees"
_FIELDS = ("email", "phone", "language", "home_site", "history")
LANGUAGE_NAMES = {
    "fr": "Français",
    "en": "English",
    "es": "Español",
    "pt": "Português",
    "ar": "العربية",
}
"""Languages that a reader may be written to in, each by its own name."""


class Details:
    """The form of one's own details."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the form."""
        account = await self._account(request)
        draft = editing(self._portal.parts.new_token(), _values(account), account.version)
        return await self._shown(request, account, draft)

    async def take(self, request: web.Request, form: Form) -> web.Response:
        """Put what was typed in the place of what is stored."""
        account = await self._account(request)
        try:
            said = {name: form.text(name) for name in _FIELDS}
            said["pin"] = form.fields.get("pin", "")
            body = body_of(OwnData, said | {"home_site": said["home_site"] or None})
            await self._portal.call(request, EDIT_OWN_ACCOUNT, body, version=form.version or 0)
        except Unfit as unfit:
            return await self._shown(request, account, self._portal.kept(form, unfit))
        except Refused as refused:
            draft = self._objection(form, account, refused)
            if draft is not None:
                return await self._shown(request, account, draft)
        raise self._portal.done(_HERE, "portal.account.details.done")

    def _objection(self, form: Form, account: OwnAccount, refused: Refused) -> Draft | None:
        """Return the form with what speaks against it; None where it came twice."""
        draft = self._portal.kept(form, refused)
        if refused.type is ProblemType.NOT_ALLOWED:
            return Draft(
                draft.key, draft.values, draft.version, draft.was,
                {"pin": ("portal.account.pin_wrong",)},
            )  # fmt: skip
        if refused.type is not ProblemType.CHANGED_MEANWHILE:
            return draft
        said = {name: form.text(name) for name in _FIELDS}
        over = form.upon(_values(account), account.version, said)
        if over is None:
            return None
        errors = {WHOLE: ("portal.problem.changed-meanwhile",)}
        return Draft(over.key, over.values, over.version, over.was, errors, over.changes)

    async def _account(self, request: web.Request) -> OwnAccount:
        return await self._portal.call(request, SHOW_OWN_ACCOUNT, Nothing())

    async def _shown(self, request: web.Request, account: OwnAccount, draft: Draft) -> web.Response:
        own = {account.language: LANGUAGE_NAMES.get(account.language, account.language)}
        return rendered(
            "account/details.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=HERE,
            account=account,
            draft=draft,
            languages=LANGUAGE_NAMES | own,
            sites=await self._portal.read(sites),
            history=list(HistoryKept),
            ask_pin=account.has_pin,
            new_email=not same_address(account.email, draft.value("email")),
        )


def _values(account: OwnAccount) -> dict[str, str]:
    return {
        "email": account.email,
        "phone": account.phone,
        "language": account.language,
        "home_site": account.home_site or "",
        "history": account.history.value,
    }
