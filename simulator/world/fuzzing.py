"""Plays many worlds, in several processes if wanted, and adds up what came of them."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import structlog

from simulator.world.plan import Plan, draw
from simulator.world.playing import Played, Stage, quick_folder
from simulator.world.shrinking import shrink
from simulator.world.town import furnish

_CHUNK = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A violation: its seed, the invariant, and the history of the shortest world that shows it."""

    seed: int
    invariant: str
    detail: str
    history: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What a number of worlds came to. `virtual_hours` are counted for each kiosk by itself."""

    seeds: int = 0
    virtual_hours: float = 0.0
    wall_seconds: float = 0.0
    returns: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[Found] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Add the worlds of another tally; not its time."""
        self.seeds += other.seeds
        self.virtual_hours += other.virtual_hours
        self.returns += other.returns
        self.faults += other.faults
        self.violations += other.violations

    def as_json(self) -> dict[str, Any]:
        """Return what `ritournelle-sim fuzz --json` prints."""
        return {
            "seeds": self.seeds,
            "virtual_hours": round(self.virtual_hours, 1),
            "wall_seconds": round(self.wall_seconds, 2),
            "returns": self.returns,
            "faults": dict(sorted(self.faults.items())),
            "violations": [
                {
                    "seed": found.seed,
                    "invariant": found.invariant,
                    "detail": found.detail,
                    "history": list(found.history),
                }
                for found in self.violations
            ],
        }


def be_quiet() -> None:
    """Let the kiosks of this process log nothing."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def fuzz(seeds: range, jobs: int) -> Iterator[Tally]:
    """Play the worlds of all seeds; give the running total after each few of them."""
    total, began = Tally(), time.perf_counter()
    chunks = [seeds[at : at + _CHUNK] for at in range(0, len(seeds), _CHUNK)]
    with ExitStack() as closing:
        template = Path(closing.enter_context(quick_folder())) / "template.db"
        furnish(template)
        play = partial(play_all, template=template)
        if jobs > 1:
            pool = closing.enter_context(get_context("forkserver").Pool(jobs, be_quiet))
            results: Iterator[Tally] = pool.imap(play, chunks)
        else:
            results = map(play, chunks)
        for result in results:
            total.add(result)
            total.wall_seconds = time.perf_counter() - began
            yield total


def play_all(seeds: range, template: Path | None = None) -> Tally:
    """Play some worlds, one after the other."""
    tally = Tally()
    with Stage(template) as stage:
        for seed in seeds:
            played = stage.play(draw(seed))
            tally.seeds += 1
            tally.virtual_hours += played.kiosk_hours
            tally.returns += played.returns
            tally.faults.update({kind.value: n for kind, n in played.story.faults.items()})
            tally.violations += _explained(played, stage)
    return tally


def show(seed: int) -> Played:
    """Play one world for its history."""
    with Stage() as stage:
        return stage.play(draw(seed))


def _explained(played: Played, stage: Stage) -> Iterator[Found]:
    """Shorten the history of each invariant that broke."""
    shown = set()
    for violation in played.story.violations:
        if violation.invariant in shown:
            continue
        shown.add(violation.invariant)
        play = partial(_play, stage)
        shortest = shrink(played.plan, violation.invariant, play)
        yield Found(
            played.plan.seed,
            violation.invariant.value,
            violation.detail,
            tuple(shortest.story.lines),
        )


def _play(stage: Stage, plan: Plan) -> Played:
    return stage.play(plan)
