"""What a reader was told in the last months, and how they want to be told from now on."""

from http import HTTPStatus
from itertools import groupby

from aiohttp import web
from pydantic import ValidationError

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.notices import (
    CHOOSE_MY_NOTICES,
    LIST_MY_NOTICES,
    SHOW_MY_NOTICE_CHOICES,
    ChooseNotices,
    KindChoice,
    NoticesAsked,
)
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.portal.account.overview import HERE
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_CHOICES = "/compte/messages/choix"
_ON_A_PAGE = 30
_WAY = "way."
_ABOUT = {
    "hold": "holds",
    "due": "loans",
    "late": "loans",
    "slot": "slots",
    "workshop": "events",
    "question": "questions",
    "suggestion": "questions",
}
"""Of what a kind of notice tells, by the first word of its name."""


class Messages:
    """The list of what was told, and the form of how to be told."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show what was told, the newest first."""
        try:
            asked = NoticesAsked(cursor=request.query.get("suite", ""), limit=_ON_A_PAGE)
        except ValidationError as error:
            raise web.HTTPNotFound from error
        found = await self._portal.call(request, LIST_MY_NOTICES, asked)
        return rendered(
            "account/messages.html", request, here=HERE, notices=found.notices, more=found.next
        )

    async def show_choices(self, request: web.Request) -> web.Response:
        """Show how one is told of each kind."""
        return await self._shown(request, self._portal.blank())

    async def choose(self, request: web.Request, form: Form) -> web.Response:
        """Take the choice."""
        choices = await self._portal.call(request, SHOW_MY_NOTICE_CHOICES, Nothing())
        said = {name: form.text(f"{_WAY}{name}") for name in form.chosen(_WAY)}
        ways = [{"kind": kind, "way": way} for kind, way in said.items()]
        try:
            body = body_of(ChooseNotices, {"language": choices.language, "ways": ways})
            await self._portal.call(request, CHOOSE_MY_NOTICES, body)
        except Unfit as unfit:
            return await self._shown(request, self._portal.kept(form, unfit))
        raise self._portal.done(_CHOICES, "portal.account.choices.done")

    async def _shown(self, request: web.Request, draft: Draft) -> web.Response:
        choices = await self._portal.call(request, SHOW_MY_NOTICE_CHOICES, Nothing())
        return rendered(
            "account/choices.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=HERE,
            choices=choices,
            groups=[(about, list(kinds)) for about, kinds in groupby(choices.kinds, _about)],
            draft=draft,
        )


def _about(choice: KindChoice) -> str:
    return _ABOUT[choice.kind.value.partition("_")[0]]
