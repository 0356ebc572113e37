"""« Questions »: what readers ask and suggest, answered, handed on, closed and decided."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TypeVar

from aiohttp import web

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, ProblemType, Refused
from catalogue_api.contract.questions import (
    ANSWER_QUESTION,
    CLOSE_QUESTION,
    FIND_QUESTIONS,
    HAND_QUESTION_ON,
    REOPEN_QUESTION,
    SHOW_QUESTION,
    AnswerQuestion,
    FindQuestions,
    HandOn,
    Question,
    QuestionStatus,
)
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import Entry, librarian_of, rendered
from catalogue_api.web.pages.forms import WHOLE, Draft, Form, Unfit, body_of

ENTRY = Entry("questions", "/desk/questions", Scope.CIRCULATION, "q")
_ONE = "/questions/{question:[1-9][0-9]{0,8}}"
_REASONS = "question_refusal"
_ON_A_PAGE = 50
_SHOWN = (QuestionStatus.OPEN, QuestionStatus.ANSWERED, QuestionStatus.CLOSED)

Q = TypeVar("Q", bound=Message)
Act = Callable[[web.Request, Form], Awaitable[web.Response]]


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the pages."""
    pages = QuestionPages(desk)
    app.router.add_get("/questions", desk.page(pages.show, ENTRY.scope))
    app.router.add_get(_ONE, desk.page(pages.show_one, ENTRY.scope))
    app.router.add_post(_ONE, desk.form(pages.take, ENTRY.scope))


class QuestionPages:
    """The lists, and the page of each question."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._acts: Mapping[str, Act] = {
            "answer": self._answer, "hand_on": self._hand_on,
            "close": self._close, "reopen": self._reopen,
        }  # fmt: skip

    async def show(self, request: web.Request) -> web.Response:
        """Show questions in a state (`state`), all or my own (`mine`)."""
        said = {
            "status": request.query.get("state", "open"),
            "mine": "mine" in request.query,
            "cursor": request.query.get("after", ""),
            "limit": _ON_A_PAGE,
        }
        try:
            asked = body_of(FindQuestions, said)
        except Unfit as unfit:
            raise web.HTTPNotFound from unfit
        found = await self._desk.call(request, FIND_QUESTIONS, asked)
        return rendered(
            "questions/questions.html",
            request,
            here=ENTRY.name,
            found=found,
            state=asked.status.value,
            states=_SHOWN,
            mine=asked.mine,
        )

    async def show_one(self, request: web.Request) -> web.Response:
        """Show a question and what can be done about it."""
        return await self._shown(request, None)

    async def take(self, request: web.Request, form: Form) -> web.Response:
        """Do what the button says."""
        act = self._acts.get(form.text("act"))
        if act is None:
            raise web.HTTPBadRequest
        try:
            return await act(request, form)
        except Unfit as unfit:
            return await self._shown(request, self._desk.kept(form, unfit))
        except Refused as refused:
            if refused.type not in {ProblemType.CHANGED_MEANWHILE, ProblemType.REFUSED_BY_RULE}:
                raise
            return await self._shown(request, await self._overtaken(request, form, refused))

    async def _answer(self, request: web.Request, form: Form) -> web.Response:
        body = body_of(AnswerQuestion, {"answer": form.text("answer")})
        await self._call(request, ANSWER_QUESTION, body, form)
        raise self._desk.done(ENTRY.address, "questions.answered")

    async def _hand_on(self, request: web.Request, form: Form) -> web.Response:
        to = form.text("to") or librarian_of(request).staff
        body = body_of(HandOn, {"to": "" if to == "-" else to})
        await self._call(request, HAND_QUESTION_ON, body, form)
        raise self._desk.done(ENTRY.address, "questions.handed_on", to=body.to or "–")

    async def _close(self, request: web.Request, form: Form) -> web.Response:
        closed = await self._call(request, CLOSE_QUESTION, Nothing(), form)
        raise self._desk.done(
            ENTRY.address,
            "questions.closed",
            undo=f"/desk/questions/{closed.question}",
            fields={"act": "reopen", "version": str(closed.version)},
        )

    async def _reopen(self, request: web.Request, form: Form) -> web.Response:
        reopened = await self._call(request, REOPEN_QUESTION, Nothing(), form)
        raise self._desk.done(f"/desk/questions/{reopened.question}", "questions.reopened")

    async def _call(
        self,
        request: web.Request,
        endpoint: Endpoint[Q, Question],
        body: Q,
        form: Form,
    ) -> Question:
        path, version = {"question": request.match_info["question"]}, form.version or 0
        return await self._desk.call(request, endpoint, body, path=path, version=version)

    async def _overtaken(self, request: web.Request, form: Form, refused: Refused) -> Draft:
        """Return the form as it was typed, upon what a colleague did meanwhile."""
        now = await self._question(request)
        draft = self._desk.kept(form, refused, _REASONS)
        errors = dict(draft.errors)
        if "no_such_colleague" in refused.reasons:
            errors = {"to": (f"{_REASONS}.no_such_colleague",)}
        elif not errors:
            errors = {WHOLE: (f"problem.{refused.type.value}",)}
        return Draft(draft.key, draft.values, now.version, errors=errors)

    async def _question(self, request: web.Request) -> Question:
        path = {"question": request.match_info["question"]}
        return await self._desk.call(request, SHOW_QUESTION, Nothing(), path=path)

    async def _shown(self, request: web.Request, draft: Draft | None) -> web.Response:
        question = await self._question(request)
        blank = self._desk.blank()
        return rendered(
            "questions/question.html",
            request,
            status=HTTPStatus.CONFLICT if draft else HTTPStatus.OK,
            here=ENTRY.name,
            one=question,
            draft=draft or Draft(blank.key, {}, question.version),
        )
