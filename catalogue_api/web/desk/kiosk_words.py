"""What a kiosk's screen is to say: as the form of its page shows it, and as it is typed."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from catalogue_api.contract.kiosks import KioskMessage, KioskWords
from catalogue_api.web.pages.forms import Form, Unfit, body_of

LABELS = ("message_fr", "message_en", "until_day", "until_time", "stays")
"""The fields of the form."""


def values_of(said: KioskMessage, zone: ZoneInfo) -> dict[str, str]:
    """Return what stands in the fields; what ends at midnight ends with the day before."""
    day, at = "", ""
    if said.until is not None:
        local = said.until.astimezone(zone)
        whole = local.time() == time.min
        day = (local.date() - timedelta(days=whole)).isoformat()
        at = "" if whole else local.strftime("%H:%M")
    says = bool(said.message_fr or said.message_en)
    return {
        "message_fr": said.message_fr,
        "message_en": said.message_en,
        "until_day": day,
        "until_time": at,
        "stays": "1" if says and said.until is None else "",
    }


def words_typed(form: Form, now: datetime, zone: ZoneInfo) -> KioskWords:
    """Return what was typed; raise `Unfit` for what the contract does not take.

    A day without a time ends at midnight; a time without a day is of today.
    """
    says = bool(form.text("message_fr") or form.text("message_en"))
    until = _end(form, now, zone) if says else None
    return body_of(
        KioskWords,
        {
            "message_fr": form.text("message_fr"),
            "message_en": form.text("message_en"),
            "until": until,
            "stays": bool(form.text("stays")) and until is None,
        },
    )


def _end(form: Form, now: datetime, zone: ZoneInfo) -> datetime | None:
    typed_day, typed_time = form.text("until_day"), form.text("until_time")
    if not typed_day and not typed_time:
        return None
    try:
        day = date.fromisoformat(typed_day) if typed_day else now.astimezone(zone).date()
    except ValueError as error:
        raise Unfit({"until_day": ("field.malformed",)}) from error
    if day.year >= _FAR:
        raise Unfit({"until_day": ("field.malformed",)})
    try:
        at = time.fromisoformat(typed_time).replace(tzinfo=None) if typed_time else None
    except ValueError as error:
        raise Unfit({"until_time": ("field.malformed",)}) from error
    end = datetime.combine(day + timedelta(days=at is None), at or time.min, zone)
    if end <= now:
        raise Unfit({"until_day": ("kiosks.message_over",)})
    return end


_FAR = 2199  # a year in which both databases still make sense of a date
