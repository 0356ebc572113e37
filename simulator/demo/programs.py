"""Programs that are started, announce themselves in one JSON line, and are stopped again."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

READY_WITHIN = 60.0  # seconds; a first start compiles every module
_STOPPED_WITHIN = 15.0


class ProgramFailed(Exception):
    """A program of the demo ended with an error: the message says which, and what it said."""


def _command(name: str) -> str:
    """The program beside the running Python: both stand in the same virtual environment."""
    return str(Path(sys.executable).parent / name)


async def run(name: str, *arguments: str | Path, text: str | None = None) -> str:
    """Run a program to its end and return what it printed."""
    process = await asyncio.create_subprocess_exec(
        _command(name),
        *map(str, arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaint = await process.communicate((text or "").encode())
    if process.returncode != 0:
        command = " ".join([name, *map(str, arguments)])
        raise ProgramFailed(f"{command}: {complaint.decode().strip() or process.returncode}")
    return printed.decode()


@asynccontextmanager
async def running(
    name: str,
    arguments: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[dict[str, Any]]:
    """Start a program, give its first line when it is ready, and stop it at the end.

    `environment` is added to our own. What it logs goes to the file `log`. One that must be
    killed, or ends with an error, is `ProgramFailed`.
    """
    with log.open("ab") as complaint:
        process = await asyncio.create_subprocess_exec(
            _command(name),
            *map(str, arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=complaint,
            env=os.environ | (environment or {}),
        )
    try:
        yield await _first_line(name, process, log)
    finally:
        await _stop(name, process, log)


async def _first_line(name: str, process: asyncio.subprocess.Process, log: Path) -> dict[str, Any]:
    if process.stdout is None:
        raise ProgramFailed(f"{name}: no output")
    try:
        async with asyncio.timeout(READY_WITHIN):
            line = await process.stdout.readline()
    except TimeoutError:
        line = b""
    if not line:
        raise ProgramFailed(f"{name} did not start: {_last_line(log)}")
    ready: dict[str, Any] = json.loads(line)
    return ready


async def _stop(name: str, process: asyncio.subprocess.Process, log: Path) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_STOPPED_WITHIN):
            status = await process.wait()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise ProgramFailed(f"{name} did not stop when it was told to; see {log}") from error
    if status != 0:
        raise ProgramFailed(f"{name} ended with {status}: {_last_line(log)}")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return f"{lines[-1] if lines else 'it said nothing'} (all of it in {log})"
