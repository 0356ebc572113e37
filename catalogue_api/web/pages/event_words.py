"""How pages speak of events: when one is, for which ages, and in which month a day lies."""

from datetime import date, datetime

from catalogue_api.web.texts import Words


def day_of(words: Words, instant: datetime) -> date:
    """Return the day of an instant by the library's clock."""
    return instant.astimezone(words.zone).date()


def when(words: Words, starts_at: datetime, ends_at: datetime) -> str:
    """Return day and hours: « jeudi 10 décembre, de 14 h à 15 h »."""
    day = words.day(day_of(words, starts_at))
    first, last = words.clock(starts_at), words.clock(ends_at)
    return words.text("event.when", day=day, first=first, last=last)


def ages(words: Words, least: int | None, most: int | None) -> str:
    """Return for which ages an event is, "" for all: « de 7 à 10 ans »."""
    if least is not None and most is not None:
        return words.text("event.ages.between", least=least, most=most)
    if least is not None:
        return words.text("event.ages.from", least=least)
    return words.text("event.ages.to", most=most) if most is not None else ""
