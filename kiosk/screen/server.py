"""The local server of the patron screen: one page, and the events that keep it true."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from enum import StrEnum
from typing import TypeVar

from aiohttp import web

from kiosk.screen.announce import announce
from kiosk.screen.listeners import Listener, Listeners, event
from kiosk.screen.pages import STATIC, Pages, direction
from kiosk.screen.picture import Screen
from kiosk.screen.place import Place
from kiosk.screen.protection import add_headers, check_origin, only_this_machine
from kiosk.screen.speech import Speech, SpeechFailed
from kiosk.screen.texts import Speak, load
from kiosk.screen.view import view
from kiosk.session.effects import Sound
from kiosk.session.events import AidSwitched, LanguageChosen, PatronEvent, Pressed, Touched
from kiosk.session.states import Aid, Session, Stopped

Choice = TypeVar("Choice", bound=StrEnum | str)


class ScreenServer:
    """Shows sessions to browsers; out of service until the first is shown.

    `emit` is called with what people do at the screen, `take_barcode` with what they scan. `port` 0
    takes a free one. `beat`: seconds between signs of life; `patience`: seconds a browser may keep
    a write waiting before its connection is cut (it comes back by itself and gets the present
    state).
    """

    def __init__(
        self,
        place: Place,
        host: str,
        port: int,
        emit: Callable[[PatronEvent], None],
        take_barcode: Callable[[str], None] = lambda _: None,
        *,
        beat: float = 5.0,
        patience: float = 10.0,
        speech: Speech | None = None,
    ) -> None:
        self._place, self._host, self._port = place, host, port
        self._emit = emit
        self._take_barcode = take_barcode
        self._beat, self._patience = beat, patience
        self._speech = speech or Speech()
        self._speak = load()
        self._pages = Pages(place, self._speak)
        self._session = Session(phase=Stopped(), language=place.languages[0])
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

    @property
    def speak(self) -> Speak:
        """The texts of the screen."""
        return self._speak

    async def start(self, routes: Iterable[web.RouteDef] = ()) -> None:
        """Listen, for `routes` too. Raises `OSError` where the port is taken."""
        application = self._application(routes)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
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

    def tell(self, place: Place) -> None:
        """Take what is new about the place, such as its opening; open pages load anew."""
        if place == self._place:
            return
        self._place = place
        self._pages = Pages(place, self._speak)
        self._screen = view(self._session, place, self._speak)
        self._listeners.show(self._event(self._screen, self._screen))

    def play(self, sound: Sound) -> None:
        """Let a sound be heard."""
        self._listeners.play(event("sound", sound.value))

    def _event(self, before: Screen | None, screen: Screen) -> bytes:
        said = announce(before, screen)
        aloud = said and (self._place.speaks or Aid.SPEECH in screen.aids)
        return event(
            "screen",
            {
                "version": self._pages.version,
                "language": screen.language.value,
                "direction": direction(screen.language),
                "aids": " ".join(screen.aids),
                "main": self._pages.main(screen),
                "controls": self._pages.controls(screen),
                "say": said,
                "speech": self._speech.name(screen.language, said) if aloud else "",
            },
        )

    def _application(self, routes: Iterable[web.RouteDef]) -> web.Application:
        application = web.Application(
            middlewares=[only_this_machine(self._host)], client_max_size=1024
        )
        application.add_routes(
            [
                web.get("/", self._get_page),
                web.get("/events", self._get_events),
                web.get("/speech/{name}.wav", self._get_speech),
                web.post("/language", self._post_language),
                web.post("/aid", self._post_aid),
                web.post("/press", self._post_press),
                web.post("/touch", self._post_touch),
                web.post("/barcode", self._post_barcode),
                web.get("/state.json", self._get_state),
                web.static("/static/", STATIC),
                *routes,
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

    async def _get_speech(self, request: web.Request) -> web.Response:
        try:
            sound = await self._speech.sound(request.match_info["name"])
        except KeyError:
            raise web.HTTPNotFound(text="nothing of that name was said lately") from None
        except SpeechFailed as error:
            raise web.HTTPServiceUnavailable(text=str(error)) from error
        return web.Response(body=sound, content_type="audio/wav")

    async def _post_language(self, request: web.Request) -> web.Response:
        wanted = await _choice(request, "language", self._place.languages)
        return self._take(request, LanguageChosen(wanted))

    async def _post_aid(self, request: web.Request) -> web.Response:
        return self._take(request, AidSwitched(await _choice(request, "aid", tuple(Aid))))

    async def _post_press(self, request: web.Request) -> web.Response:
        shown = [button.key for button in self._screen.buttons]
        return self._take(request, Pressed(await _choice(request, "button", shown)))

    async def _post_touch(self, request: web.Request) -> web.Response:
        check_origin(request)
        return self._take(request, Touched())

    async def _post_barcode(self, request: web.Request) -> web.Response:
        """Somebody typed or scanned a barcode; the session knows whether they may."""
        check_origin(request)
        text = (await request.post()).get("barcode", "")
        self._take_barcode(text if isinstance(text, str) else "")
        return self._take(request, Touched())

    def _take(self, request: web.Request, deed: PatronEvent) -> web.Response:
        """Hand on what somebody did; a browser without scripts is shown the page again."""
        self._emit(deed)
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
        except ConnectionError:
            pass  # the browser has left: that is how such a request ends
        finally:
            self._listeners.leave(listener)
        return response

    async def _feed(self, response: web.StreamResponse, listener: Listener) -> None:
        async for chunk in listener.chunks(self._beat):
            async with asyncio.timeout(self._patience):
                await response.write(chunk)


async def _choice(request: web.Request, field: str, offered: Collection[Choice]) -> Choice:
    """Return which of the `offered` a form names. Raises `HTTPForbidden`, `HTTPBadRequest`."""
    check_origin(request)
    wanted = (await request.post()).get(field, "")
    for choice in offered:
        if choice == wanted:
            return choice
    raise web.HTTPBadRequest(text=f"{field} must be one of: {', '.join(offered)}")
