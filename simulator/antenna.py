"""What any reader does to the tags on its antenna: the result, and its seconds on the air."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from drivers.interface import Uid
from drivers.iso15693 import TagError
from simulator.field import Anyone, Field, Silence
from simulator.tags import SimTag
from simulator.timing import Air, inventory

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Failure: TypeAlias = TagError | Silence


@dataclass(frozen=True, slots=True)
class Heard(Generic[T_co]):
    """What came back from the air, after `air` seconds."""

    result: T_co | Failure
    air: float


class Antenna:
    """Commands to the tags of one field."""

    def __init__(self, field: Field, air: Air | None = None) -> None:
        self.field = field
        self.air = air or Air()

    def inventory(self) -> tuple[Sequence[SimTag], float]:
        """All tags that answer, each once, in a field that is switched off before."""
        self.field.reset()
        found = self.field.inventory()
        return found, inventory(tag.uid for tag in found)

    def read(self, who: Uid | Anyone, first: int, count: int, *, locks: bool) -> Heard[bytes]:
        """Blocks, joined; with `locks` the air carries their lock status too."""
        size = self.block_size(who) + (1 if locks else 0)
        return self.ask(who, lambda tag: tag.read(first, count), self.air.read(count * size))

    def locks(self, who: Uid | Anyone, first: int, count: int) -> Heard[bytes]:
        """Lock status of blocks that were just read: no time of its own."""
        return self.ask(who, lambda tag: tag.security(first, count), 0.0)

    def describe(self, who: Uid | Anyone) -> Heard[SimTag]:
        """The tag, for its system information."""
        return self.ask(who, lambda tag: tag, self.air.system_info())

    def eas(self, who: Uid | Anyone) -> Heard[bool]:
        """True for a tag that raises the alarm; silence for any other."""
        heard = self.ask(who, lambda tag: tag.eas, self.air.eas_alarm())
        if heard.result is False:
            return Heard(Silence.NOBODY, self.air.unanswered())
        return heard

    def hush(self, who: Uid) -> Heard[bool]:
        """Silence a tag in later inventories: it does not answer this."""

        def quiet(tag: SimTag) -> bool:
            tag.quiet = True
            return True

        self.field.command(who, quiet)
        return Heard(True, self.air.unanswered())

    def write(self, who: Uid | Anyone, first: int, blocks: Sequence[bytes]) -> Heard[bool]:
        """Write one block after the other, until one fails."""
        return self.each(who, [_writing(first + at, block) for at, block in enumerate(blocks)])

    def each(
        self, who: Uid | Anyone, acts: Sequence[Callable[[SimTag], TagError | None]]
    ) -> Heard[bool]:
        """Change one cell after the other, until one fails."""
        air = 0.0
        for act in acts:
            heard = self.change(who, act, 1 + self.block_size(who))
            air += heard.air
            if heard.result is not True:
                return Heard(heard.result, air)
        return Heard(True, air)

    def change(
        self, who: Uid | Anyone, act: Callable[[SimTag], TagError | None], parameters: int
    ) -> Heard[bool]:
        """Change one cell, with so many bytes in the request on the air."""
        result = self.field.command(who, act, writes=True)
        match result:
            case None:
                return Heard(True, self.air.write(parameters))
            case TagError():
                return Heard(result, self.air.order())
            case Silence():
                return Heard(result, self.air.unanswered_write(parameters))

    def ask(self, who: Uid | Anyone, act: Callable[[SimTag], T | TagError], air: float) -> Heard[T]:
        """Ask a tag something that takes `air` seconds when it answers."""
        result = self.field.command(who, act)
        if isinstance(result, Silence):
            return Heard(result, self.air.unanswered())
        if isinstance(result, TagError):
            return Heard(result, self.air.order())
        return Heard(result, air)

    def block_size(self, who: Uid | Anyone) -> int:
        """The block size of the tag that is meant; the usual one where it is not known."""
        tag = None if isinstance(who, Anyone) else self.field.tags.get(who)
        return tag.model.block_size if tag else 4


def _writing(block: int, data: bytes) -> Callable[[SimTag], TagError | None]:
    return partial(SimTag.write, block=block, data=data)
