"""What must hold of the whole database, whatever was done to it: one query for each rule.

The nights take away what is known of people (`domain.retention`): a rule excuses that something
is missing if it was over before `:kept_since`, and if all that goes with it is gone too.
"""

from datetime import UTC, datetime

from sqlalchemy import TextClause, bindparam, text
from sqlmodel import col

from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Hold

_OPEN_LOAN = "SELECT item_id FROM loans WHERE ended_at IS NULL"
_CAUGHT = "holds.status IN ('captured', 'ready')"
_LIVE = "status IN ('offered', 'booked', 'in_use')"
_TWO_LIVE = (
    f"SELECT a.id, b.id FROM (SELECT * FROM bookings WHERE {_LIVE}) AS a"
    f" JOIN (SELECT * FROM bookings WHERE {_LIVE}) AS b ON a.id < b.id"
    " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at AND a.{column} = b.{column}"
)
_FORGOTTEN_HOLDS = (
    "SELECT id FROM holds WHERE ended_at < :kept_since AND patron_id IS NULL"
    " AND id NOT IN (SELECT hold_id FROM hold_events)"
)
ALL_IS_KEPT = datetime.min.replace(tzinfo=UTC)
RULES = {
    "an item has one open loan at most": (
        f"SELECT item_id FROM ({_OPEN_LOAN}) AS l GROUP BY item_id HAVING count(*) > 1"
    ),
    "an open loan has its reader": (
        "SELECT id FROM loans WHERE ended_at IS NULL AND patron_id IS NULL"
    ),
    "a history is kept for long or not at all": (
        "SELECT id FROM patrons WHERE keeps_history AND forgets_history"
    ),
    "a loan ends after it began": "SELECT id FROM loans WHERE ended_at < started_at",
    "what is on loan waits for no shelf and travels nowhere": (
        f"SELECT id FROM items WHERE id IN ({_OPEN_LOAN})"
        " AND (to_shelve_since IS NOT NULL OR destination IS NOT NULL)"
    ),
    "what is on loan serves no reservation": (
        f"SELECT id FROM holds WHERE {_CAUGHT} AND item_id IN ({_OPEN_LOAN})"
    ),
    "a copy serves one reservation at most": (
        f"SELECT item_id FROM holds WHERE {_CAUGHT} GROUP BY item_id HAVING count(*) > 1"
    ),
    "a waiting reservation has no copy": (
        "SELECT id FROM holds WHERE status = 'waiting' AND item_id IS NOT NULL"
    ),
    "who was told is told how, and was told of a copy that was once ready": (
        "SELECT id FROM holds WHERE (told_at IS NULL) <> (told_how = '')"
        " OR (told_at IS NOT NULL AND id NOT IN"
        " (SELECT hold_id FROM hold_events WHERE kind = 'ready')"
        f" AND id NOT IN ({_FORGOTTEN_HOLDS}))"
    ),
    "whoever a mail has told was told of that reservation": (
        "SELECT holds.id FROM holds WHERE told_how = 'email' AND patron_id IS NOT NULL"
        " AND told_at >= :kept_since AND NOT EXISTS"
        " (SELECT * FROM notices WHERE notices.patron_id = holds.patron_id"
        " AND kind = 'hold_ready' AND status = 'sent')"
    ),
    "what is ready has its notice": (
        "SELECT holds.id FROM holds WHERE status = 'ready' AND NOT EXISTS"
        " (SELECT * FROM notices WHERE notices.patron_id = holds.patron_id"
        " AND kind = 'hold_ready' AND notices.at = holds.ready_at)"
    ),
    "what is in the hand of a sender waits": (
        "SELECT id FROM notices WHERE status <> 'waiting' AND claimed_by <> ''"
    ),
    "what was told is over, and its secrets are wiped": (
        "SELECT id FROM notices WHERE kind IN ('one_time_code', 'question_confirm')"
        " AND ended_at IS NOT NULL AND about <> '{}'"
    ),
    "an address that was a reader's is wiped once it was told": (
        "SELECT id FROM notices WHERE patron_id IS NOT NULL AND address <> ''"
        " AND (ended_at IS NOT NULL OR kind <> 'email_changed')"
    ),
    "a copy serves a reservation of its own title": (
        "SELECT holds.id FROM holds JOIN items ON items.id = holds.item_id"
        f" WHERE {_CAUGHT} AND items.title_id <> holds.title_id"
    ),
    "whoever wants one copy gets that one": (
        f"SELECT id FROM holds WHERE {_CAUGHT} AND wanted_item_id <> item_id"
    ),
    "what is ready stands where it is fetched, under a number, until a day": (
        "SELECT holds.id FROM holds JOIN items ON items.id = holds.item_id"
        " WHERE holds.status = 'ready' AND (items.current_site <> holds.pickup_site"
        " OR items.destination IS NOT NULL OR holds.shelf_number IS NULL"
        " OR holds.expires_on IS NULL)"
    ),
    "what was caught elsewhere travels to its reader": (
        "SELECT holds.id FROM holds JOIN items ON items.id = holds.item_id"
        f" WHERE {_CAUGHT} AND items.current_site <> holds.pickup_site"
        " AND coalesce(items.destination, '') <> holds.pickup_site"
    ),
    "what is kept for a reader waits for no shelf": (
        "SELECT holds.id FROM holds JOIN items ON items.id = holds.item_id"
        f" WHERE {_CAUGHT} AND items.to_shelve_since IS NOT NULL"
    ),
    "nothing travels to where it is, or is on its way to nowhere": (
        "SELECT id FROM items WHERE destination = current_site"
        " OR (sent_at IS NOT NULL AND destination IS NULL)"
    ),
    "a return that ended a loan has ended it": (
        "SELECT return_id FROM returns JOIN loans ON loans.id = returns.loan_id"
        " WHERE undone_at IS NULL AND ended_at IS NULL"
    ),
    "a loan was ended by one return": (
        "SELECT loan_id FROM returns WHERE undone_at IS NULL AND loan_id IS NOT NULL"
        " GROUP BY loan_id HAVING count(*) > 1"
    ),
    "an ended loan has the return that ended it": (
        "SELECT id FROM loans WHERE ended_at IS NOT NULL AND id NOT IN"
        " (SELECT loan_id FROM returns WHERE loan_id IS NOT NULL AND undone_at IS NULL)"
    ),
    "a reader reserves a title once": (
        "SELECT title_id FROM holds WHERE status IN ('waiting', 'captured', 'ready')"
        " AND wanted_item_id IS NULL GROUP BY title_id, patron_id HAVING count(*) > 1"
    ),
    "a seat has a number that its event has": (
        "SELECT seats.id FROM seats JOIN event_sessions ON event_sessions.id = seats.session_id"
        " JOIN events ON events.id = event_sessions.event_id"
        " WHERE seats.number IS NOT NULL AND (events.places IS NULL"
        " OR seats.number NOT BETWEEN 1 AND events.places)"
    ),
    "whoever waits has no seat": (
        "SELECT seats.id FROM seats JOIN registrations ON registrations.id = registration_id"
        " WHERE status = 'waiting'"
    ),
    "whoever has a place has a seat in what they registered for": (
        "SELECT registrations.id FROM registrations JOIN event_sessions"
        " ON event_sessions.event_id = registrations.event_id"
        " AND (registrations.session_id IS NULL OR registrations.session_id = event_sessions.id)"
        " LEFT JOIN seats ON seats.session_id = event_sessions.id"
        " AND seats.registration_id = registrations.id"
        " WHERE status IN ('registered', 'offered') AND cancelled_at IS NULL AND seats.id IS NULL"
        " AND event_sessions.starts_at > made_at"
    ),
    "nobody shares a computer": _TWO_LIVE.format(column="computer_id"),
    "nobody sits in two places": _TWO_LIVE.format(column="patron_id"),
    "a booking that is over says when": (
        f"SELECT id FROM bookings WHERE ({_LIVE}) <> (ended_at IS NULL)"
    ),
    "who sits somewhere has sat down": (
        "SELECT id FROM bookings WHERE status = 'in_use' AND claimed_at IS NULL"
    ),
    "a slot is offered to one who waits, and to no other": (
        "SELECT id FROM bookings WHERE status = 'offered' AND (SELECT count(*) FROM slot_wishes"
        " WHERE booking_id = bookings.id AND status = 'offered')"
        " + (SELECT count(*) FROM walk_ins WHERE booking_id = bookings.id AND status = 'called')"
        " <> 1"
    ),
    "what one is offered is kept for one": (
        "SELECT slot_wishes.id FROM slot_wishes JOIN bookings ON bookings.id = booking_id"
        " WHERE slot_wishes.status = 'offered' AND bookings.status <> 'offered'"
    ),
    "what is taken for a class is kept as long as the class comes": (
        "SELECT bookings.id FROM bookings JOIN slot_blocks ON slot_blocks.id = block_id"
        " WHERE slot_blocks.ended_at IS NOT NULL AND bookings.ended_at IS NULL"
    ),
    "every reservation says how it came about": (
        "SELECT id FROM holds WHERE id NOT IN"
        " (SELECT hold_id FROM hold_events WHERE kind = 'placed')"
        f" AND id NOT IN ({_FORGOTTEN_HOLDS})"
    ),
    "what ended says when": (
        "SELECT id FROM holds WHERE (status IN ('waiting', 'captured', 'ready'))"
        " <> (ended_at IS NULL)"
    ),
    "a suspension follows from a return that stands": (
        "SELECT blocks.id FROM blocks JOIN returns ON returns.return_id = blocks.return_id"
        " WHERE blocks.lifted_at IS NULL AND returns.undone_at IS NOT NULL"
    ),
}


