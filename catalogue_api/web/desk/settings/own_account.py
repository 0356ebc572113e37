"""« Mon compte »: one's own password, and the browsers in which one is signed in."""

from aiohttp import web

from catalogue_api.contract.accounts import CHANGE_PASSWORD, PasswordChange
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.sessions import END_SESSION, LIST_SESSIONS
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import DESK, librarian_of, rendered
from catalogue_api.web.desk.settings.previews import HERE, status_of
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of

_HERE = "/desk/settings/account"
_OTHERS = "others"


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its forms."""
    page = AccountPage(desk)
    app.router.add_get("/settings/account", desk.page(page.show, Scope.STAFF))
    app.router.add_post("/settings/account", desk.form(page.change_password, Scope.STAFF))
    first = "/password"
    app.router.add_get(first, desk.page(page.show_first, Scope.STAFF, with_given=True))
    app.router.add_post(first, desk.form(page.choose_first, Scope.STAFF, with_given=True))
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
        draft = await self._changed(request, form)
        if draft is not None:
            return await self._page(request, draft)
        raise self._desk.done(_HERE, "account.password_changed")

    async def show_first(self, request: web.Request) -> web.Response:
        """Show the form of the first password of one's own; nothing else is open before."""
        if not librarian_of(request).password_given:
            raise web.HTTPSeeOther(_HERE)
        return self._first(request, self._desk.blank(next=DESK.next_of(request)))

    async def choose_first(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take it, and go on where somebody wanted to go; a second click has nothing more to do."""
        there = DESK.own(form.text("next"))
        if librarian_of(request).password_given:
            draft = await self._changed(request, form)
            if draft is not None:
                return self._first(request, draft)
        raise self._desk.done(there, "account.first_chosen")

    async def _changed(self, request: web.Request, form: Form) -> Draft | None:
        """Change the password; return the form with what speaks against it, None if it is done."""
        said = {name: form.fields.get(name, "") for name in ("password", "new_password")}
        if form.fields.get("repeat_password", "") != said["new_password"]:
            return self._desk.kept(form, Unfit({"repeat_password": ("account.not_the_same",)}))
        try:
            await self._desk.call(request, CHANGE_PASSWORD, body_of(PasswordChange, said))
        except (Refused, Unfit) as refusal:
            at = {"wrong_password": "password", "not_new": "new_password"}
            return self._desk.kept(form, refusal, "account", at)
        return None

    def _first(self, request: web.Request, draft: Draft) -> web.Response:
        return rendered("settings/first.html", request, status=status_of(draft), draft=draft)

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
