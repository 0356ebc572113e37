"""« Comptes du personnel »: who may sign in, and as what; for administrators.

A password that is given here is made by the program and told once, on the next page. It is made
from the key of the form: a form that is sent twice gives the same password twice.
"""

from hashlib import sha256
from urllib.parse import quote

from aiohttp import web

from catalogue_api.contract.accounts import (
    ADD_STAFF,
    CHANGE_STAFF,
    LIST_STAFF,
    SEE_STAFF,
    SET_STAFF_PASSWORD,
    FindStaff,
    NewStaff,
    PasswordGiven,
    StaffAccount,
    StaffChange,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.sessions import END_SESSIONS_OF_STAFF
from catalogue_api.domain.roles import STAFF_ROLES, Scope
from catalogue_api.services.accounts import stored_password
from catalogue_api.services.passwords import Question
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.settings.previews import HERE, status_of
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of

_LIST = "/desk/settings/staff"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""32 that nobody takes for another when they are read aloud or copied by hand."""
_GROUPS, _IN_A_GROUP = 4, 4
_AT = {"last_administrator": "role"}


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the list and its forms."""
    pages = StaffPages(desk)
    router, one = app.router, "/settings/staff/{staff}"
    router.add_get("/settings/staff", desk.page(pages.list_all, Scope.ACCOUNTS))
    router.add_post("/settings/staff", desk.form(pages.add, Scope.ACCOUNTS))
    router.add_get(one, desk.page(pages.open, Scope.ACCOUNTS))
    router.add_post(one, desk.form(pages.change, Scope.ACCOUNTS))
    router.add_post(f"{one}/password", desk.form(pages.give_password, Scope.ACCOUNTS))
    router.add_post(f"{one}/sessions", desk.form(pages.end_sessions, Scope.ACCOUNTS))


class StaffPages:
    """The list of accounts, and the page of each."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def list_all(self, request: web.Request) -> web.Response:
        """Show a page of accounts, and the form of a new one."""
        return await self._list(request, self._desk.blank(role=STAFF_ROLES[0].value))

    async def add(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Add somebody; their first password is told once."""
        name, secret = form.text("name"), secret_of(form, form.text("name"))
        said = {"name": name, "role": form.text("role"), "site": form.text("where")}
        try:
            body = body_of(NewStaff, said | {"password": secret})
            await self._desk.call(request, ADD_STAFF, body)
        except Unfit as unfit:
            return await self._list(request, self._desk.kept(form, unfit))
        except Refused as refused:
            if refused.type is not ProblemType.CONFLICT or not await self._has(name, secret):
                taken = Unfit({"name": ("staff.taken",)})
                refusal = taken if refused.type is ProblemType.CONFLICT else refused
                return await self._list(request, self._desk.kept(form, refusal))
        raise self._desk.done(_address(name), "staff.added", name=name, secret=secret)

    async def open(self, request: web.Request) -> web.Response:
        """Show an account."""
        found = await self._found(request)
        draft = editing(self._desk.parts.new_token(), _values(found), found.version)
        return self._page(request, found, draft)

    async def change(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Give an account another role or site, close it or open it again."""
        found = await self._found(request)
        said = {
            "role": form.text("role"),
            "site": form.text("where"),
            "disabled": form.text("state") == "closed",
        }
        try:
            body = body_of(StaffChange, said)
            path = {"staff": found.name}
            await self._desk.call(request, CHANGE_STAFF, body, path=path, version=form.version)
        except Unfit as unfit:
            return self._page(request, found, self._desk.kept(form, unfit))
        except Refused as refused:
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                draft = self._desk.kept(form, refused, "staff", _AT)
                return self._page(request, found, draft)
            now = _values(found)
            upon = form.upon(now, found.version, {name: form.text(name) for name in now})
            if upon is not None:
                return self._page(request, found, upon)
        raise self._desk.done(_address(found.name), "staff.changed", name=found.name)

    async def give_password(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Give somebody a new password, told once; that signs them out everywhere."""
        name = request.match_info["staff"]
        secret = secret_of(form, name)
        body = body_of(PasswordGiven, {"password": secret})
        try:
            await self._desk.call(request, SET_STAFF_PASSWORD, body, path={"staff": name})
        except Refused as refused:
            raise self._desk.not_done(_LIST, refused) from refused
        raise self._desk.done(_address(name), "staff.password_given", name=name, secret=secret)

    async def end_sessions(self, request: web.Request, _form: Form) -> web.StreamResponse:
        """Sign somebody out everywhere."""
        name = request.match_info["staff"]
        try:
            found = await self._desk.call(
                request, END_SESSIONS_OF_STAFF, Nothing(), path={"staff": name}
            )
        except Refused as refused:
            raise self._desk.not_done(_LIST, refused) from refused
        raise self._desk.done(_address(name), "account.ended", n=found.ended)

    async def _has(self, name: str, secret: str) -> bool:
        """Tell whether an account has the password that this very form gave it."""
        stored = await self._desk.read(lambda db: stored_password(db, name))
        return (await self._desk.parts.passwords.prove(Question(stored, secret))).fits

    async def _found(self, request: web.Request) -> StaffAccount:
        name = request.match_info["staff"]
        return await self._desk.call(request, SEE_STAFF, Nothing(), path={"staff": name})

    async def _list(self, request: web.Request, draft: Draft) -> web.Response:
        asked = body_of(FindStaff, {"cursor": request.query.get("from", ""), "limit": 100})
        found = await self._desk.call(request, LIST_STAFF, asked)
        return rendered(
            "settings/staff.html",
            request,
            status=status_of(draft),
            here=HERE,
            staff=found.staff,
            following=found.next,
            draft=draft,
            names=request[SITES],
            address_of=_address,
            **_choices(request),
        )

    def _page(self, request: web.Request, found: StaffAccount, draft: Draft) -> web.Response:
        words = words_of(request)
        return rendered(
            "settings/staff_account.html",
            request,
            status=status_of(draft),
            here=HERE,
            found=found,
            draft=draft,
            secret_draft=self._desk.blank(),
            address_of=_address,
            labels={name: words.text(f"staff.{name}") for name in ("role", "where", "state")},
            **_choices(request),
        )


def secret_of(form: Form, name: str) -> str:
    """Return the password that a form gives to somebody: 80 bits of its key, in four groups."""
    if not form.key:
        raise web.HTTPBadRequest
    drawn = sha256(f"ritournelle:secret:{form.key}:{name}".encode()).digest()
    letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in drawn[: _GROUPS * _IN_A_GROUP])
    return "-".join(letters[at : at + _IN_A_GROUP] for at in range(0, len(letters), _IN_A_GROUP))


def _address(name: str) -> str:
    return f"{_LIST}/{quote(name, safe='')}"


def _choices(request: web.Request) -> dict[str, list[tuple[str, str]]]:
    words = words_of(request)
    return {
        "roles": [(role.value, words.text(f"role.{role.value}")) for role in STAFF_ROLES],
        "places": [("", words.text("staff.anywhere")), *request[SITES].items()],
        "states": [(state, words.text(f"staff.{state}")) for state in ("open", "closed")],
    }


def _values(found: StaffAccount) -> dict[str, str]:
    state = "open" if found.disabled_at is None else "closed"
    return {"role": found.role.value, "where": found.site, "state": state}
