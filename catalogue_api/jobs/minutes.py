"""What the server does every minute: jobs that people would wait for until the night."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog

from catalogue_api.jobs.running import JOBS, run
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.engine.errors import StorageError

MINUTE = 60.0
log = structlog.get_logger("catalogue_api.jobs")


async def keep_time(
    database: Database,
    rules: RulesInForce,
    clock: Callable[[], datetime],
    stopping: asyncio.Event,
    pause: float = MINUTE,
) -> None:
    """Run the jobs of the minute until `stopping` is set; one under way is finished first.

    A job that fails is told of and run again a minute later: each begins where it stands.
    """
    while not stopping.is_set():
        await asyncio.to_thread(_each_once, database, rules, clock)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)


def _each_once(database: Database, rules: RulesInForce, clock: Callable[[], datetime]) -> None:
    for job in JOBS:
        if not job.each_minute:
            continue
        try:
            run(database, job, clock(), rules, dry_run=False, quiet=True)
        except StorageError as error:
            log.warning("job_put_off", job=job.name, why=str(error))
        except Exception:
            log.exception("job_failed", job=job.name)
