"""What is seen of a kiosk from the outside: its screen, and the tags on its antenna."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from drivers.interface import Uid
from drivers.iso15693 import AFI_IN_STOCK
from kiosk.outcomes import facts
from kiosk.screen.rows import is_returned
from kiosk.session.effects import Sound
from kiosk.session.states import Idle, Laid, Session, Stage, Stopped
from simulator.field import Anyone, Field, Silence
from simulator.tags import SimTag
from simulator.world.story import Story

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Promise:
    """What a screen promised of one item, and when."""

    return_id: UUID
    barcode: str
    bin: str
    at: float


class WatchedScreen:
    """A screen that a patron looks at, and that remembers every promise it made."""

    def __init__(self, name: str, story: Story, promised: Callable[[Promise], None]) -> None:
        """`promised` is told each promise as it is made."""
        self._name = name
        self._story = story
        self._promised = promised
        self._session = Session(phase=Stopped())
        self._changed = asyncio.Event()
        self.promises: dict[UUID, Promise] = {}
        self.powered = False

    def begin(self) -> None:
        """Show nothing yet."""
        self._session = Session(phase=Stopped())

    def show(self, session: Session) -> None:
        """Show the present state: what it says from now on is promised."""
        if not self.powered:
            return
        if type(session.phase) is not type(self._session.phase):
            self._story.tell(f"{self._name}: {type(session.phase).__name__.lower()}")
        self._session = session
        for laid in self.items():
            if is_returned(laid) and laid.return_id not in self.promises:
                self._promise(laid)
        self._changed.set()

    def play(self, sound: Sound) -> None:
        """Let a sound be heard by nobody."""

    def items(self) -> tuple[Laid, ...]:
        """What is shown, item by item."""
        phase = self._session.phase
        return () if isinstance(phase, Idle) or not self.powered else phase.items

    def bin_of(self, barcode: str) -> str | None:
        """Return the bin that was last promised for an item; None if nothing ever was."""
        made = [promise.bin for promise in self.promises.values() if promise.barcode == barcode]
        return made[-1] if made else None

    @property
    def open(self) -> bool:
        """Whether the kiosk takes anything."""
        return self.powered and not isinstance(self._session.phase, Stopped)

    async def until(self, uids: Iterable[Uid], patience: float) -> dict[Uid, Laid]:
        """Wait until the screen has spoken of all these, or patience ends; tell what it says."""
        wanted = set(uids)
        try:
            async with asyncio.timeout(patience):
                while not wanted <= self._told().keys():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            pass
        return {uid: laid for uid, laid in self._told().items() if uid in wanted}

    async def seen(self, is_so: Callable[[Session], bool], patience: float) -> Session | None:
        """Wait until the screen shows something; None where patience ends before."""
        try:
            async with asyncio.timeout(patience):
                while not (self.powered and is_so(self._session)):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return None
        return self._session

    def _told(self) -> dict[Uid, Laid]:
        return {
            uid: laid
            for laid in self.items()
            if laid.stage is Stage.SETTLED
            for uid in (laid.uid, *(part.uid for part in laid.parts))
        }

    def _promise(self, laid: Laid) -> None:
        if laid.return_id is None or laid.item is None or laid.verdict is None:
            return
        barcode = laid.item.barcode
        self._story.tell(
            f"{self._name}: promised {barcode}: {laid.verdict.value}, bin {laid.bin or '-'} "
            f"({laid.return_id})"
        )
        at = asyncio.get_running_loop().time()
        self.promises[laid.return_id] = Promise(laid.return_id, barcode, laid.bin, at)
        self._promised(self.promises[laid.return_id])


class WatchedField(Field):
    """An antenna that tells of every tag moved, and of every alarm switched on."""

    def __init__(
        self,
        tags: Iterable[SimTag],
        moved: Callable[[], None],
        secured: Callable[[Uid], None],
    ) -> None:
        super().__init__(tags)
        self.moved = moved
        self._secured = secured

    def command(
        self, who: Uid | Anyone, act: Callable[[SimTag], T], *, writes: bool = False
    ) -> T | Silence:
        """Let a tag carry out a command; look at the alarms before and after."""
        if not writes:
            return super().command(who, act)
        off = [uid for uid in self.laid if self.tags[uid].afi != AFI_IN_STOCK]
        answer = super().command(who, act, writes=True)
        for uid in off:
            if self.tags[uid].afi == AFI_IN_STOCK:
                self._secured(uid)
        return answer


def accepted(laid: Laid) -> bool:
    """Say whether the screen told its patron to leave this item."""
    return laid.verdict is not None and facts(laid.verdict).accepted
