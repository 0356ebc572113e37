"""Who sees what a kiosk promises, secures and swallows, and looks at once into its journal."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from catalogue_api.contract.returns import PartsCheck
from drivers.interface import Uid
from kiosk.journal import Journal
from kiosk.tagging import MISSING_PART
from simulator.world import town
from simulator.world.plan import Kind
from simulator.world.story import Invariant, Story
from simulator.world.watching import Promise


class Witness:
    """Stands beside one kiosk; `born` tells when each of its identifiers was made, in seconds."""

    def __init__(
        self,
        kiosk: str,
        story: Story,
        things: Iterable[town.Thing],
        journal: Callable[[], Journal | None],
        born: Mapping[UUID, float],
    ) -> None:
        self._kiosk = kiosk
        self._story = story
        self._things = {thing.barcode: thing for thing in things}
        self._of_tag = {tag.uid: thing for thing in self._things.values() for tag in thing.tags}
        self._journal = journal
        self._born = born

    def promised(self, promise: Promise) -> None:
        """See a promise made: the return is in the journal, with each part that is missing."""
        journal = self._journal()
        entry = journal.entry(promise.return_id) if journal is not None else None
        what = f"{self._kiosk}: {promise.barcode} {promise.return_id}"
        if entry is None:
            self._story.broke(Invariant.PROMISE, what)
            return
        if entry.request.parts_check is PartsCheck.NO_ANSWER:
            self._story.fault(Kind.NOT_ANSWERED, what)
        thing = self._things.get(promise.barcode)
        if thing is None or self._born.get(promise.return_id, 0.0) < thing.since:
            return
        unnamed = {f"{MISSING_PART}{n}" for n in thing.forgotten} - set(entry.request.warnings)
        if unnamed:
            self._story.broke(Invariant.WHOLE, f"{what}: {', '.join(sorted(unnamed))}")

    def secured(self, uid: Uid) -> None:
        """See a tag secured: the journal must know of its item already."""
        barcode = self._of_tag[uid].barcode
        self._story.tell(f"{self._kiosk}: tag of {barcode} secured")
        if not self._is_known(barcode):
            self._story.broke(Invariant.RECORDED_FIRST, f"{self._kiosk}: {barcode}")

    def swallowed(self, thing: town.Thing) -> None:
        """See something fall in at the slot: the journal must know of it already.

        While the program does not run, a flap that sticks is anybody's; that is judged at the end.
        """
        self._story.tell(f"{self._kiosk}: {thing.barcode} has passed the flap")
        if self._journal() is not None and not self._is_known(thing.barcode):
            self._story.broke(Invariant.SWALLOWED, f"{self._kiosk}: {thing.barcode}")

    def _is_known(self, barcode: str) -> bool:
        journal = self._journal()
        return journal is not None and journal.last_of_barcode(barcode) is not None
