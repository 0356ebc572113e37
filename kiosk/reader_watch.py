"""The reader of a kiosk: opened again and again when it is lost, watched while it is open."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from drivers.errors import ReaderError
from drivers.interface import Reader
from kiosk.antenna import Antenna
from kiosk.securing import Alarm, require
from kiosk.session import events as ev
from kiosk.session.states import Fault

_REOPEN_SHORTEST, _REOPEN_LONGEST = 0.25, 10.0  # seconds

log = structlog.get_logger(__name__)


class ReaderWatch:
    """Keeps a reader open and its antenna watched; tells the session when there is none."""

    def __init__(
        self,
        open_reader: Callable[[], Awaitable[Reader]],
        antenna: Antenna,
        alarm: Alarm,
        emit: Callable[[ev.Event], None],
    ) -> None:
        """`alarm`: what the gates listen to; a reader that cannot set it is not taken."""
        self._open_reader = open_reader
        self._antenna = antenna
        self._alarm = alarm
        self._emit = emit
        self.reader = ""
        """Family and firmware of the open reader; empty while there is none."""

    async def watch_for_ever(self) -> None:
        """Open the reader again and again: later each time, unless it had worked for a while."""
        clock, pause = asyncio.get_running_loop().time, _REOPEN_SHORTEST
        while True:
            began = clock()
            await self._open_and_watch()
            if clock() - began > _REOPEN_LONGEST:
                pause = _REOPEN_SHORTEST
            await asyncio.sleep(pause)
            pause = min(_REOPEN_LONGEST, pause * 2)

    async def _open_and_watch(self) -> None:
        try:
            reader = await self._open_reader()
        except ReaderError as error:
            log.error("reader_not_opened", error=str(error))
            return
        try:
            require(self._alarm, reader.info)
            log.info("reader_open", family=reader.info.family, firmware=reader.info.firmware)
            self.reader = f"{reader.info.family} {reader.info.firmware}".strip()
            self._emit(ev.FaultCleared(Fault.READER))
            await self._antenna.watch(reader)
        except ReaderError as error:
            log.error("reader_lost", error=str(error))
            self._emit(ev.FaultAppeared(Fault.READER))
        finally:
            self.reader = ""
            await reader.close()
