"""Calendars as RFC 5545 wants them: lines, folds, escapes, days and instants."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.web.pages.ical import Event, calendar_text

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = date(2026, 12, 31)


def lines_of(text: bytes) -> list[str]:
    """Unfold, as a reader of the format does."""
    assert text.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    return text.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def test_a_day_ends_where_the_next_one_begins() -> None:
    lines = lines_of(calendar_text("x", [Event("a", DAY, DAY, "s")], NOW))
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert "DTSTAMP:20261123T120000Z" in lines


def test_instants_are_told_in_universal_time() -> None:
    paris = timezone(timedelta(hours=1))
    starts = datetime(2026, 12, 1, 10, tzinfo=paris)
    event = Event("a", starts, starts + timedelta(hours=1), "s", cancelled=True, location="l")
    lines = lines_of(calendar_text("x", [event], NOW))
    assert {"DTSTART:20261201T090000Z", "DTEND:20261201T100000Z", "STATUS:CANCELLED"} <= set(lines)


@given(text=st.text(max_size=300))
def test_whatever_a_title_holds_it_stays_one_value(text) -> None:
    event = Event("a", DAY, DAY, text, description=f"{text}\n{text}")
    lines = lines_of(calendar_text(text, [event], NOW))
    plain = calendar_text("", [Event("a", DAY, DAY, "", description="\n")], NOW)
    assert len(lines) == len(lines_of(plain))
    (summary,) = [line for line in lines if line.startswith("SUMMARY:")]
    shown = "".join(c for c in text.replace("\r", "\n") if c == "\n" or c.isprintable())
    said = summary.removeprefix("SUMMARY:")
    for escaped, sign in ((r"\n", "\n"), (r"\,", ","), (r"\;", ";")):
        assert said.count(escaped) >= shown.count(sign) if "\r\n" not in text else True
    assert "\n" not in said
