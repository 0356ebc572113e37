"""Suggestions to buy at the desk: what readers would like, and what becomes of it."""

from aiohttp import web

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.purchase_suggestions import (
    DECIDE_SUGGESTION,
    FIND_SUGGESTIONS,
    Decide,
    Decision,
    FindSuggestions,
)
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk import questions
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.pages.forms import Form, Unfit, body_of

_HERE = "/desk/suggestions"
_ON_A_PAGE = 50


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page."""
    page = SuggestionPage(desk)
    app.router.add_get("/suggestions", desk.page(page.show, Scope.COLLECTION))
    app.router.add_post("/suggestions", desk.form(page.take, Scope.COLLECTION))


class SuggestionPage:
    """Those that are to be decided, or (`decided`) those that were."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show them."""
        said = {
            "decided": "decided" in request.query,
            "cursor": request.query.get("after", ""),
            "limit": _ON_A_PAGE,
        }
        try:
            asked = body_of(FindSuggestions, said)
        except Unfit as unfit:
            raise web.HTTPNotFound from unfit
        return rendered(
            "questions/suggestions.html",
            request,
            here=questions.ENTRY.name,
            found=await self._desk.call(request, FIND_SUGGESTIONS, asked),
            decided=asked.decided,
            decisions=list(Decision),
            draft=self._desk.blank(),
        )

    async def take(self, request: web.Request, form: Form) -> web.Response:
        """Decide about one."""
        try:
            said = {"decision": form.text("decision"), "remark": form.text("remark")}
            body = body_of(Decide, said)
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        there = f"{_HERE}?decided" if form.text("decided") else _HERE
        path, version = {"suggestion": form.text("suggestion")}, form.version or 0
        try:
            done = await self._desk.call(
                request, DECIDE_SUGGESTION, body, path=path, version=version
            )
        except Refused as refused:
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                raise
            raise self._desk.not_done(there, refused) from refused
        raise self._desk.done(there, "questions.suggestion_decided", title=done.title)
