"""« Comptes du personnel »: who may sign in, and as what; for administrators.

A password that is given here is made by the program and told once, on the next page. It is made
from the key of the form: a form that is sent twice gives the same password twice.
"""

from collections.abc import Collection, Iterator
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
    StaffChanged,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.sessions import END_SESSIONS_OF_STAFF
from catalogue_api.domain.roles import STAFF_ROLES, Role, Scope
from catalogue_api.services.secrets.passwords import Question
from catalogue_api.services.staff.accounts import stored_password
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.settings.changing import Changing
from catalogue_api.web.desk.settings.previews import HERE, Preview, status_of
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.texts import Words

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


class StaffPages(Changing[StaffChange, StaffAccount, StaffChanged]):
    """The list of accounts, and the page of each, where it is changed."""

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
        return self._form(request, draft, found)

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

    def _in_words(self, _request: web.Request, said: StaffChange | StaffAccount) -> dict[str, str]:
        return _values(said)

    def _body(self, form: Form, *, dry_run: bool) -> StaffChange:
        said: dict[str, object] = {"role": form.text("role"), "site": form.text("where")}
        closed = form.text("state") == "closed"
        return body_of(StaffChange, said | {"disabled": closed, "dry_run": dry_run})

    async def _send(
        self, request: web.Request, body: StaffChange, version: int | None
    ) -> StaffChanged:
        path = {"staff": request.match_info["staff"]}
        return await self._desk.call(request, CHANGE_STAFF, body, path=path, version=version)

    def _preview(self, request: web.Request, before: StaffAccount, after: StaffChanged) -> Preview:
        words, old, new = words_of(request), _values(before), _values(after)
        named = {name: dict(pairs) for name, pairs in _named_choices(request).items()}
        changed = [name for name in new if new[name] != old[name]]
        changes = [
            words.text(
                "preview.change",
                what=words.text(f"staff.{name}"),
                before=named[name].get(old[name], old[name]),
                after=named[name].get(new[name], new[name]),
            )
            for name in changed
        ]
        return Preview(
            words.text("staff.preview", name=after.name),
            changes or [words.text("preview.nothing")],
            list(_effects(words, after, changed)) or [words.text("staff.nothing")],
            _address(after.name),
        )

    def _stored(self, _request: web.Request, found: StaffAccount) -> web.HTTPSeeOther:
        return self._desk.done(_address(found.name), "staff.changed", name=found.name)

    def _kept(self, form: Form, refusal: Refused | Unfit) -> Draft:
        return self._desk.kept(form, refusal, "staff", _AT)

    def _form(self, request: web.Request, draft: Draft, found: StaffAccount) -> web.Response:
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


def _effects(words: Words, after: StaffChanged, changed: Collection[str]) -> Iterator[str]:
    """Yield what follows for somebody whose account is changed in these fields."""
    if "role" in changed:
        # What a manager may stands behind what a librarian may: « tout cela, et … ».
        roles = (Role.LIBRARIAN, after.role) if after.role is Role.MANAGER else (after.role,)
        may = " ".join(words.text(f"role.{role.value}.may") for role in roles)
        name = words.text(f"role.{after.role.value}")
        yield words.text("staff.new_role", role=name, may=may)
    if "state" in changed:
        yield words.text(f"staff.{'closed' if after.disabled_at else 'open'}.effect")
    if after.sessions_ended:
        yield words.count("staff.ended.effect", after.sessions_ended)
    if "where" in changed and after.site:
        yield words.text("staff.where.effect")


def _named_choices(request: web.Request) -> dict[str, list[tuple[str, str]]]:
    """Return the choices of each field by its name."""
    choices = _choices(request)
    return {"role": choices["roles"], "where": choices["places"], "state": choices["states"]}


def _choices(request: web.Request) -> dict[str, list[tuple[str, str]]]:
    words = words_of(request)
    return {
        "roles": [(role.value, words.text(f"role.{role.value}")) for role in STAFF_ROLES],
        "places": [("", words.text("staff.anywhere")), *request[SITES].items()],
        "states": [(state, words.text(f"staff.{state}")) for state in ("open", "closed")],
    }


def _values(found: StaffAccount | StaffChange) -> dict[str, str]:
    disabled = found.disabled if isinstance(found, StaffChange) else found.disabled_at is not None
    state = "closed" if disabled else "open"
    return {"role": found.role.value, "where": found.site, "state": state}
