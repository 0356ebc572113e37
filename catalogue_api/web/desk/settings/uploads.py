"""« Importer des notices »: a file of MARC is read through first, then stored.

The file is streamed to disk, one at a time, and worked on in a thread of its own, batch by batch.
"""

import asyncio
from contextlib import ExitStack
from datetime import datetime
from typing import BinaryIO

import structlog
from aiohttp import BodyPartReader, web
from sqlmodel import Session

from catalogue_api.domain.roles import Scope
from catalogue_api.importing.deposits import LARGEST, Busy, Deposit, Deposits, Stage
from catalogue_api.importing.faults import Fault
from catalogue_api.importing.records import Unreadable
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.live import LIVE, digest_of
from catalogue_api.web.desk.page import DESK, librarian_of, rendered
from catalogue_api.web.desk.settings.previews import HERE
from catalogue_api.web.pages.browsers import came_from_here
from catalogue_api.web.pages.fields import require_same
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.pages.rendering import words_of

_HERE = "/desk/settings/import"
_PIECE = 1 << 20  # bytes: a megabyte
_LONGEST_TOKEN = 200
_LONGEST_NAME = 120

log = structlog.get_logger("catalogue_api.desk")


class TooLarge(Exception):
    """The file is larger than may be brought here."""


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its forms."""
    page = UploadPage(desk)
    app[LIVE].offer("import", page.look, Scope.COLLECTION)
    app.router.add_get("/settings/import", desk.page(page.show, Scope.COLLECTION))
    app.router.add_post("/settings/import", desk.page(page.bring, Scope.COLLECTION))
    app.router.add_post("/settings/import/store", desk.form(page.store, Scope.COLLECTION))
    app.router.add_post("/settings/import/forget", desk.form(page.forget, Scope.COLLECTION))
    app.on_cleanup.append(page.stop)


class UploadPage:
    """The file of the library, and what is done with it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._deposits = Deposits(desk.parts.deposits.folder())
        self._working: set[asyncio.Task[None]] = set()

    def look(self, _db: Session, _site: str, _now: datetime) -> Deposit | None:
        """Look at what is done with the file."""
        return self._deposits.current()

    async def show(self, request: web.Request) -> web.Response:
        """Show the form, or what is done with the file that was brought."""
        found = await asyncio.to_thread(self._deposits.current)
        return rendered(
            "settings/import.html",
            request,
            here=HERE,
            found=found,
            seen=digest_of(found),
            largest=LARGEST // 1024 // 1024,
            part=found.read * 100 // max(found.size, 1) if found else 0,
            size=words_of(request).number(max(found.size / _PIECE, 0.1)) if found else "",
        )

    async def bring(self, request: web.Request) -> web.StreamResponse:
        """Take a file, and begin to read it through."""
        if request.content_type != "multipart/form-data":
            raise web.HTTPUnsupportedMediaType
        if not came_from_here(DESK, request):
            raise web.HTTPForbidden
        with ExitStack() as held:
            try:
                held.enter_context(self._deposits.working())
                deposit = await self._kept(request)
            except Busy:
                raise self._told("import.busy", well=False) from None
            except TooLarge:
                raise self._told("import.too_large", well=False) from None
            except Unreadable as error:
                raise self._not_taken(request, error.why.fault) from error
            except OSError as error:
                log.error("import_not_kept", error=str(error))
                raise self._told("import.no_room", well=False) from error
            await self._begin(request, deposit, held.pop_all())
        raise web.HTTPSeeOther(_HERE)

    async def store(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Import the file that was read through; a second click finds it under way."""
        with ExitStack() as held:
            try:
                held.enter_context(self._deposits.working())
            except Busy:
                found = await asyncio.to_thread(self._deposits.current)
                if found is not None and found.under_way:  # the first click is being followed
                    raise web.HTTPSeeOther(_HERE) from None
                raise self._told("import.busy", well=False) from None
            found = await asyncio.to_thread(self._deposits.current)
            if found is None or found.number != form.text("number"):
                raise self._told("import.another", well=False)
            if found.stage is Stage.REHEARSED:
                deposit = Deposit(
                    found.number, found.name, found.size, found.by, found.at, Stage.IMPORTING
                )
                await self._begin(request, deposit, held.pop_all())
        raise web.HTTPSeeOther(_HERE)

    async def forget(self, request: web.Request, _form: Form) -> web.StreamResponse:
        """Put the file away; what was imported stays."""
        del request
        try:
            await asyncio.to_thread(self._deposits.forget)
        except Busy:
            raise self._told("import.busy", well=False) from None
        raise self._told("import.forgotten")

    async def stop(self, _app: web.Application) -> None:
        """End what is under way, after its batch."""
        self._deposits.stop()
        if self._working:
            await asyncio.wait(self._working)

    async def _kept(self, request: web.Request) -> Deposit:
        """Take the file to disk; whatever goes wrong, nothing of it is left there."""
        with ExitStack() as unfinished:
            unfinished.callback(self._deposits.discard)
            deposit = await self._taken(request)
            await asyncio.to_thread(self._deposits.refuse_what_is_no_marc)
            unfinished.pop_all()
        return deposit

    async def _taken(self, request: web.Request) -> Deposit:
        """Stream the file to disk; the token of the form stands before it."""
        reader = await request.multipart()
        token = await reader.next()
        if not isinstance(token, BodyPartReader) or token.name != "csrf":
            raise web.HTTPForbidden
        said = (await token.read_chunk(_LONGEST_TOKEN)).decode("ascii", "replace")
        require_same(said, librarian_of(request).csrf)
        part = await reader.next()
        while isinstance(part, BodyPartReader) and part.name != "file":
            part = await reader.next()
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
        size = 0
        with self._deposits.begin() as file:
            size = await _streamed(part, file)
        librarian, name = librarian_of(request).staff, (part.filename or "")[:_LONGEST_NAME]
        now = self._desk.parts.clock()
        number = self._desk.parts.new_token()
        return Deposit(number, name.replace("\0", ""), size, librarian, now.isoformat())

    async def _begin(self, request: web.Request, deposit: Deposit, held: ExitStack) -> None:
        """Work on the file in a thread; the lock is held until that ends."""
        parts, librarian = self._desk.parts, librarian_of(request)
        settings = parts.deposits.reading(parts.zone, parts.clock())
        actor = f"{librarian.role.value}:{librarian.staff}"
        await asyncio.to_thread(self._deposits.note, deposit)

        async def work() -> None:
            with held:
                try:
                    await asyncio.to_thread(
                        self._deposits.work, deposit, parts.database.write_now, settings, actor
                    )
                except Exception:
                    log.exception("import_failed", stage=deposit.stage.value)

        task = asyncio.create_task(work())
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    def _told(self, key: str, *, well: bool = True) -> web.HTTPSeeOther:
        return self._desk.done(_HERE, key, well=well)

    def _not_taken(self, request: web.Request, fault: Fault) -> web.HTTPSeeOther:
        words = words_of(request)
        why, todo = (words.text(f"fault.{fault.value}{part}") for part in ("", ".todo"))
        return self._desk.done(_HERE, "import.no_marc", well=False, why=why, todo=todo)


async def _streamed(part: BodyPartReader, file: BinaryIO) -> int:
    """Write a part of a form into a file, piece by piece; return its bytes."""
    size = 0
    while piece := await part.read_chunk(_PIECE):
        size += len(piece)
        if size > LARGEST:
            raise TooLarge
        await asyncio.to_thread(file.write, piece)
    return size
