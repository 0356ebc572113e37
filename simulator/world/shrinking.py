"""From a world in which something broke to the shortest one in which it still breaks."""

from collections.abc import Callable
from dataclasses import replace

from simulator.world.plan import Event, Plan
from simulator.world.playing import Played
from simulator.world.story import Invariant

_TRIES = 150
"""Worlds that are played at the most for one shortening."""


def shrink(plan: Plan, broken: Invariant, play: Callable[[Plan], Played]) -> Played:
    """Leave out events for as long as the same invariant still breaks."""
    found = play(plan)
    tries, size = 1, max(1, len(plan.events) // 2)
    while size:
        kept, start = found.plan.events, 0
        while start < len(kept) and tries < _TRIES:
            tries += 1
            played = play(replace(plan, events=_without(kept, start, size)))
            if any(violation.invariant is broken for violation in played.story.violations):
                found, kept = played, played.plan.events
            else:
                start += size
        size //= 2
    return found


def _without(events: tuple[Event, ...], start: int, size: int) -> tuple[Event, ...]:
    return events[:start] + events[start + size :]
