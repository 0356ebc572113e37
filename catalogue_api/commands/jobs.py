"""`ritournelle-api jobs`: the work of the night, by hand or by the timer."""

from typing import Annotated

import typer

from catalogue_api.commands.operating import Opened, now, rules_of
from catalogue_api.commands.printing import AsJson, show
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.jobs.running import JOBS, Job, last_runs, run

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")]


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its commands `jobs list`, `jobs run` and `jobs run-all`."""
    jobs = typer.Typer(help="The work of the night.", no_args_is_help=True)
    app.add_typer(jobs, name="jobs")

    @jobs.command("list")
    def list_jobs(as_json: AsJson = False) -> None:
        """List the jobs, and when each ran last.

        Example: ritournelle-api jobs list
        """
        with opened() as (database, _):
            ran = database.read_now(last_runs)
        rows = [{"job": job.name, "ran": ran.get(job.name), "does": job.says} for job in JOBS]
        show(rows, ("job", "ran", "does"), as_json=as_json)

    @jobs.command("run")
    def run_one(
        name: Annotated[str, typer.Argument(help="Name of the job.")],
        dry_run: DryRun = False,
        as_json: AsJson = False,
    ) -> None:
        """Run one job.

        Example: ritournelle-api jobs run forget --dry-run
        """
        wanted = [job for job in JOBS if job.name == name]
        if not wanted:
            known = ", ".join(job.name for job in JOBS)
            raise Refused(ProblemType.NOT_FOUND, f"there is no job {name!r} (there are: {known})")
        _run(opened, wanted, dry_run=dry_run, as_json=as_json)

    @jobs.command("run-all")
    def run_all(dry_run: DryRun = False, as_json: AsJson = False) -> None:
        """Run every job, one after the other, as the timer does each night.

        Example: ritournelle-api jobs run-all
        """
        _run(opened, list(JOBS), dry_run=dry_run, as_json=as_json)


def _run(opened: Opened, jobs: list[Job], *, dry_run: bool, as_json: bool) -> None:
    with opened() as (database, settings):
        rules = rules_of(settings)
        runs = [run(database, job, now(), rules, dry_run=dry_run) for job in jobs]
    if as_json:
        rows = [{"job": one.job, "dry_run": one.dry_run, "elsewhere": one.elsewhere,
                 "report": dict(one.report)} for one in runs]  # fmt: skip
        show(rows, (), as_json=True)
        return
    for one in runs:
        said = ", ".join(f"{name} {number}" for name, number in one.report.items() if number)
        if one.elsewhere:
            said = "another process is at it"
        print(f"{one.job}{' (dry run)' if dry_run else ''}: {said or 'nothing to do'}")
