"""How long what is known of people is kept, and why: one entry for every table.

The library's own decision, in the spirit of the lapsed simplified standard NS-009 of the CNIL:
who borrowed what is forgotten at the end of the fourth month after the return, a reader a year
after their last loan has ended. `docs/personal-data.md` says the same to people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Then(StrEnum):
    """What happens when a period is over."""

    KEPT = "kept"
    """Nothing: there is nobody in it, or it is what the library owns."""
    PERSON_REMOVED = "person_removed"
    """The row stays for statistics, without the person."""
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Period:
    """So many whole months after the one in which something ended, or so many days after it."""

    months: int = 0
    days: int = 0

    def first_kept(self, today: date) -> date:
        """Return the first day of which everything is still kept."""
        if not self.months:
            return today - timedelta(days=self.days)
        month = today.year * 12 + today.month - 1 - self.months
        return date(month // 12, month % 12 + 1, 1)

    def kept_since(self, today: date, zone: ZoneInfo) -> datetime:
        """Return the instant at which the first day that is still kept begins in the library."""
        return datetime.combine(self.first_kept(today), time.min, zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.months} months" if self.months else f"{self.days} days"


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of the rows of a table; `counted_from` and `reason` complete the sentence."""

    then: Then
    period: Period = Period()
    counted_from: str = ""
    reason: str = ""


FOUR_MONTHS = Period(months=4)
ONE_MONTH = Period(months=1)
ONE_YEAR = Period(days=365)
EIGHT_DAYS = Period(days=8)
_NOBODY = Rule(Then.KEPT, reason="nobody is in it")
_OWNED = Rule(Then.KEPT, reason="what the library owns and decides; nobody is in it")

MOST_CHANGES = 100_000
"""Rows of the kiosks' feed: whoever is further behind copies the catalogue anew."""

