"""What the agenda has at hours at which its site is closed: somebody has to move it or call it off.

A talk may well be meant for the evening: nothing is decided here, and what somebody has said to be
meant so is left out.
"""

from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.domain.slot_grid import opening_at
from catalogue_api.storage import agenda
from catalogue_api.storage.agenda import PlannedSession

_DAY = timedelta(days=1)


def at_closed_hours(
    session: Session,
    rules: Rulebook,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    site: str | None = None,
) -> list[PlannedSession]:
    """Return sessions that are still to come and do not lie within opening hours, by their start.

    Between two days, the last one included; at one site, or at all.
    """
    since = now if first is None else max(now, _midnight(first, rules))
    until = None if last is None else _midnight(last + _DAY, rules)
    return [
        one
        for one in agenda.planned(session.connection(), since, until)
        if site in {None, one.site} and not one.meant_so and not _is_open(rules, one)
    ]


def met_by_change(
    session: Session, before: Rulebook, after: Rulebook, now: datetime, site: str | None = None
) -> list[PlannedSession]:
    """Return the sessions that lie within opening hours by the rules before, and not after."""
    closed = at_closed_hours(session, after, now, site=site)
    return [one for one in closed if _is_open(before, one)]


def _is_open(rules: Rulebook, one: PlannedSession) -> bool:
    opening = opening_at(rules.calendar(one.site), one.starts_at)
    return opening is not None and one.ends_at <= opening.ends


def _midnight(day: date, rules: Rulebook) -> datetime:
    return datetime.combine(day, time.min, rules.zone).astimezone(UTC)
