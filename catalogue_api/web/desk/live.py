"""Pages that say what is new: a stream of events that tells a page to look again.

A page kind offers a view: a reading function that returns all that the page shows, as values whose
`repr` says everything. Its digest is made again when anybody has committed something, at most once
a second for all who look at the same, and now and then because time goes by.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from aiohttp import web
from sqlmodel import Session

from catalogue_api.domain.roles import Scope, may
from catalogue_api.web.desk.browsers import who
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.pages.guard import add_headers

View = Callable[[Session, str, datetime], object]
"""What a page shows of a site at an instant."""

_LOOK_EVERY = 1.0  # seconds
_TIME_GOES_BY = 30.0  # seconds after which a view is made again though nobody wrote anything
_BEAT = 10.0  # seconds between signs of life, by which a session that ended is noticed too
_PATIENCE = 10.0  # seconds a browser may keep a write waiting
_MOST_STREAMS = 200


@dataclass(slots=True)
class _Seen:
    """What the view of a site came to, after which commits, and when (by the loop's clock)."""

    commits: str = ""
    at: float = 0.0
    digest: str = ""
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)


def digest_of(shown: object) -> str:
    """Return what is the same as long as a page shows the same."""
    return sha256(repr(shown).encode()).hexdigest()[:16]


class Live:
    """The views that may be watched, and the streams of those who watch."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._views: dict[str, tuple[View, Scope]] = {}
        self._seen: dict[tuple[str, str], _Seen] = {}
        self._closing = asyncio.Event()
        self._streams = 0

    def offer(self, name: str, view: View, scope: Scope) -> None:
        """Let pages watch a view under a name, if the role of whoever looks may."""
        self._views[name] = view, scope

    async def close(self, _app: web.Application) -> None:
        """End all streams."""
        self._closing.set()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Tell a page, by the event `changed`, each time that it would look different.

        Query: `of` (the view), `site`, and `seen`: the digest that the page was made with.
        """
        name, site = request.query.get("of", ""), request.query.get("site", "")
        view, scope = self._views.get(name, (None, Scope.STAFF))
        if view is None:
            raise web.HTTPNotFound
        if not await self._may_look(request, scope):
            raise web.HTTPForbidden
        if self._streams >= _MOST_STREAMS or self._closing.is_set():
            raise web.HTTPServiceUnavailable
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        add_headers(answer, self._desk.parts)
        await answer.prepare(request)
        self._streams += 1
        seen = request.headers.get("Last-Event-ID") or request.query.get("seen", "")
        try:
            await self._feed(request, answer, (name, site), seen, scope)
        except (ConnectionError, TimeoutError):
            pass  # the browser has left, or does not read: that is how such a stream ends
        finally:
            self._streams -= 1
        return answer

    async def _feed(
        self,
        request: web.Request,
        answer: web.StreamResponse,
        watched: tuple[str, str],
        seen: str,
        scope: Scope,
    ) -> None:
        clock = asyncio.get_running_loop().time
        told = clock()
        while request.transport is not None and not self._closing.is_set():
            digest = await self._digest(watched)
            line = b""
            if digest != seen:
                seen = digest
                line = f"id: {digest}\nevent: changed\ndata: {digest}\n\n".encode()
            elif clock() - told >= _BEAT:
                if not await self._may_look(request, scope):
                    return
                line = b": beat\n\n"
            if line:
                told = clock()
                async with asyncio.timeout(_PATIENCE):
                    await answer.write(line)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _LOOK_EVERY)

    async def _may_look(self, request: web.Request, scope: Scope) -> bool:
        found = await who(self._desk.parts, request, unattended=True)
        return found is not None and not found.locked and may(found.role, scope)

    async def _digest(self, watched: tuple[str, str]) -> str:
        name, site = watched
        seen = self._seen.setdefault(watched, _Seen())
        database, clock = self._desk.parts.database, asyncio.get_running_loop().time
        async with seen.looking:
            commits = await database.commits_seen()
            old = clock() - seen.at >= _TIME_GOES_BY
            if not seen.digest or old or commits != seen.commits:
                view, now = self._views[name][0], self._desk.parts.clock()
                seen.digest = await database.read(lambda db: digest_of(view(db, site, now)))
                seen.commits, seen.at = commits, clock()
            return seen.digest


LIVE = web.AppKey("live", Live)


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the stream; it ends when the program is stopped."""
    live = Live(desk)
    app[LIVE] = live
    app.router.add_get("/events", live.stream)
    app.on_shutdown.append(live.close)
