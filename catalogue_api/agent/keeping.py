"""What the program of a computer keeps over a restart: one small file, whole or not there."""

import json
import os
from contextlib import suppress
from pathlib import Path

from catalogue_api.agent.states import Kept
from catalogue_api.contract.computer_agents import OfSession


def read_kept(path: Path) -> Kept:
    """Return what was kept; nothing where there is no file, or one that says nothing."""
    try:
        found = json.loads(path.read_text())
        session, leaving = found["session"], found["leaving"]
        # What is no number of a slot could never be said to the catalogue.
        session = None if session is None else OfSession(session=session).session
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Kept()
    return Kept(session, leaving) if isinstance(leaving, bool) else Kept()


def write_kept(path: Path, kept: Kept) -> None:
    """Have the disk hold it when this returns. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w") as file:
        json.dump({"session": kept.session, "leaving": kept.leaving}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    with suppress(OSError):  # not every file system lets a folder be synced
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
