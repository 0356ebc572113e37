"""Run jobs: each in one transaction, in one process at a time, with a row that tells of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.jobs.forgetting import forget_people, prune
from catalogue_api.services.agenda.settling import settle_all
from catalogue_api.services.computers.slot_settling import settle_slots
from catalogue_api.services.holds.expiring import expire_holds
from catalogue_api.services.notices.reminding import remind
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import JobRun

Work = Callable[[Session, datetime, Rulebook], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of nightly work; `work` says how many rows of each kind it changed."""

    name: str
    says: str
    work: Work
    each_minute: bool = False
    """The server does it every minute, so that people hear of things in time."""


def _expire(session: Session, now: datetime, rules: Rulebook) -> Mapping[str, int]:
    return {"holds": len(expire_holds(session, now, rules))}


JOBS: tuple[Job, ...] = (
    Job("expire-holds", "end reservations that were not fetched; the next one’s turn", _expire),
    Job(
        "workshops",
        "offer seats that came free, remind, release; end what is over",
        settle_all,
        each_minute=True,
    ),
    Job(
        "slots",
        "free computers that nobody came for, offer them to who waits",
        settle_slots,
        each_minute=True,
    ),
    Job("remind", "lay reminders of loans and ready reservations into the outbox", remind),
    Job("forget", "forget readers and who had what, when their time is over", forget_people),
    Job("prune", "delete keys, sessions and log lines that nobody needs any more", prune),
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a job. `elsewhere`: another process was at it, and nothing was done here."""

    job: str
    started_at: datetime
    dry_run: bool
    report: Mapping[str, int]
    elsewhere: bool = False


class _Rehearsed(Exception):
    """A dry run: the report is given, and everything that led to it is undone."""

    def __init__(self, report: Mapping[str, int]) -> None:
        super().__init__()
        self.report = report


def run(
    database: Database,
    job: Job,
    now: datetime,
    rules: RulesInForce,
    *,
    dry_run: bool,
    quiet: bool = False,
) -> Ran:
    """Run a job, or rehearse it: then it tells what it would do, and nothing else changes.

    `quiet`: a run that found nothing to do leaves no row.
    """

    def work(session: Session) -> Ran:
        if not _alone(session, job):
            return Ran(job.name, now, dry_run, {}, elsewhere=True)
        report = job.work(session, now, rules.current(session.connection()))
        session.flush()
        if dry_run:
            raise _Rehearsed(report)
        ran = Ran(job.name, now, dry_run, report)
        return ran if quiet and not any(report.values()) else _noted(session, ran)

    try:
        return database.write_now(work)
    except _Rehearsed as rehearsed:
        ran = Ran(job.name, now, dry_run, rehearsed.report)
        return database.write_now(lambda session: _noted(session, ran))


def _alone(session: Session, job: Job) -> bool:
    """Tell whether no other process runs this job now; SQLite's one writer is alone anyway."""
    if session.connection().dialect.name == "sqlite":
        return True
    lock = text("SELECT pg_try_advisory_xact_lock(hashtext(:job))")
    return bool(session.connection().execute(lock, {"job": f"ritournelle.{job.name}"}).scalar())


def _noted(session: Session, ran: Ran) -> Ran:
    report = json.dumps(dict(ran.report))
    session.add(JobRun(job=ran.job, started_at=ran.started_at, dry_run=ran.dry_run, report=report))
    return ran


def last_runs(session: Session) -> Mapping[str, datetime]:
    """Return when each job ran last, for real."""
    latest = func.max(col(JobRun.started_at))
    query = select(JobRun.job, latest).where(~col(JobRun.dry_run)).group_by(JobRun.job)
    return dict(session.exec(query).all())
