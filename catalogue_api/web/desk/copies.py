"""Copies at the desk: the page of one, what is said of it, its life; taken in and described."""

from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from catalogue_api.contract.collection import (
    CREATE_ITEM,
    DELETE_ITEM,
    EDIT_ITEM,
    SHOW_DESCRIPTION,
    SHOW_ITEM,
    ItemData,
    ItemInfo,
    NewItem,
)
from catalogue_api.contract.copies import LIST_COPIES, READ_HISTORY, ReadHistory
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.marks import MARK_ITEM, ItemStatus, Mark, MarkItem
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITE, SITES, rendered
from catalogue_api.web.desk.titles import ENTRY
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of

FIELDS = ("home_site", "shelf_mark", "category", "contents", "parts_count", "note")
_ON_LOAN = (Mark.CLAIMED_RETURNED, Mark.WITH_READER, Mark.LOST)
_OFF_LOAN = (
    Mark.AVAILABLE,
    Mark.MISSING,
    Mark.DAMAGED,
    Mark.IN_REPAIR,
    Mark.LOST,
    Mark.NOT_FOR_LOAN,
    Mark.WITHDRAWN,
)
_WRITTEN_OFF = frozenset({ItemStatus.LOST, ItemStatus.CLAIMED_RETURNED})
_SHOWN = 100


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the pages of copies."""
    pages, scope = CopyPages(desk), ENTRY.scope
    router = app.router
    router.add_get(r"/titles/{title:\d{1,9}}/items", desk.page(pages.ask, scope))
    router.add_post(r"/titles/{title:\d{1,9}}/items", desk.form(pages.create, scope))
    router.add_get("/items/{barcode}", desk.page(pages.show, scope))
    router.add_get("/items/{barcode}/edit", desk.page(pages.edit, scope))
    router.add_post("/items/{barcode}/edit", desk.form(pages.store, scope))
    router.add_post("/items/{barcode}/mark", desk.form(pages.mark, scope))
    router.add_post("/items/{barcode}/delete", desk.form(pages.delete, scope))


def address_of(barcode: str) -> str:
    """Return the address of a copy's page."""
    return f"/desk/items/{quote(barcode, safe='')}"


def marks_for(info: ItemInfo) -> tuple[Mark, ...]:
    """Return what can be said of a copy as it is now, but for what is said already."""
    found = _ON_LOAN if info.on_loan else _OFF_LOAN
    if info.on_loan and info.status in _WRITTEN_OFF:
        found = (*found, Mark.WITHDRAWN)
    said = Mark.WITH_READER if info.on_loan else Mark.AVAILABLE
    now = said if info.status is ItemStatus.AVAILABLE else Mark(info.status.value)
    return tuple(mark for mark in found if mark is not now)


def way_back(info: ItemInfo, mark: Mark) -> Mark | None:
    """Return what takes a mark back, None where nothing does: the loan has ended with it."""
    if info.on_loan:
        if mark is Mark.WITHDRAWN:
            return None
        return {
            ItemStatus.LOST: Mark.LOST,
            ItemStatus.CLAIMED_RETURNED: Mark.CLAIMED_RETURNED,
        }.get(info.status, Mark.WITH_READER)
    before = Mark(info.status.value)
    return before if before in _OFF_LOAN else None


