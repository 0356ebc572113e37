"""The library's rules as they are stored, read into one value."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from catalogue_api.domain.calendar import Calendar, Exceptional, Span, Stretch, Week
from catalogue_api.domain.holidays import PublicHoliday
from catalogue_api.domain.lateness import Penalties
from catalogue_api.domain.rulebook import LoanTerms, Rulebook
from catalogue_api.domain.slots import SlotRules
from catalogue_api.storage import tables
from catalogue_api.storage.engine.prepared import Prepared

_VERSION = Prepared(select(col(tables.Rulebook.version)))
_SETTINGS = select(
    col(tables.Rulebook.shelf_days),
    col(tables.Rulebook.most_holds),
    col(tables.Rulebook.hold_on_available),
    col(tables.Rulebook.late_notices),
    col(tables.Rulebook.heed_pegi),
    col(tables.Rulebook.most_late_items),
)
_PENALTIES = select(
    col(tables.Rulebook.penalties),
    col(tables.Rulebook.grace_days),
    col(tables.Rulebook.suspension_per_day),
    col(tables.Rulebook.longest_suspension),
)
_LOAN_RULES = select(
    col(tables.LoanRule.category),
    col(tables.LoanRule.kind),
    col(tables.LoanRule.site),
    col(tables.LoanRule.lendable),
    col(tables.LoanRule.loan_days),
    col(tables.LoanRule.renewals),
    col(tables.LoanRule.floats),
)
_LIMITS = select(
    col(tables.LoanLimit.category), col(tables.LoanLimit.kind), col(tables.LoanLimit.most)
)
_SLOT_RULES = select(*(getattr(tables.SlotRule, one.name) for one in fields(SlotRules)))
_HOURS = select(
    col(tables.OpeningHours.site),
    col(tables.OpeningHours.in_school_holidays),
    col(tables.OpeningHours.weekday),
    col(tables.OpeningHours.opens),
    col(tables.OpeningHours.closes),
)
_EXCEPTIONS = select(
    col(tables.CalendarException.site),
    col(tables.CalendarException.first_on),
    col(tables.CalendarException.last_on),
    col(tables.CalendarException.opens),
    col(tables.CalendarException.closes),
    col(tables.CalendarException.label),
)
_SCHOOL_HOLIDAYS = select(
    col(tables.SchoolHoliday.first_on),
    col(tables.SchoolHoliday.last_on),
    col(tables.SchoolHoliday.label),
).order_by(col(tables.SchoolHoliday.first_on))


def ask_version(connection: Connection) -> Callable[[], int]:
    """Ask which rules are in force; the answer is 0 where nothing was entered yet."""
    asked = _VERSION.ask(connection, {})
    return lambda: (asked.first() or (0,))[0]


def rulebook(connection: Connection, settings: Rulebook) -> Rulebook:
    """Return what is stored; where the library has entered nothing, the settings hold.

    The version is the one that stood there first: rules that change while they are read are
    read again by the next unit.
    """
    found = replace(settings, version=ask_version(connection)())
    row = connection.execute(_SETTINGS).first()
    if row is not None:
        shelf_days, most_holds, hold_on_available, late_notices, heed_pegi, most_late_items = row
        found = replace(
            found,
            shelf_days=shelf_days,
            most_holds=most_holds,
            hold_on_available=hold_on_available,
            late_notices=late_notices,
            heed_pegi=heed_pegi,
            most_late_items=most_late_items,
            penalties=Penalties(*connection.execute(_PENALTIES).one()),
        )
    calendars = _calendars(connection, settings.zone)
    slots = connection.execute(_SLOT_RULES).first()
    return replace(
        found,
        slots=SlotRules(*slots) if slots else settings.slots,
        loan_rules={
            (row[0], row[1], row[2]): LoanTerms(*row[3:]) for row in connection.execute(_LOAN_RULES)
        },
        limits={(row[0], row[1]): row[2] for row in connection.execute(_LIMITS)},
        elsewhere=calendars.pop(None),
        calendars={site: calendar for site, calendar in calendars.items() if site is not None},
    )


def holidays(connection: Connection) -> tuple[tuple[Span, ...], frozenset[PublicHoliday]]:
    """Return the school holidays, and the public holidays on which the library opens."""
    school = tuple(Span(*row) for row in connection.execute(_SCHOOL_HOLIDAYS))
    opens_on = connection.execute(select(col(tables.OpenPublicHoliday.key))).scalars()
    return school, frozenset(map(PublicHoliday, opens_on))


def _calendars(connection: Connection, zone: ZoneInfo) -> dict[str | None, Calendar]:
    """Return the calendar of each site that has one of its own; under None that of the others."""
    weeks: dict[tuple[str | None, bool], list[tuple[int, Stretch]]] = defaultdict(list)
    for site, in_holidays, weekday, opens, closes in connection.execute(_HOURS):
        weeks[site, in_holidays].append((weekday, Stretch(opens, closes)))
    exceptions: dict[str | None, list[Exceptional]] = defaultdict(list)
    for row in connection.execute(_EXCEPTIONS):
        whose: str | None = row[0]
        exceptions[whose].append(_exceptional(Span(row[1], row[2], row[5]), row[3], row[4], whose))
    school_holidays, opens_on = holidays(connection)
    common = Calendar(
        zone,
        exceptions=tuple(exceptions[None]),
        school_holidays=school_holidays,
        opens_on=opens_on,
    )
    sites = {None, *exceptions, *(site for site, _ in weeks)}
    return {
        site: replace(
            common,
            week=_week(weeks[site, False]),
            holiday_week=_week(weeks[site, True]),
            exceptions=common.exceptions + (tuple(exceptions[site]) if site is not None else ()),
        )
        for site in sites
    }


def _exceptional(
    span: Span, opens: time | None, closes: time | None, site: str | None
) -> Exceptional:
    hours = None if opens is None or closes is None else Stretch(opens, closes)
    return Exceptional(span, hours, own=site is not None)


def _week(stretches: Iterable[tuple[int, Stretch]]) -> Week | None:
    """Return the stretches by weekday; None if there are none at all."""
    days: list[list[Stretch]] = [[] for _ in range(7)]
    for weekday, stretch in stretches:
        days[weekday].append(stretch)
    return tuple(tuple(sorted(day)) for day in days) if any(days) else None


def locked_version(connection: Connection) -> int:
    """Return which rules are in force; nobody else changes any until the end. 0 before the first.

    Two who change the first rule at once meet at the row's key: one of them is run again.
    """
    query = select(col(tables.Rulebook.version)).with_for_update()
    return connection.execute(query).scalar() or 0


def change(connection: Connection, rules: Rulebook, now: datetime) -> None:
    """Raise the version, because some rule is being changed.

    The first change writes down what the settings have said so far.
    """
    row, before = tables.Rulebook, locked_version(connection)
    if before == 0:
        first = insert(row).values(
            id=1,
            version=0,
            shelf_days=rules.shelf_days,
            most_holds=rules.most_holds,
            hold_on_available=rules.hold_on_available,
            penalties=rules.penalties.on,
            late_notices=rules.late_notices,
            heed_pegi=rules.heed_pegi,
            grace_days=rules.penalties.grace_days,
            suspension_per_day=rules.penalties.per_day,
            longest_suspension=rules.penalties.longest,
            most_late_items=rules.most_late_items,
        )
        connection.execute(first)
    after = max(before + 1, int(now.timestamp() * 1_000_000))
    connection.execute(update(row).values(version=after))