RULES: Mapping[str, Rule] = {
    "patrons": Rule(
        Then.DELETED,
        ONE_YEAR,
        "the end of the last loan, or the registration of who never borrowed",
        "lending needs to know who has what; kept while the card is valid, while a loan or a "
        "reservation is open, and while a block lasts; who asks goes earlier",
    ),
    "loans": Rule(
        Then.PERSON_REMOVED,
        FOUR_MONTHS,
        "the return",
        "a damage or a dispute shows up within months; kept for readers who ask for their "
        "history, gone in the night after for those who want none",
    ),
    "holds": Rule(
        Then.PERSON_REMOVED,
        FOUR_MONTHS,
        "the end of the reservation",
        "questions about who had which turn; as loans, for want of a rule of its own",
    ),
    "hold_events": Rule(
        Then.DELETED, FOUR_MONTHS, "the end of the reservation", "explains a rank while it matters"
    ),
    "blocks": Rule(
        Then.DELETED, FOUR_MONTHS, "the end of the block", "disputes about a suspension"
    ),
    "bookings": Rule(
        Then.PERSON_REMOVED,
        EIGHT_DAYS,
        "the end of the slot",
        "the week’s allowance is counted; who used a computer is nobody’s business after that, and "
        "no record of connections is kept here",
    ),
    "slot_wishes": Rule(
        Then.DELETED, EIGHT_DAYS, "the end of the waiting", "as the slot that was waited for"
    ),
    "walk_ins": Rule(
        Then.DELETED, Period(days=1), "the end of the waiting", "a number is called in its turn"
    ),
    "guest_passes": Rule(
        Then.DELETED, Period(days=1), "the end of the code", "somebody without a card sits down"
    ),
    "booking_quarters": Rule(
        Then.DELETED, Period(days=1), "the quarter of an hour", "no two have one computer at once"
    ),
    "returns": Rule(
        Then.PERSON_REMOVED,
        FOUR_MONTHS,
        "the return",
        "receipts are looked up; no reader is in it, only the librarian who took it",
    ),
    "notices": Rule(
        Then.DELETED,
        FOUR_MONTHS,
        "being sent, told or given up",
        "whether somebody was told is asked within months; no titles of loans or reservations in "
        "it, and codes are wiped once they are sent",
    ),
    "notice_choices": Rule(
        Then.DELETED,
        ONE_YEAR,
        "the end of the reader’s last loan",
        "how a reader wants to be told: it goes with the reader",
    ),
    "registrations": Rule(
        Then.PERSON_REMOVED,
        ONE_MONTH,
        "the end of the registration",
        "who came is asked for within weeks; figures need no names",
    ),
    "vouchers": Rule(
        Then.DELETED,
        ONE_YEAR,
        "the reimbursement",
        "the accounts are checked; nobody is in it, and of the serial number only a hash",
    ),
    "seats": Rule(Then.KEPT, reason="how many came; whoever it was goes with the registration"),
    "questions": Rule(
        Then.DELETED,
        FOUR_MONTHS,
        "being answered or closed",
        "answers are looked up again for a while; what nobody confirmed goes after a day",
    ),
    "suggestions": Rule(
        Then.PERSON_REMOVED,
        FOUR_MONTHS,
        "the decision",
        "its reader sees what came of it; what was suggested and decided stays without them",
    ),
    "loan_reminders": Rule(
        Then.DELETED, FOUR_MONTHS, "the return", "nobody is reminded twice of the same; as loans"
    ),
    "anomalies": Rule(
        Then.DELETED, FOUR_MONTHS, "being dealt with", "shows which devices and shelves go wrong"
    ),
    "patron_sessions": Rule(
        Then.DELETED, Period(days=1), "the end of the session", "somebody is signed in"
    ),
    "staff_sessions": Rule(
        Then.DELETED, Period(days=1), "the end of the session", "somebody is signed in"
    ),
    "mailed_codes": Rule(
        Then.DELETED, Period(days=1), "the end of the code", "a PIN is chosen with it; hashed"
    ),
    "calendar_feeds": Rule(
        Then.DELETED,
        ONE_YEAR,
        "the end of the reader’s last loan",
        "who has the secret address reads the calendar; hashed; gone with the reader, or when "
        "they drop it",
    ),
    "sign_in_failures": Rule(
        Then.DELETED, Period(days=1), "the last failure", "guessing is slowed down; hashed"
    ),
    "deeds": Rule(
        Then.DELETED,
        Period(days=1),
        "the deed",
        "what was done by mistake can be taken back on its day; only the librarian is in it",
    ),
    "idempotency_keys": Rule(
        Then.DELETED, Period(days=3), "the call", "a call that is repeated gets the same answer"
    ),
    "audit": Rule(
        Then.DELETED,
        ONE_YEAR,
        "the act",
        "who did what must be found out; readers by number only, and never beside what they had",
    ),
    "staff": Rule(Then.DELETED, ONE_YEAR, "the account’s being disabled", "who may sign in"),
    "job_runs": Rule(Then.DELETED, ONE_YEAR, "the run", "shows that the nights did their work"),
    "changes": Rule(
        Then.DELETED,
        reason=f"nobody is in it; the newest {MOST_CHANGES:,} stay for the kiosks",
    ),
    "kiosks": _NOBODY,
    "signing_keys": _NOBODY,
    "machines": _NOBODY,
    "leftovers": Rule(Then.KEPT, reason="nobody is in it; gone when the copy is put away"),
    "sites": _OWNED,
    "site_facilities": _OWNED,
    "page_texts": _OWNED,
    "favourites": Rule(
        Then.KEPT,
        reason="what librarians recommend; the name is the one they chose to sign with",
    ),
    "titles": _OWNED,
    "title_numbers": _OWNED,
    "title_records": _OWNED,
    "titles_to_index": _OWNED,
    "vocabulary": _OWNED,
    "spellings": _OWNED,
    "items": _OWNED,
    "rulebook": _OWNED,
    "loan_rules": _OWNED,
    "loan_limits": _OWNED,
    "rooms": _OWNED,
    "computers": _OWNED,
    "computer_agents": _NOBODY,
    "slot_rules": _OWNED,
    "slot_blocks": _OWNED,
    "opening_hours": _OWNED,
    "events": _OWNED,
    "event_sessions": _OWNED,
    "voucher_schemes": _OWNED,
    "voucher_places": _OWNED,
    "calendar_exceptions": _OWNED,
    "school_holidays": _OWNED,
    "open_public_holidays": _OWNED,
}
