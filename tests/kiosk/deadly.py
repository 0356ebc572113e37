"""Parts of a kiosk that end its life at one step of a return, and else do their work.

A step is written `before record` or `after place again`: the second word of it names what is done,
`again` that it is done for the second time in this life.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable
from inspect import iscoroutinefunction

from catalogue_api.contract.kiosks import GREET_KIOSK, TALLY_RETURNS
from catalogue_api.contract.returns import PLACE_ITEM, RETURN_BATCH, RETURN_ITEM

FLAP, BELT = 0, 1
"""The relays of the slot that these kiosks have."""

JOURNAL = {
    "record": "record",
    "answered": "answered",
    "settle": "settle",
    "placed": "placed",
    "heard": "heard",
    "date": "date",
    "together": "empty",
    "give_receipt": "number",
}
READER = {"read_blocks": "read", "write_afi": "write", "chip_info": "read-back"}
CATALOGUE = {
    GREET_KIOSK: "greet",
    TALLY_RETURNS: "tally",
    RETURN_ITEM: "ask",
    RETURN_BATCH: "batch",
    PLACE_ITEM: "place",
}


STEPS = {
    "journal": ("record", "answered", "settle", "settle again", "placed"),
    "catalogue": ("heard", "date", "greet", "tally", "ask", "batch", "place"),
    "tag and receipt": ("read", "write", "read-back", "number", "print"),
    "bin": ("let-in", "flap-opens", "flap-closes", "belt-runs", "empty"),
}
"""What a kiosk does around a return, step by step."""


def kill() -> None:
    """End this process by SIGKILL."""
    os.kill(os.getpid(), signal.SIGKILL)


class Fate:
    """Knows at which step this life ends, and how; the empty step is none."""

    def __init__(self, step: str, end: Callable[[], None] = kill) -> None:
        self._step = step
        self._end = end
        self._times: Counter[str] = Counter()

    def before(self, name: str) -> None:
        """Something is about to be done."""
        self._times[name] += 1
        self._die(f"before {name}")

    def after(self, name: str) -> None:
        """It is done."""
        self._die(f"after {name}")

    def _die(self, where: str) -> None:
        times = self._times[where.split()[1]]
        if self._step in {1: (where,), 2: (f"{where} again",)}.get(times, ()):
            self._end()


class Deadly:
    """Stands around a part; `names`: which of its methods are steps."""

    def __init__(self, inner, fate: Fate, names: dict[str, str]) -> None:
        self._inner = inner
        self._fate = fate
        self._names = names

    def __getattr__(self, method: str):
        found, name = getattr(self._inner, method), self._names.get(method)
        if name is None:
            return found
        wrap = _coroutine if iscoroutinefunction(found) else _call
        return wrap(found, self._fate, name)


class DeadlyCatalogue:
    """Stands around a catalogue: each of its questions is a step."""

    def __init__(self, inner, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate

    async def call(self, endpoint, body, **path):
        """Ask one question."""
        if (name := CATALOGUE.get(endpoint)) is None:
            return await self._inner.call(endpoint, body, **path)
        self._fate.before(name)
        answer = await self._inner.call(endpoint, body, **path)
        self._fate.after(name)
        return answer


class DeadlyBoard:
    """Stands around a relay board: what flap and belt do for an item are steps."""

    def __init__(self, inner, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate
        self._flap_is_open = False

    def __getattr__(self, method: str):
        return getattr(self._inner, method)

    async def switch(self, relay: int, *, on: bool) -> None:
        """Switch a relay."""
        name = self._name(relay, on)
        if name:
            self._fate.before(name)
        await self._inner.switch(relay, on=on)
        if relay == FLAP:
            self._flap_is_open = on
        if name:
            self._fate.after(name)

    def _name(self, relay: int, on: bool) -> str:
        if relay == FLAP:
            return "flap-opens" if on else "flap-closes" if self._flap_is_open else ""
        return "belt-runs" if relay == BELT and on else ""


def _call(method, fate: Fate, name: str):
    def around(*args, **kwargs):
        fate.before(name)
        found = method(*args, **kwargs)
        fate.after(name)
        return found

    return around


def _coroutine(method, fate: Fate, name: str):
    async def around(*args, **kwargs):
        fate.before(name)
        found = await method(*args, **kwargs)
        fate.after(name)
        return found

    return around
