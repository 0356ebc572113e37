"""Notices: what the library tells a reader by mail, what of it they may decline, and until when.

A notice is a fact that waits to be told. Its words are made when it is sent, from what holds then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum


class NoticeKind(StrEnum):
    """What a notice is about. Closed."""

    HOLD_READY = "hold_ready"
    HOLD_EXPIRES = "hold_expires"
    DUE_SOON = "due_soon"
    LATE = "late"
    ONE_TIME_CODE = "one_time_code"
    SLOT_BOOKED = "slot_booked"
    SLOT_SOON = "slot_soon"
    SLOT_CANCELLED = "slot_cancelled"
    SLOT_MOVED = "slot_moved"
    SLOT_OFFERED = "slot_offered"
    WORKSHOP_REGISTERED = "workshop_registered"
    WORKSHOP_REMINDER = "workshop_reminder"
    WORKSHOP_OFFERED = "workshop_offered"
    WORKSHOP_RELEASED = "workshop_released"
    WORKSHOP_CANCELLED = "workshop_cancelled"
    WORKSHOP_MOVED = "workshop_moved"
    QUESTION_CONFIRM = "question_confirm"
    QUESTION_ANSWERED = "question_answered"
    SUGGESTION_DECIDED = "suggestion_decided"
    EMAIL_CHANGED = "email_changed"
    """To the address that a reader had before."""


class NoticeStatus(StrEnum):
    """The life of a notice."""

    WAITING = "waiting"
    SENT = "sent"
    """The library's mail server has acknowledged it."""
    TO_TELL = "to_tell"
    """No mail can: a librarian is to tell the reader."""
    TOLD = "told"
    DROPPED = "dropped"
    """It is never told; the reason stands beside it."""


class NoticeReason(StrEnum):
    """Why a notice was not sent as a mail. Closed."""

    STALE = "stale"
    """It would have come too late."""
    OVERTAKEN = "overtaken"
    """What it says holds no more."""
    DECLINED = "declined"
    WANTS_THE_DESK = "wants_the_desk"
    """The reader has asked to be told by a librarian."""
    NO_ADDRESS = "no_address"
    ADDRESS_REFUSED = "address_refused"
    MESSAGE_REFUSED = "message_refused"
    NO_MAIL = "no_mail"
    """The library sends no mail."""


class NoticeWay(StrEnum):
    """How a reader wants to be told."""

    EMAIL = "email"
    DESK = "desk"
    """By a librarian: a call, a letter, or when they come."""
    NOT_AT_ALL = "not_at_all"


class Urgency(IntEnum):
    """In which order notices leave when many wait."""

    AT_ONCE = 1
    """Somebody waits in front of a screen, or may lose a place within hours."""
    TODAY = 2
    COURTESY = 3


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What is true of every notice of a kind.

    `duty`: part of the service that the reader has asked for, so that it cannot be declined.
    `by_desk`: worth a call or a letter where no mail can be sent. `lasts`: how long it is worth
    something, and `ends`, if given, names the instant among its values at which it is not any
    more. `values` are those that it must bring. `secret`: they are wiped once it is sent or given
    up. `gathers`: how long one waits for others of its kind to the same reader, to be told in one
    mail. `elsewhere`: it goes to an address that is not the reader's any more, and is wiped once it
    is sent or given up.
    """

    duty: bool
    urgency: Urgency
    lasts: timedelta
    values: frozenset[str]
    ends: str = ""
    by_desk: bool = False
    secret: bool = False
    gathers: timedelta = timedelta()
    elsewhere: bool = False

    def stale_at(self, about: Mapping[str, str], at: datetime) -> datetime:
        """Return when a notice that may be sent from `at` on is worth nothing any more.

        Raises ValueError where one of its values is missing or is no instant.
        """
        missing = self.values - about.keys()
        if missing:
            raise ValueError(f"a notice without {', '.join(sorted(missing))}")
        latest = at + self.lasts
        return min(latest, instant(about[self.ends])) if self.ends else latest


def instant(text: str) -> datetime:
    """Return an instant written as ISO 8601 with its offset, in UTC; ValueError if it is none."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text}: not an instant, for want of its offset")
    return found.astimezone(UTC)


_HOURS = timedelta(hours=1)
_DAYS = timedelta(days=1)
_SLOT = frozenset({"site", "starts_at"})
_WORKSHOP = frozenset({"title", "site", "starts_at"})


