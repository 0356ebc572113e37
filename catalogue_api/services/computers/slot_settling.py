"""What becomes due at the computers as time goes by, written down; and offers to who waits.

Nothing depends on when it runs (see `seating`), but for how soon people hear of it.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.domain.slot_use import is_lapsed
from catalogue_api.services.acting import Acting
from catalogue_api.services.computers import slot_offers
from catalogue_api.services.computers.booking import hold
from catalogue_api.services.computers.seating import end_lapsed
from catalogue_api.storage import bookings, waiting

BY_CLOCK = "clock"


def settle_slots(session: Session, now: datetime, rules: Rulebook) -> Mapping[str, int]:
    """End what has lapsed, offer what is free; return how many of each."""
    by = Acting(session, now, rules, BY_CLOCK)
    report: dict[str, int] = {}
    for found in bookings.begun_or_offered(by.connection, now):
        if not is_lapsed(found.use, rules.slots, now):
            continue
        row = hold(session, found)
        if row is not None and row.ended_at is None and is_lapsed(row.use, rules.slots, now):
            end_lapsed(by, [row])
            report[row.status.value] = report.get(row.status.value, 0) + 1
    waiting.end_yesterdays_numbers(by.connection, by.today, now)
    report["wishes"] = waiting.end_wishes(by.connection, now)
    sites = {
        *waiting.sites_with_wishes(by.connection),
        *waiting.sites_with_turns(by.connection, by.today),
    }
    report["offers"] = sum(slot_offers.offer_free(by, site) for site in sorted(sites))
    return report
