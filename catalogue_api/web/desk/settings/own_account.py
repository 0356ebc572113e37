"""« Mon compte »: one's own password, and the browsers in which one is signed in."""

from aiohttp import web

from catalogue_api.contract.accounts import CHANGE_PASSWORD, PasswordChange
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.sessions import END_SESSION, LIST_SESSIONS
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.settings.previews import HERE, status_of
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of

_HERE = "/desk/settings/account"
_OTHERS = "others"


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its forms."""
    page = AccountPage(desk)
    app.router.add_get("/settings/account", desk.page(page.show, Scope.STAFF))
    app.router.add_post("/settings/account", desk.form(page.change_password, Scope.STAFF))
    app.router.add_post("/settings/account/sessions", desk.form(page.end, Scope.STAFF))


class AccountPage:
    """The account of whoever is signed in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the form of the password, and the sessions."""
        return await self._page(request, self._desk.blank())

    async def change_password(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Change the password; every other session ends. A password is never shown again."""
        said = {name: form.fields.get(name, "") for name in ("password", "new_password")}
        if form.fields.get("repeat_password", "") != said["new_password"]:
            differs = Unfit({"repeat_password": ("account.not_the_same",)})
            return await self._page(request, self._desk.kept(form, differs))
        try:
            body = body_of(PasswordChange, said)
            await self._desk.call(request, CHANGE_PASSWORD, body)
        except (Refused, Unfit) as refusal:
            at = {"wrong_password": "password"}
            return await self._page(request, self._desk.kept(form, refusal, "account", at))
        raise self._desk.done(_HERE, "account.password_changed")

    async def end(self, request: web.Request, form: Form) -> web.StreamResponse:
        """End one session, or all but this one; one that has ended already is no error."""
        chosen = form.text("session")
        listed = await self._desk.call(request, LIST_SESSIONS, Nothing())
        ended = 0
        for one in listed.sessions:
            if not one.current and chosen in {_OTHERS, one.session}:
                path = {"session": one.session}
                ended += (await self._desk.call(request, END_SESSION, Nothing(), path=path)).ended
        raise self._desk.done(_HERE, "account.ended", n=ended)

    async def _page(self, request: web.Request, draft: Draft) -> web.Response:
        listed = await self._desk.call(request, LIST_SESSIONS, Nothing())
        return rendered(
            "settings/account.html",
            request,
            status=status_of(draft),
            here=HERE,
            draft=draft,
            sessions=listed.sessions,
            all_others=_OTHERS,
        )
