"""Worlds: time is virtual, a seed is a history, and what must hold holds."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog
from typer.testing import CliRunner

from simulator.__main__ import app
from simulator.world import loop
from simulator.world.fuzzing import be_quiet, fuzz, show
from simulator.world.plan import PLANNED, Kind, Trouble, Visit, draw
from simulator.world.playing import Stage
from simulator.world.shrinking import shrink
from simulator.world.story import Invariant, Violation

WORLDS = range(2)
MANY = range(200)


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    be_quiet()
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


async def a_year() -> float:
    await asyncio.sleep(365 * 86400)
    return asyncio.get_running_loop().time()


def test_a_year_takes_no_time():
    began = time.monotonic()
    assert loop.run(a_year()) == 365 * 86400
    assert time.monotonic() - began < 5


async def for_ever() -> None:
    await asyncio.get_running_loop().create_future()


def test_a_world_that_has_come_to_a_stop_says_so():
    with pytest.raises(loop.NothingToWaitFor):
        loop.run(for_ever())


@pytest.mark.server
def test_what_must_hold_holds(stage: Stage):
    for seed in WORLDS:
        assert stage.play(draw(seed)).story.violations == [], f"seed {seed}"


@pytest.mark.server
def test_a_seed_is_a_history(stage: Stage):
    first = stage.play(draw(3)).story
    assert len(first.lines) > 20
    assert stage.play(draw(3)).story.lines == first.lines
    assert stage.play(draw(4)).story.digest() != first.digest()


@pytest.mark.fuzz
def test_the_history_does_not_hang_on_the_process():
    program = "from simulator.world.fuzzing import *; be_quiet(); print(show(3).story.digest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert digests == {show(3).story.digest()}


@pytest.mark.fuzz
def test_a_shortened_world_still_shows_what_broke(stage: Stage):
    plan = draw(5)
    (culprit, *_) = [event for event in plan.events if isinstance(event, Visit)]

    def play(shorter):
        played = stage.play(replace(shorter, events=()))
        if culprit in shorter.events:
            played.story.violations.append(Violation(Invariant.ONCE, "it was here"))
        return replace(played, plan=shorter)

    assert shrink(plan, Invariant.ONCE, play).plan.events == (culprit,)


def test_every_kind_of_fault_is_planned():
    planned = {
        event.kind
        for seed in range(300)
        for event in draw(seed).events
        if isinstance(event, Trouble)
    }
    assert planned == set(PLANNED)


@pytest.mark.server
def test_the_command_prints_what_programs_read():
    ran = CliRunner().invoke(app, ["fuzz", "--seeds", "17:18", "--json"])
    assert ran.exit_code == 0
    found = json.loads(ran.output)
    assert found["seeds"] == 1
    assert found["violations"] == []
    assert found["virtual_hours"] > 5
    assert {"wall_seconds", "returns", "faults"} <= found.keys()


@pytest.mark.fuzz
def test_the_command_shows_a_history():
    ran = CliRunner().invoke(app, ["fuzz", "--seeds", "17:18", "--show"])
    assert ran.output.splitlines() == show(17).story.lines


def test_seeds_that_make_no_sense_are_an_error():
    ran = CliRunner().invoke(app, ["fuzz", "--seeds", "9:3"])
    assert ran.exit_code == 2
    assert "write FIRST:END" in ran.output


@pytest.mark.fuzz
def test_in_many_worlds_every_fault_occurs_and_nothing_breaks():
    *_, total = fuzz(MANY, jobs=os.cpu_count() or 1)
    assert total.violations == []
    assert {kind.value for kind in Kind} <= total.faults.keys()
    assert total.virtual_hours / total.wall_seconds * 60 > 500
