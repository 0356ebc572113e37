"""A rehearsal that lets others write in between: each batch is taken back by itself."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from catalogue_api.importing.file_import import ImportSettings, Write
from catalogue_api.importing.report import Report
from catalogue_api.importing.running import import_files

Value = TypeVar("Value")


class _TakenBack(Exception):
    """Leads out of a transaction that must not be committed."""


def rehearse_apart(
    paths: Sequence[Path],
    write: Write,
    settings: ImportSettings,
    moved: Callable[[int], None] = lambda _bytes: None,
) -> Report:
    """Do all that `import_files` does, and take each batch back at once.

    Nobody waits longer than for one batch. In exchange a record that comes twice in a file, in
    two batches, counts as new twice.
    """

    def at_once_and_back(unit: Callable[[Session], Value], /) -> Value:
        found: list[Value] = []

        def work(session: Session) -> None:
            found.append(unit(session))
            session.flush()
            raise _TakenBack

        with suppress(_TakenBack):
            write(work)
        return found[-1]

    return import_files(paths, at_once_and_back, settings, moved)
