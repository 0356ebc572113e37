"""`ritournelle-api rules` and `calendar`: what managers decide, from the command line."""

import json
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from catalogue_api.commands.operating import Opened, run
from catalogue_api.commands.printing import AsJson, say, show
from catalogue_api.contract.calendars import CalendarAsked, CalendarDay
from catalogue_api.contract.closures import ExceptionInfo, MoveDueDates, NewException
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.holidays import HolidaysChange, HolidaySpan
from catalogue_api.contract.rules import RulesChange
from catalogue_api.domain.school_holidays import ZONE_C
from catalogue_api.services.opening import calendars, closures
from catalogue_api.services.rules import ruling

_DAY = ["%Y-%m-%d"]
FirstDay = Annotated[datetime | None, typer.Option("--from", formats=_DAY, help="First day.")]
LastDay = Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="Last day.")]
FirstClosed = Annotated[datetime, typer.Option("--from", formats=_DAY, help="First closed day.")]
LastClosed = Annotated[datetime, typer.Option("--to", formats=_DAY, help="Last closed day.")]
SiteOrAll = Annotated[str | None, typer.Option(help="Code of the site; without it, all sites.")]


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its commands."""
    rules = typer.Typer(help="The rules of lending.", no_args_is_help=True)
    calendar = typer.Typer(help="Opening hours and closures.", no_args_is_help=True)
    app.add_typer(rules, name="rules")
    app.add_typer(calendar, name="calendar")
    _add_rules(rules, opened)
    _add_calendar(calendar, opened)
    _add_school_holidays(calendar, opened)
    _add_closures(calendar, opened)
    _add_moves(calendar, opened)


def _add_rules(app: typer.Typer, opened: Opened) -> None:
    @app.command("show")
    def show_rules(as_json: AsJson = False) -> None:
        """Show the rules in force, as a file that `rules load` reads (or as JSON).

        Example: ritournelle-api rules show > rules.toml
        """
        found = run(opened, lambda db, call: ruling.show_rules(db, call, Nothing()), writes=False)
        said = found.model_dump(mode="json", exclude={"version", "default_loan_days"})
        say(found.model_dump(mode="json"), _toml(said), as_json=as_json)

    @app.command("load")
    def load_rules(
        file: Annotated[Path, typer.Argument(help="TOML file of all rules.")],
        as_json: AsJson = False,
    ) -> None:
        """Put the rules of a file in force, in place of all that were.

        Example: ritournelle-api rules load rules.toml
        """
        try:
            body = RulesChange.model_validate_json(
                json.dumps(tomllib.loads(file.read_text("utf-8")))
            )
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
            raise Refused(ProblemType.INVALID_REQUEST, f"{file}: not TOML: {error}") from error
        except ValidationError as error:
            raise Refused(ProblemType.INVALID_REQUEST, f"{file}: {_first(error)}") from error
        found = run(opened, lambda db, call: ruling.change_rules(db, call, body), writes=True)
        line = f"{len(found.loan_rules)} loan rules and {len(found.limits)} limits are in force."
        say(found.model_dump(mode="json"), line, as_json=as_json)


def _add_calendar(app: typer.Typer, opened: Opened) -> None:
    @app.command("show")
    def show_calendar(
        site: Annotated[str, typer.Option(help="Code of the site.")],
        first: FirstDay = None,
        last: LastDay = None,
        as_json: AsJson = False,
    ) -> None:
        """Show when a site is open.

        Example: ritournelle-api calendar show --site cachan --from 2026-10-01 --to 2026-10-31
        """
        asked = CalendarAsked(first=_day(first), last=_day(last))
        found = run(
            opened,
            lambda db, call: calendars.show_calendar(db, call, asked),
            writes=False,
            path={"site": site},
        )
        if as_json:
            say(found.model_dump(mode="json"), "", as_json=True)
            return
        show([_line(day) for day in found.days], ("day", "hours", "why"), as_json=False)


def _add_school_holidays(app: typer.Typer, opened: Opened) -> None:
    @app.command("school-holidays")
    def load_school_holidays(as_json: AsJson = False) -> None:
        """Enter the school holidays of zone C that come with the program, in place of any others.

        Check them against the ministry's publication. Example: ritournelle-api calendar
        school-holidays
        """
        spans = tuple(
            HolidaySpan(first_on=span.first, last_on=span.last, label=span.label) for span in ZONE_C
        )
        found = run(
            opened,
            lambda db, call: calendars.change_holidays(
                db,
                call,
                HolidaysChange(
                    school=spans, opens_on=calendars.show_holidays(db, call, Nothing()).opens_on
                ),
            ),
            writes=True,
        )
        rows = [span.model_dump(mode="json") for span in found.school]
        show(rows, ("first_on", "last_on", "label"), as_json=as_json)


def _add_closures(app: typer.Typer, opened: Opened) -> None:
    closure = typer.Typer(help="Days on which libraries are closed.", no_args_is_help=True)
    app.add_typer(closure, name="closure")

    @closure.command("add")
    def add_closure(
        first: FirstClosed,
        last: LastClosed,
        site: SiteOrAll = None,
        label: Annotated[str, typer.Option(help="Why, as people read it.")] = "",
        as_json: AsJson = False,
    ) -> None:
        """Close a site or all sites, both days included.

        Example: ritournelle-api calendar closure add --from 2026-10-06 --to 2026-10-11
        """
        try:
            body = NewException(site=site, first_on=first.date(), last_on=last.date(), label=label)
        except ValidationError as error:
            raise Refused(ProblemType.INVALID_REQUEST, _first(error)) from error
        found = run(opened, lambda db, call: closures.add_exception(db, call, body), writes=True)
        line = f"Closed from {found.first_on} to {found.last_on}."
        say(found.model_dump(mode="json"), line + _what_ends_then(found), as_json=as_json)


def _add_moves(app: typer.Typer, opened: Opened) -> None:
    @app.command("move-due-dates")
    def move_due_dates(as_json: AsJson = False) -> None:
        """Move what ends on a closed day (loans, ready reservations) to the next open day.

        Example: ritournelle-api calendar move-due-dates
        """
        found = run(
            opened, lambda db, call: closures.move_due_dates(db, call, MoveDueDates()), writes=True
        )
        rows = [day.model_dump(mode="json") for day in found.days]
        show(rows, ("site", "due_on", "moved_to", "loans", "kept", "holds"), as_json=as_json)


def _what_ends_then(closed: ExceptionInfo) -> str:
    """Say what ends on days that are closed now, and what moves it; "" for nothing."""
    said = ""
    if closed.loans_due or closed.holds_ready or closed.slots_booked:
        said += (
            f" In that time {closed.loans_due} loans are due and {closed.holds_ready}"
            f" reservations end on the shelf, {closed.slots_booked} computer slots are booked:"
            " `ritournelle-api calendar move-due-dates` moves them."
        )
    if closed.sessions:
        said += f" Sessions of the agenda to be moved or called off at the desk: {closed.sessions}."
    return said


def _line(day: CalendarDay) -> dict[str, object]:
    hours = " ".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in day.hours)
    why = " · ".join([*day.public_holidays, *([day.label] if day.label else [])])
    return {"day": day.day, "hours": "all day" if day.all_day else hours or "closed", "why": why}


def _day(said: datetime | None) -> date | None:
    return said.date() if said else None


def _first(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, found['loc'])) or 'the file'}: {found['msg']}"


def _toml(rules: dict[str, object]) -> str:
    """Return rules as TOML: settings, then one table for each loan rule and each limit.

    JSON's strings, numbers and truths are TOML's too; null is a key that is not there.
    """
    lines: list[str] = []
    tables: list[str] = []
    for name, value in rules.items():
        if isinstance(value, list):
            for entry in value:
                tables += ["", f"[[{name}]]", *_pairs(entry)]
        else:
            lines += _pairs({name: value})
    return "\n".join([*lines, *tables])


def _pairs(values: dict[str, object]) -> list[str]:
    return [
        f"{name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in values.items()
        if value is not None
    ]