def _duty(
    urgency: Urgency, lasts: timedelta, values: frozenset[str] | set[str], ends: str = ""
) -> NoticeFacts:
    return NoticeFacts(True, urgency, lasts, frozenset(values), ends, by_desk=True)


def _courtesy(lasts: timedelta, values: frozenset[str] | set[str], ends: str = "") -> NoticeFacts:
    return NoticeFacts(False, Urgency.COURTESY, lasts, frozenset(values), ends)


NOTICES: Mapping[NoticeKind, NoticeFacts] = {
    NoticeKind.HOLD_READY: NoticeFacts(
        True,
        Urgency.TODAY,
        30 * _DAYS,
        frozenset({"hold", "ready_at"}),
        by_desk=True,
        gathers=timedelta(minutes=10),
    ),
    NoticeKind.HOLD_EXPIRES: _courtesy(2 * _DAYS, {"hold", "expires_on"}),
    NoticeKind.DUE_SOON: _courtesy(2 * _DAYS, {"on"}),
    NoticeKind.LATE: _duty(Urgency.TODAY, 6 * _DAYS, {"on", "number"}),
    NoticeKind.ONE_TIME_CODE: NoticeFacts(
        True, Urgency.AT_ONCE, _DAYS, frozenset({"code", "until"}), "until", secret=True
    ),
    NoticeKind.SLOT_BOOKED: _courtesy(_DAYS, _SLOT | {"ends_at"}, "starts_at"),
    NoticeKind.SLOT_SOON: _courtesy(_DAYS, _SLOT | {"ends_at"}, "starts_at"),
    NoticeKind.SLOT_CANCELLED: _duty(Urgency.TODAY, 30 * _DAYS, _SLOT, "starts_at"),
    NoticeKind.SLOT_MOVED: _duty(
        Urgency.TODAY, 30 * _DAYS, _SLOT | {"ends_at", "was_starts_at"}, "starts_at"
    ),
    NoticeKind.SLOT_OFFERED: _duty(Urgency.AT_ONCE, 7 * _DAYS, _SLOT | {"until"}, "until"),
    NoticeKind.WORKSHOP_REGISTERED: _courtesy(2 * _DAYS, _WORKSHOP, "starts_at"),
    NoticeKind.WORKSHOP_REMINDER: _duty(Urgency.TODAY, 7 * _DAYS, _WORKSHOP, "starts_at"),
    NoticeKind.WORKSHOP_OFFERED: _duty(Urgency.AT_ONCE, 7 * _DAYS, _WORKSHOP | {"until"}, "until"),
    NoticeKind.WORKSHOP_RELEASED: _duty(Urgency.TODAY, 30 * _DAYS, _WORKSHOP, "starts_at"),
    NoticeKind.WORKSHOP_CANCELLED: _duty(Urgency.TODAY, 30 * _DAYS, _WORKSHOP, "starts_at"),
    NoticeKind.WORKSHOP_MOVED: _duty(
        Urgency.TODAY, 30 * _DAYS, _WORKSHOP | {"was_starts_at"}, "starts_at"
    ),
    NoticeKind.QUESTION_CONFIRM: NoticeFacts(
        True, Urgency.AT_ONCE, _DAYS, frozenset({"token"}), secret=True
    ),
    NoticeKind.QUESTION_ANSWERED: _duty(Urgency.TODAY, 30 * _DAYS, {"question"}),
    NoticeKind.SUGGESTION_DECIDED: _courtesy(30 * _DAYS, {"suggestion"}),
    NoticeKind.EMAIL_CHANGED: NoticeFacts(
        True, Urgency.AT_ONCE, 7 * _DAYS, frozenset({"changed_at"}), elsewhere=True
    ),
}

DECLINABLE = frozenset(kind for kind, facts in NOTICES.items() if not facts.duty)
"""What a reader may decline: the rest belongs to what they have asked for."""


def ways_of(kind: NoticeKind) -> tuple[NoticeWay, ...]:
    """Return how readers can be told of a kind: a librarian tells only what is worth a call."""
    facts = NOTICES[kind]
    desk = (NoticeWay.DESK,) if facts.by_desk else ()
    return (NoticeWay.EMAIL, *desk, *(() if facts.duty else (NoticeWay.NOT_AT_ALL,)))


CHOSEN = tuple(kind for kind in NoticeKind if len(ways_of(kind)) > 1)
"""The kinds that leave a choice."""
