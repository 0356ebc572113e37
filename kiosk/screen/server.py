"""The local server of the patron screen: one page, and the events that keep it true."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict

from aiohttp import web

from kiosk.screen.announce import announce
from kiosk.screen.listeners import Listener, Listeners, event
from kiosk.screen.pages import STATIC, Pages
from kiosk.screen.picture import Screen
from kiosk.screen.place import Place
from kiosk.screen.protection import add_headers, check_origin, only_this_machine
from kiosk.screen.texts import load
from kiosk.screen.view import view
from kiosk.session.effects import Sound
from kiosk.session.states import Language, Session, Stopped


class ScreenServer:
    """Shows sessions to browsers; out of service until the first is shown.

    `on_language` is called when somebody chooses a language. `port` 0 takes a free one. `beat`:
    seconds between signs of life; `patience`: seconds a browser may keep a write waiting before
    its connection is cut (it comes back by itself and gets the present state).
    """

    def __init__(
        self,
        place: Place,
        host: str,
        port: int,
        on_language: Callable[[Language], None],
        *,
        beat: float = 5.0,
        patience: float = 10.0,
    ) -> None:
        self._place, self._host, self._port = place, host, port
        self._on_language = on_language
        self._beat, self._patience = beat, patience
        self._speak = load()
        self._pages = Pages(place, self._speak)
        self._session = Session(phase=Stopped())
        self._screen = view(self._session, place, self._speak)
        self._listeners = Listeners(self._event(None, self._screen))
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port it listens on, known after `start`."""
        return self._port

    @property
    def url(self) -> str:
        """The address of the page."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/"

    async def start(self) -> None:
        """Listen. Raises `OSError` where the port is taken."""
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._port = runner.addresses[0][1]
        self._runner = runner

    async def stop(self) -> None:
        """Close all connections; the pages say by themselves that the kiosk is gone."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    def show(self, session: Session) -> None:
        """Show a session: rendered once for all browsers, and only if it looks different."""
        if session == self._session:
            return
        self._session = session
        before, self._screen = self._screen, view(session, self._place, self._speak)
        if self._screen != before:
            self._listeners.show(self._event(before, self._screen))

    def play(self, sound: Sound) -> None:
        """Let a sound be heard."""
        self._listeners.play(event("sound", sound.value))

    def _event(self, before: Screen | None, screen: Screen) -> bytes:
        return event(
            "screen",
            {
                "version": self._pages.version,
                "language": screen.language.value,
                "main": self._pages.main(screen),
                "say": announce(before, screen),
            },
        )

    def _application(self) -> web.Application:
        application = web.Application(
            middlewares=[only_this_machine(self._host)], client_max_size=1024
        )
        application.add_routes(
            [
                web.get("/", self._get_page),
                web.get("/events", self._get_events),
                web.post("/language", self._post_language),
                web.get("/state.json", self._get_state),
                web.get("/healthz", self._get_health),
                web.static("/static/", STATIC),
            ]
        )
        application.on_response_prepare.append(add_headers)
        application.on_shutdown.append(self._send_home)
        return application

    async def _send_home(self, application: web.Application) -> None:  # noqa: ARG002
        self._listeners.close()

    async def _get_page(self, request: web.Request) -> web.Response:  # noqa: ARG002
        return web.Response(text=self._pages.page(self._screen), content_type="text/html")

    async def _get_state(self, request: web.Request) -> web.Response:  # noqa: ARG002
        return web.json_response(asdict(self._screen))

    async def _get_health(self, request: web.Request) -> web.Response:  # noqa: ARG002
        return web.json_response({"status": "ok"})

    async def _post_language(self, request: web.Request) -> web.Response:
        check_origin(request)
        wanted = (await request.post()).get("language", "")
        if wanted not in list(Language):
            raise web.HTTPBadRequest(text=f"language must be one of: {', '.join(Language)}")
        self._on_language(Language(wanted))
        if "text/html" in request.headers.get("Accept", ""):
            raise web.HTTPSeeOther("/")
        return web.Response(status=204)

    async def _get_events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        listener = self._listeners.join()
        try:
            await self._feed(response, listener)
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
        except ConnectionResetError:
            pass  # the browser has left: that is how such a request ends
        finally:
            self._listeners.leave(listener)
        return response

    async def _feed(self, response: web.StreamResponse, listener: Listener) -> None:
        async for chunk in listener.chunks(self._beat):
            async with asyncio.timeout(self._patience):
                await response.write(chunk)
