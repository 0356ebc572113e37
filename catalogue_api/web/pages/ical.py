"""Calendars as text/calendar (RFC 5545): lines of 75 bytes at the most, ended by CR LF. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LINE = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_PRODUCT = "-//Ritournelle//Ritournelle//FR"


@dataclass(frozen=True, slots=True)
class Event:
    """Something in a calendar. `uid` is the same as long as it is about the same.

    `sequence` grows when it is moved or cancelled, so that other calendars take it over.

    `starts` and `ends` are aware instants, or days: then `ends` is the last of them.
    """

    uid: str
    starts: date | datetime
    ends: date | datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    cancelled: bool = False
    sequence: int = 0


def calendar_text(name: str, events: Iterable[Event], now: datetime) -> bytes:
    """Return a calendar of this name; `now` is an aware instant."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
    ]
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(event.uid)}@ritournelle"
    yield f"DTSTAMP:{_instant(now)}"
    if isinstance(event.starts, datetime) and isinstance(event.ends, datetime):
        yield f"DTSTART:{_instant(event.starts)}"
        yield f"DTEND:{_instant(event.ends)}"
    else:
        # A day that ends an event is, in this format, the first that is not in it any more.
        yield f"DTSTART;VALUE=DATE:{event.starts:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.ends + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_escaped(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_escaped(event.description)}"
    if event.location:
        yield f"LOCATION:{_escaped(event.location)}"
    if event.url:
        yield f"URL:{event.url}"
    if event.sequence:
        yield f"SEQUENCE:{event.sequence}"
    if event.cancelled:
        yield "STATUS:CANCELLED"
    yield "END:VEVENT"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Return a text as a value; what is no text (control characters) is left out."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in plain if c == "\n" or c.isprintable()).translate(_ESCAPES)


def _folded(line: str) -> bytes:
    """Return a line as bytes, cut where it is too long: never within a character."""
    parts, part = [], b""
    for character in line:
        byte = character.encode("utf-8", "replace")
        if len(part) + len(byte) > _LINE:
            parts.append(part)
            part = b" "
        part += byte
    return b"\r\n".join([*parts, part]) + b"\r\n"
