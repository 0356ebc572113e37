"""What a change of the calendar meets, in words: loans, reservations, slots, sessions."""

from typing import Protocol

from catalogue_api.web.texts import Words


class Ending(Protocol):
    """What a change tells of all that it meets."""

    @property
    def loans_due(self) -> int:
        """Open loans that are due on a closed day."""

    @property
    def holds_ready(self) -> int:
        """Reservations that end on the shelf on a closed day."""

    @property
    def slots_booked(self) -> int:
        """Slots at computers outside the opening hours."""

    @property
    def sessions(self) -> int:
        """Sessions of the agenda outside the opening hours."""


def meets_something(found: Ending) -> bool:
    """Tell whether a change leaves something to be settled."""
    return bool(found.loans_due or found.holds_ready or found.slots_booked or found.sessions)


def ending_in_words(words: Words, found: Ending) -> list[str]:
    """Return what a change meets, and what can be done about it."""
    if not meets_something(found):
        return [words.text("ending.nothing")]
    counted = [
        words.count(key, number)
        for key, number in (
            ("ending.loans", found.loans_due),
            ("ending.holds", found.holds_ready),
            ("ending.slots", found.slots_booked),
        )
        if number
    ]
    lines = [*counted, words.text("ending.move")] if counted else []
    return lines + ([words.count("ending.sessions", found.sessions)] if found.sessions else [])
