"""The sorter's working day: let items in one by one, watch the sensors, come back when lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import assert_never

import structlog

from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.sorting import UNKNOWN_BIN
from kiosk.session.states import Fault
from kiosk.sorter import NotPutIn, Sorter, SorterError, SorterLost, Stuck

OpenSorter = Callable[[], Awaitable[Sorter]]

_SHORTEST, _LONGEST = 0.5, 10.0  # seconds between two tries to open it

log = structlog.get_logger(__name__)


class Mouth:
    """Carries out effects on the sorter, and makes events of what came of them."""

    def __init__(
        self,
        open_sorter: OpenSorter | None,
        emit: Callable[[ev.Event], None],
        sense: Callable[[frozenset[str]], Awaitable[None]],
        *,
        needed: bool,
        look: float,
    ) -> None:
        """`sense` hears which bins are full. `needed`: without it nothing can be taken.

        `look`: seconds between two looks at the sensors.
        """
        self._open_sorter = open_sorter
        self._emit = emit
        self._sense = sense
        self._needed = needed
        self._pause = look
        self._stirred = asyncio.Event()
        self._sorter: Sorter | None = None
        self._busy = asyncio.Lock()

    async def perform(self, effect: fx.SorterEffect) -> None:
        """Do what is asked."""
        match effect:
            case fx.Sort():
                await self._let_in(effect)
            case fx.CloseFlap():
                if self._sorter is not None:
                    self._sorter.close_flap()
            case _ as never:
                assert_never(never)

    async def look(self) -> str:
        """Say how the sorter is. Raises `SorterError`."""
        if self._sorter is None:
            raise SorterLost("the sorter does not answer: check its cable and power")
        async with self._busy:
            if await self._sorter.is_stuck():
                raise Stuck("the flap stands open, or something lies behind it: free it")
            full = await self._sorter.full()
        return f"bins full: {', '.join(sorted(full)) or 'none'}"

    def stir(self) -> None:
        """Look at the sensors at once: something is known to have changed there."""
        self._stirred.set()

    async def watch_for_ever(self) -> None:
        """Open the sorter again and again, and look at its sensors while nothing is let in."""
        if self._open_sorter is None:
            return
        self._out_of_order("not opened yet")
        pause = _SHORTEST
        while True:
            try:
                sorter = await self._open_sorter()
            except SorterError as error:
                self._out_of_order(str(error))
                await asyncio.sleep(pause)
                pause = min(_LONGEST, pause * 2)
                continue
            log.info("sorter_open")
            try:
                await self._watch(sorter)
            except SorterError as error:
                self._out_of_order(str(error))
            finally:
                self._sorter = None
                await sorter.close()
            await asyncio.sleep(_SHORTEST)
            pause = _SHORTEST

    async def _watch(self, sorter: Sorter) -> None:
        """Look until it is lost; a stuck flap is watched until somebody has freed it."""
        self._sorter = sorter
        stuck = None
        while self._sorter is sorter:
            async with self._busy:
                now = await sorter.is_stuck()
                await self._sense(await sorter.full())
            if now and not stuck:
                self._out_of_order("the flap stands open, or something lies behind it")
            elif not now and stuck is not False:
                self._emit(ev.FaultCleared(Fault.SORTER))
            stuck = now
            self._stirred.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), self._pause)

    async def _let_in(self, effect: fx.Sort) -> None:
        sorter = self._sorter
        if sorter is None:
            self._emit(ev.NotSorted(effect.return_id, inside=False))
            return
        try:
            async with self._busy:
                await sorter.take(effect.bin)
        except SorterError as error:
            self._not_let_in(effect, error)
        else:
            self._emit(ev.Sorted(effect.return_id, effect.bin))

    def _not_let_in(self, effect: fx.Sort, error: SorterError) -> None:
        if error.moved:
            # In some bin or still behind the flap: only somebody who looks can say.
            self._emit(ev.Sorted(effect.return_id, UNKNOWN_BIN))
        else:
            self._emit(ev.NotSorted(effect.return_id, inside=error.inside))
        match error:
            case NotPutIn():
                log.info("not_put_in", return_id=str(effect.return_id))
            case Stuck() | SorterLost():
                # Opened anew, it says for itself whether the flap still stands open.
                self._out_of_order(str(error))
                self._sorter = None
            case _:
                self._out_of_order(str(error))

    def _out_of_order(self, why: str) -> None:
        log.error("sorter_out_of_order", why=why, needed=self._needed)
        if self._needed:
            self._emit(ev.FaultAppeared(Fault.SORTER))
