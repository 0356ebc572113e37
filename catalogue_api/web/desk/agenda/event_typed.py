"""What is typed of an event, and what it makes in the contract. Pure."""

from collections.abc import Mapping
from datetime import date, time
from zoneinfo import ZoneInfo

from catalogue_api.contract.events import EventData
from catalogue_api.domain.events import MOST_SESSIONS, EventKind, instant_of, repeated
from catalogue_api.web.pages.forms import Form, Unfit

_NUMBERS = ("places", "least_age", "most_age", "computers", "scheme")
_TICKS = ("series", "must_confirm", "published")
AT = {
    "workshop_needs_places": "places",
    "drop_in_has_no_places": "places",
    "fewer_than_seated": "places",
    "no_session": "first_on",
    "same_time_twice": "first_on",
    "in_the_past": "first_on",
    "ages_reversed": "most_age",
    "too_few_computers": "computers",
    "unknown_site": "at",
    "unknown_scheme": "scheme",
    "has_registrations": "series",
}
"""Beside which field a refusal stands."""
FIELDS = {"site": ("at", ""), "sessions": ("times", "")}
"""For a field of the body the field of the form."""


def said_of_event(form: Form) -> dict[str, object]:
    """Return what a form says of an event, for `body_of`."""
    said: dict[str, object] = {
        "kind": form.text("kind"),
        "title": form.text("title"),
        "about": form.text("about"),
        "site": form.text("at"),
        "room": form.text("room"),
        "opens_on": form.text("opens_on") or None,
    }
    for name in _NUMBERS:
        said[name] = form.text(name) or None
    said["computers"] = form.text("computers") or 0
    for name in _TICKS:
        said[name] = form.text(name) == "on"
    return said


def values_of(event: EventData) -> dict[str, str]:
    """Return what a form shows of an event."""
    shown = {
        "kind": event.kind.value,
        "title": event.title,
        "about": event.about,
        "at": event.site,
        "room": event.room,
        "opens_on": event.opens_on.isoformat() if event.opens_on else "",
        "computers": str(event.computers or ""),
    }
    for name in ("places", "least_age", "most_age", "scheme"):
        value = getattr(event, name)
        shown[name] = "" if value is None else str(value)
    for name in _TICKS:
        shown[name] = "on" if getattr(event, name) else ""
    return shown


def times_of(form: Form, zone: ZoneInfo) -> list[dict[str, object]]:
    """Return the sessions that a form asks for: one day, or the same again every few weeks.

    Raise `Unfit` for what is no day or time, and for a time that the clocks leave out.
    """
    day, wall = _day(form.text("first_on")), _wall(form.text("starts"))
    times = _number(form, "times", 1, MOST_SESSIONS)
    weeks = _number(form, "weeks", 1, 52)
    minutes = _number(form, "minutes", 60, 600)
    found: list[dict[str, object]] = []
    for one in repeated(day, times, weeks):
        start = instant_of(one, wall, zone)
        if start is None:
            raise Unfit({"starts": ("agenda.no_such_time",)})
        found.append({"starts_at": start, "minutes": minutes})
    return found


def lasting(kind: str) -> Mapping[str, str]:
    """Return what a new event has before anything is typed."""
    places = "8" if kind == EventKind.WORKSHOP.value else ""
    return {"kind": kind, "places": places, "minutes": "60", "times": "1", "weeks": "1",
            "published": "on"}  # fmt: skip


def _day(said: str) -> date:
    try:
        found = date.fromisoformat(said)
    except ValueError as error:
        raise Unfit({"first_on": ("field.required" if not said else "field.malformed",)}) from error
    if not 2000 <= found.year <= 2099:
        raise Unfit({"first_on": ("field.malformed",)})
    return found


def _wall(said: str) -> time:
    try:
        found = time.fromisoformat(said)
    except ValueError as error:
        raise Unfit({"starts": ("field.required" if not said else "field.malformed",)}) from error
    return found.replace(second=0, microsecond=0, tzinfo=None)


def _number(form: Form, name: str, default: int, most: int) -> int:
    said = form.text(name)
    if not said:
        return default
    if not (said.isascii() and said.isdigit() and len(said) <= 4 and 1 <= int(said) <= most):
        raise Unfit({name: ("field.malformed",)})
    return int(said)
