"""Copies that were not fetched in time: their readers' turn is over, the next one's comes."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from catalogue_api.domain.holds import EndReason, HoldStatus
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.acting import Acting
from catalogue_api.services.holds.hold_edits import end
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Hold

BY_NIGHT = "night"
"""Who did it, in a history: the nightly work."""


@dataclass(frozen=True, slots=True)
class Expired:
    """A reservation whose reader did not come; `patron` is whom to tell."""

    hold: int
    title: int
    patron: int
    pickup_site: str
    expires_on: date


def expire_holds(session: Session, now: datetime, rules: Rulebook) -> tuple[Expired, ...]:
    """End what was ready for longer than its last day, at the sites that are open today.

    On a closed day nobody could have come, and nobody could take the copies down. Running it
    again changes nothing. A hold that was fetched or changed meanwhile is left alone.
    """
    acting = Acting(session, now, rules, BY_NIGHT)
    due = session.exec(
        select(Hold.id, Hold.title_id, Hold.pickup_site)
        .where(Hold.status == HoldStatus.READY.value, col(Hold.expires_on) < acting.today)
        .order_by(col(Hold.title_id), col(Hold.id))
    ).all()
    found = []
    for number, title, site in due:
        if not rules.calendar(site).is_open(acting.today):
            continue
        locks.title(session.connection(), title)
        hold = session.get_one(Hold, number, populate_existing=True, with_for_update=True)
        if hold.status != HoldStatus.READY.value or not _is_over(hold, acting.today):
            continue
        hold.version += 1
        end(acting, hold, HoldStatus.EXPIRED, EndReason.NOT_FETCHED)
        found.append(_told(hold))
    return tuple(found)


def _is_over(hold: Hold, today: date) -> bool:
    return hold.expires_on is not None and hold.expires_on < today


def _told(hold: Hold) -> Expired:
    last = hold.expires_on or date.max
    return Expired(hold.id or 0, hold.title_id, hold.patron_id or 0, hold.pickup_site, last)
