"""When readers are reminded of what they have on loan, and of what waits for them."""

from dataclasses import dataclass
from datetime import date, timedelta

from catalogue_api.domain.calendar import Calendar

DUE_SOON_DAYS = 3
"""Days before a loan is due on which its reader is told so."""
DUE_SOON_SHOWS = 7
"""Days ahead that this one mail looks, so that the next days bring no other."""
LATE_EVERY = 7
"""Days between two reminders of what is late; the first comes as many after the due date."""
MOST_REMINDERS = 4


@dataclass(frozen=True, slots=True)
class Reminded:
    """The due date that a loan had when its reader was last reminded, and how often for being late.

    `number` is 0 where they were told only that the day comes near.
    """

    due_on: date
    number: int


def is_soon(due_on: date, today: date) -> bool:
    """Tell whether a loan that is due on a day makes a mail go out today."""
    return today <= due_on <= today + timedelta(days=DUE_SOON_DAYS)


def reminder(due_on: date, today: date, lent_at: Calendar, before: Reminded | None) -> int:
    """Return the number of the reminder that a late loan calls for today, 0 if none.

    On days on which the lending site is closed nobody is reminded, for nothing can be brought
    back. What was missed, then or because no night's work was done, is not made up for one by
    one: the loan gets the latest of them on the next open day.
    """
    sent = before.number if before is not None and before.due_on == due_on else 0
    number = min((today - due_on).days // LATE_EVERY, MOST_REMINDERS)
    return number if number > sent and lent_at.is_open(today) else 0


def expires_soon(ready_on: date, expires_on: date, today: date, where: Calendar) -> bool:
    """Tell whether the reader of a copy on the shelf is to be reminded that its time runs out.

    That is on the last open day before the copy's last one, or later; not on the day on which it
    was put there, when they were told the same.
    """
    eve = where.previous_open_day(expires_on - timedelta(days=1))
    return max(eve, ready_on + timedelta(days=1)) <= today <= expires_on
