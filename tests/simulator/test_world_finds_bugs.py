"""The net catches fish: each deliberate bug is found within 500 seeds.

The search begins in the world where the bug was seen before: to play those before it takes minutes.
"""

from collections.abc import Iterator

import pytest
import structlog
from deliberate_bugs import BUGS, Bug

from simulator.world.fuzzing import be_quiet
from simulator.world.plan import draw
from simulator.world.playing import Stage

SEEDS = 500


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    be_quiet()
    with Stage() as stage:
        yield stage
    structlog.reset_defaults()


@pytest.mark.fuzz
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_deliberate_bug_is_found(bug: Bug, stage: Stage, monkeypatch: pytest.MonkeyPatch):
    bug.make(monkeypatch)
    for seed in (bug.seen_in, *range(SEEDS)):
        broken = {violation.invariant for violation in stage.play(draw(seed)).story.violations}
        if broken & bug.breaks:
            return
    pytest.fail(f"{SEEDS} worlds did not notice")
