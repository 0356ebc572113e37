"""A real PostgreSQL to measure and to test with: a cluster of its own in a temporary folder.

It listens on a socket in that folder and on no address at all. Databases are copied from a
template, as files are for SQLite. A server that need not keep anything lives in memory.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

_BINARIES = Path("/usr/lib/postgresql")
_OWNER = "postgres"
_MEMORY, _DISK = Path("/dev/shm"), Path("/tmp")
_ENOUGH = 2**31  # bytes


class PostgresServer:
    """A running server; `url` of a database in it is what `--database` takes."""

    def __init__(self, folder: Path, settings: Sequence[str] = ()) -> None:
        """`settings` are arguments of the server."""
        self.folder = folder
        self._settings = settings
        self._numbers = count(1)

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{_OWNER}@/{database}?host={quote(str(self.folder), safe='')}"

    def create(self, template: str = "template1") -> str:
        """Make a database like `template`; return its address."""
        return self.create_named(f"library{next(self._numbers)}", template)

    def create_named(self, name: str, template: str = "template1") -> str:
        """Make a database of this name like `template`; return its address."""
        # As copies of its files: a small database is there in a third of the time.
        self._admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        name = url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
        self._admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def start(self) -> None:
        """Start the server; return once it takes connections."""
        _run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"),
            "-o", " ".join(self._settings), "start",
        )  # fmt: skip

    def crash(self) -> None:
        """Stop the server at once, as a power cut would: it recovers when it is started again."""
        _run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")

    def _admin(self, sql: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Run a server; `durable` keeps its syncs, which tests of crashes and measurements need."""
    # Sockets have short paths, and the server's own user must get there: not in pytest's folder.
    folder = Path(tempfile.mkdtemp(prefix="ritournelle-pg-", dir=_DISK if durable else _room()))
    if os.getuid() == 0:
        shutil.chown(folder, _OWNER, _OWNER)
    settings = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
    settings += ["-c", "max_connections=120"]
    if not durable:
        settings += [
            "-c",
            "fsync=off",
            "-c",
            "synchronous_commit=off",
            "-c",
            "full_page_writes=off",
        ]
    data = folder / "data"
    _run("initdb", "-D", str(data), "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    server = PostgresServer(folder, settings)
    server.start()
    try:
        yield server
    finally:
        server.crash()
        shutil.rmtree(folder, ignore_errors=True)


def _room() -> Path:
    """Return where what nobody wants to keep is written fastest."""
    in_memory = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH
    return _MEMORY if in_memory else _DISK


def _run(program: str, *arguments: str) -> None:
    found = sorted(_BINARIES.glob(f"*/bin/{program}"))
    if not found:
        raise FileNotFoundError(f"{program}: install PostgreSQL with `script/setup --tests`")
    as_owner = ["runuser", "-u", _OWNER, "--"] if os.getuid() == 0 else []
    subprocess.run(
        [*as_owner, str(found[-1]), *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
    )
