"""The programs that guard the library's computers: whether they are heard of. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from catalogue_api.domain.calendar import Opening

SILENT_AFTER = timedelta(minutes=5)
"""A program asks three times a minute; in the morning it has as long to be started."""


class ProgramState(StrEnum):
    """How the program of a computer is, as far as the catalogue knows. Closed.

    *Resting*: not heard of while the library is closed, which is as it should be.
    """

    RUNNING = "running"
    RESTING = "resting"
    SILENT = "silent"
    AWAITED = "awaited"
    """It has a token, and was never heard of."""
    REVOKED = "revoked"
    NONE = "none"
    """It was never given a token."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is known of the program of a computer; `revoked`: its token is worthless."""

    revoked: bool
    seen_at: datetime | None


def state_of_program(
    program: Program | None, opening: Opening | None, now: datetime
) -> ProgramState:
    """Return how a program is; `opening` is the one that holds `now`, None while closed."""
    if program is None:
        return ProgramState.NONE
    if program.revoked:
        return ProgramState.REVOKED
    if program.seen_at is None:
        return ProgramState.AWAITED
    if now - program.seen_at < SILENT_AFTER:
        return ProgramState.RUNNING
    if opening is None or now - opening.starts < SILENT_AFTER:
        return ProgramState.RESTING
    return ProgramState.SILENT
