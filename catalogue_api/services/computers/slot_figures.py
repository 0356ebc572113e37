"""Counting how the computers are used."""

from sqlmodel import Session

from catalogue_api.contract.slot_figures import CountSlots, SlotFigures
from catalogue_api.domain import figures
from catalogue_api.domain.slots import BookingStatus
from catalogue_api.services.call import Call
from catalogue_api.services.figures.figures import span_of
from catalogue_api.storage import slot_figures as sql

_USED = {BookingStatus.IN_USE.value, BookingStatus.ENDED.value}


def count_slots(session: Session, call: Call, body: CountSlots) -> SlotFigures:
    """Count the slots of readers and guests that began in a span."""
    connection, zone = session.connection(), call.rules.zone
    span = span_of(connection, body)
    sums: dict[str, int] = {}
    hours, seconds = [0] * figures.HOURS, 0
    for status, hour, number, lasted in sql.slots_by_hour(connection, span.bounds(zone), body.site):
        sums[status] = sums.get(status, 0) + number
        if status in _USED:
            hours[hour.astimezone(zone).hour] += number
            seconds += lasted
    return SlotFigures(
        first=span.first,
        last=span.last,
        sessions=sum(hours),
        minutes=round(seconds / 60),
        no_shows=sums.get(BookingStatus.NO_SHOW.value, 0),
        cancelled=sums.get(BookingStatus.CANCELLED.value, 0),
        by_hour=tuple(hours),
    )
