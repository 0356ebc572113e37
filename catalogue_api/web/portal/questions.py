"""« Une question ? »: asked by a reader, or by anybody whose address is confirmed by a mail."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.questions import (
    ASK_AS_ANYBODY,
    ASK_QUESTION,
    CONFIRM_QUESTION,
    LIST_MY_QUESTIONS,
    SHOW_UNCONFIRMED_QUESTION,
    AskAsAnybody,
    AskQuestion,
    MyQuestion,
)
from catalogue_api.contract.search import SHOW_TITLE
from catalogue_api.domain.roles import Scope
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.page import READER, rendered
from catalogue_api.web.portal.portal import Portal

_HERE = "/questions"
_CONFIRM = "/questions/confirmer/{token}"
_REASONS = "portal.questions.refusal"


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the pages."""
    pages = QuestionPages(portal)
    app.router.add_get(_HERE, portal.page(pages.show))
    app.router.add_post(_HERE, portal.form(pages.take, Scope.ANYONE))
    app.router.add_get(_CONFIRM, portal.page(pages.show_confirming))
    # What stands in the address is the whole right to it: no token of a form is asked for.
    app.router.add_post(_CONFIRM, portal.page(pages.confirm))


class QuestionPages:
    """The form with one's own questions, and the page behind the address in a mail."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the form; `titre` is the number of the title that it is about."""
        draft = self._portal.blank(title=request.query.get("titre", ""))
        return await self._shown(request, draft)

    async def take(self, request: web.Request, form: Form) -> web.Response:
        """Send the question, or write to who asked it first."""
        said: dict[str, object] = {
            "text": form.text("text"), "title": form.text("title") or None,
        }  # fmt: skip
        try:
            if READER in request:
                body = body_of(AskQuestion, said)
                await self._portal.call(request, ASK_QUESTION, body, key=form.key)
                raise self._portal.done(_HERE, "portal.questions.sent")
            said |= {
                "email": form.text("email"),
                "request": form.identifier,
                "language": words_of(request).language,
            }
            await self._portal.ask(request, ASK_AS_ANYBODY, body_of(AskAsAnybody, said))
        except Unfit as unfit:
            return await self._shown(request, self._portal.kept(form, unfit))
        except Refused as refused:
            at = {"no_address": "email"}
            draft = self._portal.kept(form, refused, _REASONS, at)
            return await self._shown(request, draft, refused)
        raise self._portal.done(_HERE, "portal.questions.confirm_first")

    async def show_confirming(self, request: web.Request) -> web.Response:
        """Ask whether the question is to be sent: programs that look through mails open this."""
        path = {"confirmation": request.match_info["token"]}
        found = await self._portal.ask(request, SHOW_UNCONFIRMED_QUESTION, Nothing(), path)
        answer = rendered("questions/confirm.html", request, here="questions", found=found)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    async def confirm(self, request: web.Request) -> web.Response:
        """Send it."""
        path = {"confirmation": request.match_info["token"]}
        await self._portal.ask(request, CONFIRM_QUESTION, Nothing(), path)
        raise web.HTTPSeeOther(f"/questions/confirmer/{path['confirmation']}")

    async def _shown(
        self, request: web.Request, draft: Draft, refused: Refused | None = None
    ) -> web.Response:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK
        if refused is not None and refused.type is ProblemType.TOO_MANY_REQUESTS:
            status = HTTPStatus.TOO_MANY_REQUESTS
        mine: tuple[MyQuestion, ...] = ()
        if READER in request:
            mine = (await self._portal.call(request, LIST_MY_QUESTIONS, Nothing())).questions
        return rendered(
            "questions/questions.html",
            request,
            status=status,
            here="questions",
            draft=draft,
            mine=mine,
            about=await self._title(request, draft.value("title")),
        )

    async def _title(self, request: web.Request, number: str) -> str:
        """Return the title that a question is about, "" for none or one that is not there."""
        try:
            found = await self._portal.ask(request, SHOW_TITLE, Nothing(), {"title": number})
        except Refused:
            return ""
        return f"{found.title}, {found.volume}" if found.volume else found.title
