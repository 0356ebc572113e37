"""Processor time of other processes, as the kernel counts it: all their threads, in nanoseconds."""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")


def spent_ms(processes: Collection[int]) -> float:
    """Return the milliseconds of processor time that these processes have had so far.

    One that has ended counts for nothing: look at those that stay.
    """
    return sum(map(_nanoseconds, processes)) / 1e6


def descendants(process: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    parents = dict(_parents())
    found = [child for child, parent in parents.items() if parent == process]
    for one in found:  # grows while it is read
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _nanoseconds(process: int) -> int:
    spent = 0
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in os.scandir(_PROCESSES / str(process) / "task"):
            with suppress(FileNotFoundError, ProcessLookupError):
                said = Path(task.path, "schedstat").read_text(encoding="ascii")
                spent += int(said.split()[0])
    return spent


def _parents() -> Iterator[tuple[int, int]]:
    for folder in _PROCESSES.iterdir():
        if folder.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                said = (folder / "stat").read_text(encoding="utf-8", errors="replace")
                yield int(folder.name), int(said.rpartition(")")[2].split()[1])
