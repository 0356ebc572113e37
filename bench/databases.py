"""Empty databases to measure with, of each of the two kinds."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.postgres import postgres_server


@contextmanager
def empty_database(kind: str) -> Iterator[tuple[str, str]]:
    """Give an empty database (`postgresql`, else SQLite): its address for us, and for a driver."""
    if kind == "postgresql":
        with postgres_server(durable=True) as server:
            url = server.create()
            yield url, url
    else:
        with tempfile.TemporaryDirectory(prefix="ritournelle-bench-") as folder:
            path = Path(folder) / "catalogue.db"
            yield f"sqlite:///{path}", str(path)
