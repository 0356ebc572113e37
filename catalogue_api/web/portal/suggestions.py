"""Suggestions to buy: made by readers who are signed in, with what became of earlier ones."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.purchase_suggestions import (
    LIST_MY_SUGGESTIONS,
    SUGGEST_PURCHASE,
    SuggestPurchase,
)
from catalogue_api.domain.roles import Scope
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_HERE = "/suggestions"
_REASONS = "portal.suggestions.refusal"
_FIELDS = ("title", "author", "isbn", "why")


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the page."""
    page = SuggestionPage(portal)
    app.router.add_get(_HERE, portal.page(page.show, Scope.OWN))
    app.router.add_post(_HERE, portal.form(page.take))


class SuggestionPage:
    """The form, and one's own suggestions."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the form; a search that found nothing may bring the title (`titre`)."""
        return await self._shown(request, self._portal.blank(title=request.query.get("titre", "")))

    async def take(self, request: web.Request, form: Form) -> web.Response:
        """Send the suggestion."""
        try:
            body = body_of(SuggestPurchase, {name: form.text(name) for name in _FIELDS})
            await self._portal.call(request, SUGGEST_PURCHASE, body, key=form.key)
        except Unfit as unfit:
            return await self._shown(request, self._portal.kept(form, unfit))
        except Refused as refused:
            draft = self._portal.kept(form, refused, _REASONS)
            if refused.type is ProblemType.INVALID_REQUEST:
                errors = {"isbn": ("portal.suggestions.no_isbn",)}
                draft = Draft(draft.key, draft.values, errors=errors)
            return await self._shown(request, draft)
        raise self._portal.done(_HERE, "portal.suggestions.sent")

    async def _shown(self, request: web.Request, draft: Draft) -> web.Response:
        found = await self._portal.call(request, LIST_MY_SUGGESTIONS, Nothing())
        return rendered(
            "suggestions/suggestions.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here="questions",
            draft=draft,
            mine=found.suggestions,
        )
