"""Questions to librarians and suggestions to buy: how they go on, and what keeps floods out."""

from datetime import timedelta
from enum import StrEnum


class QuestionStatus(StrEnum):
    """The life of a question."""

    UNCONFIRMED = "unconfirmed"
    """Asked by somebody without a card, whose address is not confirmed yet: nobody sees it."""
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    """Dealt with in another way, or none at all: nobody is told."""


class QuestionRefusal(StrEnum):
    """Why a question or a suggestion is not taken. Closed."""

    TOO_MANY_OPEN = "too_many_open"
    """So many of theirs wait that these are answered first."""
    NOT_OPEN = "not_open"
    NO_SUCH_COLLEAGUE = "no_such_colleague"
    NO_ADDRESS = "no_address"
    """What was given is not the address of a mailbox."""
    SUGGESTED_ALREADY = "suggested_already"


class Decision(StrEnum):
    """What becomes of a suggestion to buy."""

    ACCEPTED = "accepted"
    ORDERED = "ordered"
    ALREADY_THERE = "already_there"
    NOT_ACCEPTED = "not_accepted"


MOST_OPEN_QUESTIONS = 5
"""Of one reader."""
MOST_OPEN_SUGGESTIONS = 10
"""Of one reader."""
MOST_UNCONFIRMED_OF_ADDRESS = 3
"""Mails that one address gets in a day because somebody typed it here."""
MOST_UNCONFIRMED = 500
"""Of all: whoever fills this in a day is no reader."""
CONFIRM_WITHIN = timedelta(days=1)
