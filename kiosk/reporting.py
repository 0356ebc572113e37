"""Who is told how the kiosk is: `/healthz`, `/metrics`, the service manager, the catalogue."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import structlog
from aiohttp import web

from catalogue_api.contract.endpoint import Refused
from catalogue_api.contract.kiosks import HEARTBEAT, KioskNews
from catalogue_api.contract.sorting import SortingOrder
from kiosk.catalogue import Catalogue, CatalogueError
from kiosk.clock import Clock
from kiosk.health import Checkup, in_one_line
from kiosk.metrics import CountingScreen, exposition
from kiosk.screen.place import Place, SiteText
from kiosk.screen.texts import Speak
from kiosk.session.states import Language
from kiosk.systemd import ServiceManager

_UNWATCHED = 30.0  # seconds between two status lines where no watchdog waits
_FIRST_PAUSE = 2.0  # seconds: what is true at the start is soon true no more

log = structlog.get_logger(__name__)


def routes(checkup: Checkup, screen: CountingScreen) -> list[web.RouteDef]:
    """`/healthz` (503 while nothing is taken) and `/metrics`."""

    async def healthz(request: web.Request) -> web.Response:  # noqa: ARG001
        health = await checkup.health()
        said = "out_of_service" if health.faults else "ok"
        return web.json_response(
            {"status": said, "health": health.model_dump(mode="json")},
            status=503 if health.faults else 200,
        )

    async def metrics(request: web.Request) -> web.Response:  # noqa: ARG001
        text = exposition(await checkup.health(), screen.verdicts, screen.visits)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})

    return [web.get("/healthz", healthz), web.get("/metrics", metrics)]


async def serve(routes: list[web.RouteDef], host: str, port: int) -> web.AppRunner:
    """Answer them at an address of their own, where a Prometheus may come from elsewhere.

    Raises `OSError` where the port is taken.
    """
    application = web.Application(client_max_size=1024)
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner


async def watch_over(manager: ServiceManager, checkup: Checkup) -> None:
    """Give signs of life for ever: each has been through the loop and the journal's thread.

    A disk that hangs lets them stay out, and systemd starts the kiosk anew.
    """
    pause = manager.watchdog / 3 if manager.watchdog else _UNWATCHED
    while True:
        manager.alive(in_one_line(await checkup.health()))
        await asyncio.sleep(pause)


class Heartbeat:
    """Tells the catalogue how the kiosk is, and the screen what the library has to say."""

    def __init__(
        self,
        kiosk: str,
        catalogue: Catalogue,
        checkup: Checkup,
        tell: Callable[[KioskNews | None], None],
        sort_by: Callable[[SortingOrder], Awaitable[None]],
        clock: Clock,
        chance: random.Random,
        every: float,
    ) -> None:
        """`tell` hears the latest news, None where there are none; `every`: seconds, about.

        `sort_by` hears of another table of bins.
        """
        self._kiosk = kiosk
        self._catalogue = catalogue
        self._checkup = checkup
        self._tell = tell
        self._sort_by = sort_by
        self._clock = clock
        self._chance = chance
        self._every = every
        self._news: KioskNews | None = None
        self._heard = True

    async def beat_for_ever(self) -> None:
        """Beat, never in step with the other kiosks; often at first, while the kiosk starts."""
        pause = min(_FIRST_PAUSE, self._every)
        while True:
            await self.beat()
            await self._rest(pause * self._chance.uniform(0.8, 1.2))
            pause = min(2 * pause, self._every)

    async def _rest(self, seconds: float) -> None:
        """Wait for the next beat; a message that ends meanwhile is told of at its end."""
        until = self._news.message_until if self._news else None
        left = (until - self._clock.now()).total_seconds() if until else seconds
        if 0 < left < seconds:
            await asyncio.sleep(left)
            self._tell(self._news)
            seconds -= left
        await asyncio.sleep(seconds)

    async def beat(self) -> None:
        """Beat once; a catalogue that is away costs nothing but the news."""
        health, asked = await self._checkup.health(), self._clock.moment()
        try:
            news = await self._catalogue.call(HEARTBEAT, health, kiosk=self._kiosk)
        except (CatalogueError, Refused) as error:
            if self._heard:
                log.warning("heartbeat_not_heard", error=str(error))
            self._heard = False
        else:
            self._heard = True
            self._news = news
            self._clock.heard(news.now, asked)
            if news.sorting is not None:
                await self._sort_by(news.sorting)
        self._tell(self._news)


def with_news(place: Place, news: KioskNews | None, speak: Speak, now: datetime) -> Place:
    """Return what is known of the place: its settings, and over them what the library says now.

    An opening that has passed since it was told says nothing any more, nor does a message that is
    over, by the kiosk's clock: the catalogue may be away then.
    """
    if news is None:
        return place
    is_over = news.message_until is not None and news.message_until <= now
    if (news.message_fr or news.message_en) and not is_over:
        french, english = news.message_fr or news.message_en, news.message_en
        place = replace(place, message=SiteText(french, english))
    if news.open_now is not False or news.opens_at is None or news.opens_at <= now:
        return place
    at = news.opens_at
    words = [speak.moment(language, at, place.zone) for language in Language]
    return replace(place, staffed=False, closed=True, opening=SiteText(*words))
