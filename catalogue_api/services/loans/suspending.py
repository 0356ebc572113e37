"""A reader who brought something back late may not borrow for a while, where the rules say so."""

from datetime import date, datetime

from sqlalchemy import Connection

from catalogue_api.domain import lateness
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.storage import blocks
from catalogue_api.storage.circulation import LoanRow


def suspended_until(rules: Rulebook, loan: LoanRow, counted_on: date) -> date | None:
    """Return the last day of the suspension that returning a loan on this day brings, if any.

    What the reader said to have returned got no later from that day on.
    """
    until = min(counted_on, loan.claimed_returned_on or counted_on)
    if not rules.penalties.on or until <= loan.due_on:
        return None
    late = lateness.late_days(loan.due_on, until, rules.calendar(loan.site))
    return lateness.suspended_until(late, counted_on, rules.penalties)


def suspend(
    connection: Connection,
    loan: LoanRow,
    return_id: str,
    counted_on: date,
    until: date,
    now: datetime,
) -> None:
    """Keep the reader of a loan from borrowing; undoing the return lifts it again."""
    if loan.patron_id:
        blocks.suspend(connection, loan.patron_id, return_id, counted_on, until, now)
