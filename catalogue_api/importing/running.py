"""An import from its files to its report: batch by batch into the database, or only rehearsed."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlmodel import Session

from catalogue_api.importing.faults import Fault, Why
from catalogue_api.importing.file_import import FileImport, ImportSettings, Value, Write
from catalogue_api.importing.files import Place
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.report import Report
from catalogue_api.storage.engine.tally import tally


def import_files(
    paths: Iterable[Path],
    write: Write,
    settings: ImportSettings,
    moved: Callable[[int], None] = lambda _bytes: None,
) -> Report:
    """Import the files in this order, each as what its content says it is.

    `moved` hears by how many bytes the reading went on. What is wrong with the files is in the
    report; an error of the database is raised, and all batches before it are stored.
    """
    report = Report(before=write(tally))
    for path in paths:
        one = FileImport(path, write, settings, moved, report)
        try:
            with path.open("rb") as stream:
                one.run(stream)
        except OSError as error:
            one.complain(Place(0), Why(f"cannot be read: {error.strerror}", Fault.NOT_READ))
        except Unreadable as error:
            one.complain(Place(0), error.why)
        if one.complaints and not one.good:
            report.failed.append(str(path))
    report.after = write(tally)
    return report


class _Rehearsed(Exception):
    """Carries the report out of a transaction that must not be committed."""

    def __init__(self, report: Report) -> None:
        super().__init__("rehearsed")
        self.report = report


def rehearse_files(
    paths: Sequence[Path],
    write: Write,
    settings: ImportSettings,
    moved: Callable[[int], None] = lambda _bytes: None,
) -> Report:
    """Do all that `import_files` does, in one transaction that is then taken back.

    The report is the one that the import would give. Nobody else can write meanwhile.
    """

    def work(session: Session) -> None:
        def at_once(unit: Callable[[Session], Value], /) -> Value:
            value = unit(session)
            session.flush()
            session.expunge_all()
            return value

        raise _Rehearsed(import_files(paths, at_once, settings, moved))

    try:
        write(work)
    except _Rehearsed as rehearsed:
        return rehearsed.report
    raise AssertionError("a rehearsal always ends by being taken back")
