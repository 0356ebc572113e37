"""Who may sit down at a library computer by its own program, and when it warns them."""

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

WARN_MINUTES: Final = (5, 4, 3, 2, 1)
"""Whoever sits there is warned when so many minutes are left."""

ASK_EVERY = timedelta(seconds=20)
"""How often the program of a computer asks how things stand."""

PASS_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # noqa: S105
"""What the code of a guest is made of: nothing that is easily taken for something else."""
PASS_LENGTH: Final = 8


class PassState(StrEnum):
    """What became of the code of a guest. Closed."""

    READY = "ready"
    USED = "used"
    REVOKED = "revoked"
    OVER = "over"
    """Nobody came with it in time."""


class SeatRefusal(StrEnum):
    """Why the program of a computer lets nobody in, beside the reasons of `SlotRefusal`. Closed."""

    WRONG_CARD_OR_PIN = "wrong_card_or_pin"
    """It does not say which of the two."""
    WRONG_PASS = "wrong_pass"  # noqa: S105
    """Nobody has this code, or it is for another room, or used up, or over."""
    CHOOSE_PIN_FIRST = "choose_pin_first"
    """The reader has a one-time code yet, and would be without a PIN after it."""
    IN_USE = "in_use"
    """Somebody else’s session is not over."""
    NO_SESSION = "no_session"
    """There is no session here, or not the one that is spoken of."""


def pass_state(*, used: bool, revoked: bool, expires_at: datetime, now: datetime) -> PassState:
    """Return what became of the code of a guest."""
    if used:
        return PassState.USED
    if revoked:
        return PassState.REVOKED
    return PassState.READY if now < expires_at else PassState.OVER


def pass_code(token: str) -> str:
    """Return the code of a guest out of a random token."""
    chance = sha256(token.encode()).digest()
    return "".join(PASS_LETTERS[byte % len(PASS_LETTERS)] for byte in chance[:PASS_LENGTH])


def pass_typed(text: str) -> str:
    """Return a code as it was made from what somebody typed: blanks and case do not matter."""
    return "".join(text.split()).replace("-", "").upper()