def broken(
    database: Database, most_loans: int, most_holds: int, kept_since: datetime = ALL_IS_KEPT
) -> list[str]:
    """Return the rules that do not hold, with the rows that break them.

    `kept_since`: what ended before may have been forgotten by now (four months).
    """
    rules = RULES | {
        "nobody has more loans than their rule allows": (
            "SELECT patron_id FROM loans WHERE ended_at IS NULL"
            f" GROUP BY patron_id HAVING count(*) > {most_loans}"
        ),
        "nobody has more reservations than their rule allows": (
            "SELECT patron_id FROM holds WHERE status IN ('waiting', 'captured', 'ready')"
            f" GROUP BY patron_id HAVING count(*) > {most_holds}"
        ),
    }
    if database.dialect == "sqlite":
        rules |= {"every row points somewhere": "SELECT * FROM pragma_foreign_key_check"}

    def work(session) -> list[str]:
        connection = session.connection()
        found = {
            name: connection.execute(_query(rule, kept_since)).all() for name, rule in rules.items()
        }
        return [f"{name}: {list(map(tuple, rows))}" for name, rows in found.items() if rows]

    return database.read_now(work)


def _query(rule: str, kept_since: datetime) -> TextClause:
    if ":kept_since" not in rule:
        return text(rule)
    of_the_type = col(Hold.ended_at).type
    return text(rule).bindparams(bindparam("kept_since", kept_since, of_the_type))
