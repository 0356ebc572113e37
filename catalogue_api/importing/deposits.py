"""A file of records that somebody brought to the desk: kept on disk, rehearsed, then imported.

There is one at a time for a library, whichever of its processes is asked: its state is a small
file beside it, and whoever works on it holds a lock, which the system frees if the process dies.
"""

import fcntl
import json
import os
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from catalogue_api.importing.apart import rehearse_apart
from catalogue_api.importing.faults import Fault, fault_of
from catalogue_api.importing.file_import import ImportSettings, Write
from catalogue_api.importing.files import HEAD, Container, container_of
from catalogue_api.importing.profiles import Profile
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.report import Complaint, Report
from catalogue_api.importing.running import import_files
from catalogue_api.services import audit

LARGEST = 256 * 1024 * 1024
"""Bytes of a file; a larger one is imported from the command line."""

_MOST_COMPLAINTS = 20_000
_SHOWN = 100
"""Complaints of each sort that are kept with the state."""
_LOCK = "hhqqi4x"
"""The kernel's `struct flock`: kind, whence, start, length, process."""


class Stage(StrEnum):
    """What is being done with a file, or was."""

    REHEARSING = "rehearsing"
    REHEARSED = "rehearsed"
    IMPORTING = "importing"
    IMPORTED = "imported"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Busy(Exception):
    """Another file is being worked on."""


class Stopped(Exception):
    """The program ends: what is not stored yet is left."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """A file and what came of it; times are ISO 8601, `read` and `size` bytes.

    `counts`: what `importing.report.Count` counts. `unreadable`, `left_out` and `mended`: the
    first complaints, each with a position (0: the file), the fault, and the sentence for those who
    look into the file; `wrong` says how many there are of each.
    """

    number: str
    name: str
    size: int
    by: str
    at: str
    stage: Stage = Stage.REHEARSING
    read: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    wrong: Mapping[str, int] = field(default_factory=dict)
    unreadable: tuple[tuple[int, str, str], ...] = ()
    left_out: tuple[tuple[int, str, str], ...] = ()
    mended: tuple[tuple[int, str, str], ...] = ()

    @property
    def under_way(self) -> bool:
        """Whether somebody works on it."""
        return self.stage in {Stage.REHEARSING, Stage.IMPORTING}


@dataclass(frozen=True, slots=True)
class DepositSettings:
    """Of which database this is, and how its records are read (see `ImportSettings`)."""

    database: str = ""
    profiles: tuple[Profile, ...] = ()
    match_isbn: bool = True

    def folder(self) -> Path:
        """Return where the file is kept: `TMPDIR` or /var/tmp, for it may be large."""
        name = sha256(f"{os.getuid()} {self.database}".encode()).hexdigest()[:16]
        return Path(os.environ.get("TMPDIR") or "/var/tmp") / f"ritournelle-import-{name}"  # noqa: S108

    def reading(self, zone: tzinfo, now: datetime) -> ImportSettings:
        """Return how a file is read now."""
        return ImportSettings(
            zone=zone,
            now=now,
            profiles=self.profiles,
            match_isbn=self.match_isbn,
            most_complaints=_MOST_COMPLAINTS,
        )


class Deposits:
    """The one file of a library. Blocking; from any thread and any process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End what is under way, after its batch."""
        self._stopping.set()

    def current(self) -> Deposit | None:
        """Return the file that is there; one whose process died is told as interrupted."""
        try:
            said = json.loads((self._folder / "state.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        found = Deposit(**said | {"stage": Stage(said["stage"])})
        if found.under_way and not self._is_locked():
            return replace(found, stage=Stage.INTERRUPTED)
        return found

    @contextmanager
    def working(self) -> Iterator[None]:
        """Hold the lock; raise `Busy` if somebody else does."""
        self._make_folder()
        with (self._folder / "lock").open("wb") as lock:
            try:
                _lock(lock, fcntl.F_OFD_SETLK)
            except BlockingIOError:
                raise Busy from None
            yield

    def begin(self) -> BinaryIO:
        """Return a new file to write into, in place of whatever was there; under the lock."""
        (self._folder / "state.json").unlink(missing_ok=True)
        return (self._folder / "records").open("wb")

    def refuse_what_is_no_marc(self) -> None:
        """Raise `Unreadable` if what was written holds no records of MARC."""
        with (self._folder / "records").open("rb") as stream:
            if container_of(stream.read(HEAD), None) is Container.CSV:
                raise Unreadable("neither ISO 2709 nor MARCXML", Fault.NO_MARC)

    def note(self, deposit: Deposit) -> None:
        """Write down how it stands, whole or not at all."""
        fresh = self._folder / f"state.{threading.get_ident()}"
        fresh.write_text(json.dumps(asdict(deposit), ensure_ascii=False), "utf-8")
        fresh.replace(self._folder / "state.json")

    def forget(self) -> None:
        """Delete the file and what came of it; raise `Busy` while it is worked on."""
        with self.working():
            self.discard()

    def discard(self) -> None:
        """Delete what is there; under the lock."""
        for name in ("state.json", "records"):
            (self._folder / name).unlink(missing_ok=True)

    def work(self, deposit: Deposit, write: Write, settings: ImportSettings, actor: str) -> None:
        """Rehearse or import the file, as its stage says; under the lock. Its end is noted."""
        act = rehearse_apart if deposit.stage is Stage.REHEARSING else import_files
        read = 0

        def moved(count: int) -> None:
            nonlocal read
            read += count
            self.note(replace(deposit, read=read))
            if self._stopping.is_set():
                raise Stopped

        self.note(deposit)
        try:
            report = act([self._folder / "records"], write, settings, moved)
        except Stopped:
            return
        except Exception:
            self.note(replace(deposit, stage=Stage.FAILED, read=read))
            raise
        done = Stage.REHEARSED if deposit.stage is Stage.REHEARSING else Stage.IMPORTED
        self.note(_told(replace(deposit, stage=done, read=deposit.size), report))
        counts = {name.value: number for name, number in report.counts.items() if number}
        action = "records_imported" if done is Stage.IMPORTED else "import_rehearsed"
        write(lambda db: audit.note(db, actor, settings.now, action, deposit.name, counts))

    def _is_locked(self) -> bool:
        """Look at the lock without taking it: whoever wants to work just now finds it free."""
        try:
            with (self._folder / "lock").open("rb") as lock:
                return _lock(lock, fcntl.F_OFD_GETLK) != fcntl.F_UNLCK
        except FileNotFoundError:
            return False

    def _make_folder(self) -> None:
        """Make the folder for nobody else; refuse one that somebody else laid there."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        found = self._folder.lstat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077 or self._folder.is_symlink():
            raise PermissionError(f"{self._folder} belongs to somebody else")


def _lock(file: BinaryIO, command: int) -> int:
    """Take or look at the lock of an open file; return the kind of lock that is in the way."""
    wanted = struct.pack(_LOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    (kind, *_) = struct.unpack(_LOCK, fcntl.fcntl(file, command, wanted))
    return int(kind)


def _told(deposit: Deposit, report: Report) -> Deposit:
    return replace(
        deposit,
        counts={count.value: number for count, number in report.counts.items()},
        wrong={
            "unreadable": len(report.unreadable),
            "left_out": len(report.left_out),
            "mended": len(report.mended),
        },
        unreadable=_first(report.unreadable),
        left_out=_first(report.left_out),
        mended=_first(report.mended),
    )


def _first(complaints: list[Complaint]) -> tuple[tuple[int, str, str], ...]:
    return tuple(
        (one.position, fault_of(one.why).value, one.why[:300]) for one in complaints[:_SHOWN]
    )
