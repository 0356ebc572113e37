"""Anything done to a library in any order leaves it whole; see `lending_machine`.

`RITOURNELLE_OPERATIONS=50000` does it for longer than the suite has time for.
"""

import os
import shutil
from collections import Counter
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from lending_machine import BUSY, LendingMachine

STEPS = 8
OPERATIONS = int(os.environ.get("RITOURNELLE_OPERATIONS", "2000"))


def play(fresh_address) -> None:
    done: Counter[str] = Counter()

    class Machine(LendingMachine):
        @property
        def address(self) -> str:
            return fresh_address()

        def over(self, of_run: Counter[str]) -> None:
            done.update(of_run)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=max(1, OPERATIONS // (STEPS * BUSY)),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert {"returned", "hold_captured", "hold_transfer", "transfer_home"} <= set(done)
    assert done.total() > OPERATIONS // 2


@pytest.mark.server
def test_on_sqlite(template, tmp_path) -> None:
    numbers = count()

    def fresh_address() -> str:
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(template, path)
        return f"sqlite:///{path}"

    play(fresh_address)


@pytest.mark.server
def test_on_postgresql(postgres) -> None:
    made: list[str] = []

    def fresh_address() -> str:
        while made:
            postgres.drop(made.pop())
        made.append(postgres.create("template_library"))
        return made[-1]

    play(fresh_address)