class CopyPages:
    """The pages of one copy."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show a copy: where it is, what is said of it, and what happened to it."""
        info = await self._info(request)
        return await self._page(request, info, self._desk.blank())

    async def mark(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Say what a copy is, with a way to take that back."""
        info = await self._info(request)
        there, path = address_of(info.barcode), {"barcode": info.barcode}
        if form.text("instead_of") not in {"", info.status.value}:
            word = words_of(request).text(f"item_status.{info.status.value}")
            raise self._desk.done(there, "copies.marked_since", well=False, status=word)
        said = {"mark": form.text("mark"), "remark": form.text("remark")}
        try:
            body = body_of(MarkItem, said)
            marked = await self._desk.call(request, MARK_ITEM, body, path=path)
        except Unfit as unfit:
            return await self._page(request, info, self._desk.kept(form, unfit))
        except Refused as refused:
            return await self._page(
                request, await self._info(request), self._desk.kept(form, refused, "mark_refusal")
            )
        back = way_back(info, body.mark) if marked.status is not info.status else None
        key = "copies.marked.waits_again" if marked.hold_waits_again else "copies.marked"
        word = words_of(request).text(f"item_status.{marked.status.value}")
        raise self._desk.done(
            there,
            key,
            undo=f"{there}/mark" if back else "",
            fields={"mark": back.value, "instead_of": marked.status.value} if back else None,
            title=info.title,
            status=word,
        )

    async def ask(self, request: web.Request) -> web.Response:
        """Ask for a new copy of a title."""
        return await self._new(request, self._desk.blank(home_site=request[SITE], parts_count="1"))

    async def create(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take in a copy, and be ready for the next one."""
        path = {"title": request.match_info["title"]}
        try:
            body = body_of(NewItem, _said_in(form) | {"barcode": form.text("barcode")})
            made = await self._desk.call(request, CREATE_ITEM, body, path=path, key=form.key)
        except (Refused, Unfit) as refusal:
            at = {"barcode_taken": "barcode", "barcode_is_a_card": "barcode"}
            return await self._new(
                request, self._desk.kept(form, _placed(refusal), "collection_refusal", at)
            )
        there = f"{ENTRY.address}/{made.title_id}"
        raise self._desk.done(there, "copies.created", barcode=made.barcode)

    async def edit(self, request: web.Request) -> web.Response:
        """Show a copy in its form."""
        info = await self._info(request)
        draft = editing(self._desk.parts.new_token(), _typed_of(info), info.version)
        return self._form(request, draft, info)

    async def store(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Describe a copy anew; whoever comes second is told what the first one changed."""
        path = {"barcode": request.match_info["barcode"]}
        try:
            body = body_of(ItemData, _said_in(form))
        except Unfit as unfit:
            return self._form(request, self._desk.kept(form, unfit), await self._info(request))
        try:
            await self._desk.call(request, EDIT_ITEM, body, path=path, version=form.version)
        except Refused as refused:
            info = await self._info(request)
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                return self._form(request, self._desk.kept(form, _placed(refused)), info)
            draft = form.upon(_typed_of(info), info.version, _typed_of(body))
            if draft is not None:
                return self._form(request, draft, info)
        raise self._desk.done(address_of(path["barcode"]), "copies.stored", barcode=path["barcode"])

    async def delete(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Delete a copy that was taken in by mistake."""
        path = {"barcode": request.match_info["barcode"]}
        info = await self._info(request)
        try:
            await self._desk.call(request, DELETE_ITEM, Nothing(), path=path, version=form.version)
        except Refused as refused:
            there = address_of(info.barcode)
            raise self._desk.not_done(there, refused, "collection_refusal") from refused
        raise self._desk.done(
            f"{ENTRY.address}/{info.title_id}", "copies.deleted", barcode=path["barcode"]
        )

    async def _info(self, request: web.Request) -> ItemInfo:
        path = {"barcode": request.match_info["barcode"]}
        return await self._desk.call(request, SHOW_ITEM, Nothing(), path=path)

    async def _page(self, request: web.Request, info: ItemInfo, draft: Draft) -> web.Response:
        path = {"title": str(info.title_id)}
        copies = await self._desk.call(request, LIST_COPIES, Nothing(), path=path)
        history = await self._desk.call(
            request, READ_HISTORY, ReadHistory(limit=_SHOWN), path={"barcode": info.barcode}
        )
        return rendered(
            "titles/copy.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=ENTRY.name,
            info=info,
            now=next((one for one in copies.copies if one.barcode == info.barcode), None),
            history=history,
            marks=marks_for(info),
            draft=draft,
            names=request[SITES],
            place=address_of(info.barcode),
        )

    async def _new(self, request: web.Request, draft: Draft) -> web.Response:
        path = {"title": request.match_info["title"]}
        title = await self._desk.call(request, SHOW_DESCRIPTION, Nothing(), path=path)
        return self._form(request, draft, None, title.title, f"{ENTRY.address}/{title.title_id}")

    def _form(
        self,
        request: web.Request,
        draft: Draft,
        info: ItemInfo | None,
        title: str = "",
        place: str = "",
    ) -> web.Response:
        words = words_of(request)
        return rendered(
            "titles/copy_form.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=ENTRY.name,
            draft=draft,
            info=info,
            title=info.title if info else title,
            place=address_of(info.barcode) if info else place,
            places=list(request[SITES].items()),
            labels={name: words.text(f"copies.field.{name}") for name in FIELDS},
        )


def _typed_of(copy: ItemData | ItemInfo) -> dict[str, str]:
    return {name: str(getattr(copy, name)) for name in FIELDS}


def _said_in(form: Form) -> dict[str, object]:
    said: dict[str, object] = {name: form.text(name) for name in FIELDS}
    said["note"] = " ".join(form.text("note").split())
    return said if said["parts_count"] else {**said, "parts_count": 1}


def _placed(refusal: Refused | Unfit) -> Refused | Unfit:
    """Put a site that is not there beside its field."""
    if isinstance(refusal, Refused) and refusal.detail.startswith("there is no site"):
        return Unfit({"home_site": ("field.malformed",)})
    return refusal
