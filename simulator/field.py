"""What lies on the antenna: tags are laid, lifted and fed; commands reach them or meet silence.

A lift (or a lay) may be armed to happen once a number of bytes has crossed the wire, in either
direction; the owner of the wire reports each byte with `crossed`. An armed event happens as soon as
its last byte has crossed and before the command that this byte completes is carried out:

* on a byte of the request, the tag is gone before the command is executed;
* on a byte of the answer, the command was executed, and the tag is gone before the host knows it;
* beyond, it goes in the middle of a later exchange.

`tear` is the fourth case: the tag executes the next command that changes it and is gone before it
can answer on the air, so that the reader hears silence although the tag has changed. It may carry
out some commands before, and stop halfway through the last: the first half of the bytes that this
would change are then new, the others old; a single byte stays old.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeVar

from drivers.interface import Uid
from simulator.tags import SimTag

T = TypeVar("T")


class UnknownTag(LookupError):
    """No tag goes by this UID or name; the text is fit for a technician."""


class Anyone(Enum):
    """Whom a command without a UID addresses."""

    PRESENT = "whoever is there"
    SELECTED = "the selected tag"


class Silence(Enum):
    """Why no tag answered in a way that a reader understands."""

    NOBODY = "nobody answered"
    COLLISION = "several answered at once"


@dataclass(slots=True)
class Counters:
    """What has happened in a field since it was made."""

    bytes_crossed: int = 0
    lays: int = 0
    lifts: int = 0
    rf_resets: int = 0
    inventories: int = 0
    commands: Counter[Uid] = field(default_factory=Counter)
    """Commands that each tag carried out."""


@dataclass(frozen=True, slots=True)
class _Armed:
    at: int
    act: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Tear:
    after: int
    halfway: bool


class Field:
    """An antenna and the tags that are known to it, laid or not."""

    def __init__(self, tags: Iterable[SimTag] = (), laid: Iterable[Uid] = ()) -> None:
        self.tags: dict[Uid, SimTag] = {}
        self.counters = Counters()
        self._laid: dict[Uid, None] = {}
        self._armed: list[_Armed] = []
        self._torn: dict[Uid, _Tear] = {}
        self._powered = True
        self._waiting: list[asyncio.Future[None]] = []
        self.moved: Callable[[], None] = lambda: None
        """Told of every tag that is laid or lifted: a watcher that does not sleep."""
        for tag in tags:
            self.add(tag)
        for uid in laid:
            self.lay(uid)

    # ------------------------------------------------------------------ what people do

    def add(self, tag: SimTag) -> None:
        """Make a tag known; a tag of the same UID is replaced."""
        self.tags[tag.uid] = tag
        self._changed()

    def find(self, name: str) -> Uid:
        """The UID of a tag by its UID or its name."""
        wanted = name.upper()
        exact = [tag.uid for tag in self.tags.values() if wanted == tag.uid or name == tag.name]
        if len(exact) == 1:
            return exact[0]
        if len(exact) > 1:
            raise UnknownTag(f"{len(exact)} tags are named {name!r}: say which by UID")
        raise UnknownTag(f"no tag is named {name!r}: `ritournelle-sim tags` lists them")

    def lay(self, uid: Uid, after_bytes: int = 0) -> None:
        """Lay a tag on the antenna, now or when `after_bytes` more bytes have crossed."""
        self._known(uid)
        self._when(after_bytes, lambda: self._lay(uid))

    def lift(self, uid: Uid, after_bytes: int = 0) -> None:
        """Take a tag away, now or when `after_bytes` more bytes have crossed."""
        self._known(uid)
        self._when(after_bytes, lambda: self._lift(uid))

    def tear(self, uid: Uid, *, after: int = 0, halfway: bool = False) -> None:
        """Let the tag execute the next write, and be gone before it answers on the air.

        It carries out `after` writes before that one; `halfway`: and only half of that one.
        """
        self._known(uid)
        self._torn[uid] = _Tear(after, halfway)

    def lift_all(self) -> None:
        """Clear the antenna, and forget what was armed."""
        self._armed.clear()
        self._torn.clear()
        for uid in tuple(self._laid):
            self._lift(uid)

    @property
    def laid(self) -> tuple[Uid, ...]:
        """What lies on the antenna, in the order of laying."""
        return tuple(self._laid)

    # ------------------------------------------------------------------ what the wire does

    def crossed(self, count: int) -> None:
        """Report `count` bytes that have crossed the wire; armed events happen on their byte."""
        target = self.counters.bytes_crossed + count
        due = sorted((armed for armed in self._armed if armed.at <= target), key=lambda a: a.at)
        for armed in due:
            self._armed.remove(armed)
            self.counters.bytes_crossed = armed.at
            armed.act()
        self.counters.bytes_crossed = target
        self._changed()

    @property
    def next_event_in(self) -> int | None:
        """Bytes until the next armed event: no more than that may be reported as one piece."""
        if not self._armed:
            return None
        return min(armed.at for armed in self._armed) - self.counters.bytes_crossed

    # ------------------------------------------------------------------ what the reader does

    @property
    def powered(self) -> bool:
        """Whether the field is on."""
        return self._powered

    def power(self, *, on: bool) -> None:
        """Switch the field; without it the tags forget quiet and selected."""
        self._powered = on
        if not on:
            self.counters.rf_resets += 1
            for tag in self.tags.values():
                tag.power_off()
        self._changed()

    def reset(self) -> None:
        """Take the field away for a moment; a field that is off stays off."""
        powered = self._powered
        self.power(on=False)
        self.power(on=powered)

    def inventory(self, *, quiet_too: bool = False) -> tuple[SimTag, ...]:
        """The tags that answer an inventory: laid, fed and, usually, not quiet."""
        self.counters.inventories += 1
        self._changed()
        return tuple(tag for tag in self._fed() if quiet_too or not tag.quiet)

    def hush(self, tags: Iterable[SimTag]) -> None:
        """Silence tags in later inventories, as *stay quiet* does, without a command counted."""
        for tag in tags:
            tag.quiet = True

    def command(
        self, who: Uid | Anyone, act: Callable[[SimTag], T], *, writes: bool = False
    ) -> T | Silence:
        """Let the addressed tag carry out `act`, and give its answer, or the silence instead.

        `writes` tells that `act` changes what the tag remembers.
        """
        heard = [tag for tag in self._fed() if _listens(tag, who)]
        if not heard:
            return Silence.NOBODY
        torn = [tag.uid for tag in heard if writes and self._is_torn_by_this(tag.uid)]
        halves = {uid for uid in torn if self._torn.pop(uid).halfway}
        answers = [_half_done(tag, act) if tag.uid in halves else act(tag) for tag in heard]
        for tag in heard:
            self.counters.commands[tag.uid] += 1
        for uid in torn:
            self._lift(uid)
        self._changed()
        if len(heard) > 1:
            return Silence.COLLISION
        return Silence.NOBODY if torn else answers[0]

    def select(self, who: Uid) -> Silence | None:
        """Select one tag; whichever was selected goes back to ready."""
        for tag in self._fed():
            tag.selected = False
        return self.command(who, SimTag.select)

    # ------------------------------------------------------------------ what a watcher does

    async def until(self, condition: Callable[["Field"], bool]) -> None:
        """Wait until `condition` holds; it is looked at after each change of this field."""
        while not condition(self):
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future

    def _changed(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def _is_torn_by_this(self, uid: Uid) -> bool:
        """Count one write of a tag that is to be torn, and tell whether it is the one."""
        tear = self._torn.get(uid)
        if tear is None or not tear.after:
            return tear is not None
        self._torn[uid] = replace(tear, after=tear.after - 1)
        return False

    def _fed(self) -> list[SimTag]:
        return [self.tags[uid] for uid in self._laid] if self._powered else []

    def _known(self, uid: Uid) -> None:
        if uid not in self.tags:
            raise UnknownTag(f"no tag has the UID {uid}: `ritournelle-sim tags` lists them")

    def _when(self, after_bytes: int, act: Callable[[], None]) -> None:
        if after_bytes <= 0:
            act()
        else:
            self._armed.append(_Armed(self.counters.bytes_crossed + after_bytes, act))

    def _lay(self, uid: Uid) -> None:
        if uid not in self._laid:
            self._laid[uid] = None
            self.counters.lays += 1
            self._changed()
            self.moved()

    def _lift(self, uid: Uid) -> None:
        if uid in self._laid:
            del self._laid[uid]
            self.tags[uid].power_off()
            self.counters.lifts += 1
            self._changed()
            self.moved()


def _listens(tag: SimTag, who: Uid | Anyone) -> bool:
    match who:
        case Anyone.PRESENT:
            return not tag.quiet
        case Anyone.SELECTED:
            return tag.selected
        case uid:
            return tag.uid == uid


def _half_done(tag: SimTag, act: Callable[[SimTag], T]) -> T:
    """Let a tag lose its power in the middle of `act`."""
    memory, afi, dsfid, eas = bytes(tag.memory), tag.afi, tag.dsfid, tag.eas
    answer = act(tag)
    changed = [at for at, old in enumerate(memory) if tag.memory[at] != old]
    for at in changed[len(changed) // 2 :]:
        tag.memory[at] = memory[at]
    tag.afi, tag.dsfid, tag.eas = afi, dsfid, eas
    return answer
