"""Where the pages of the agenda stand."""

from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.page import Entry

HOME = "/desk/agenda"
ENTRY = Entry("agenda", HOME, Scope.AGENDA, "e")
NUMBER = "[1-9][0-9]{0,8}"
EVENT = f"/agenda/events/{{event:{NUMBER}}}"
SESSION = f"/agenda/sessions/{{event_session:{NUMBER}}}"


def event_at(number: int | str) -> str:
    """Return the address of an event."""
    return f"{HOME}/events/{number}"


def session_at(number: int | str) -> str:
    """Return the address of a session."""
    return f"{HOME}/sessions/{number}"
