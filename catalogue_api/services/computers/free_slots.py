"""When computers of a site are free on a day: what readers choose from."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.slots import FreeComputer, FreeSlot, FreeSlots, FreeSlotsAsked
from catalogue_api.domain.roles import Role
from catalogue_api.domain.slot_booking import of_age
from catalogue_api.domain.slot_grid import last_end, starts_on
from catalogue_api.domain.slot_use import is_lapsed
from catalogue_api.domain.slots import Ability, Slot, lasting
from catalogue_api.services.call import Call
from catalogue_api.storage import bookings, seats
from catalogue_api.storage.seats import SeatRow
from catalogue_api.storage.tables import Computer, Patron, Room, Site


def find_free_slots(session: Session, call: Call, body: FreeSlotsAsked) -> FreeSlots:
    """Show the times of a day that are still to come, and what is free at each."""
    site = session.get(Site, call.path["site"])
    if site is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such site")
    connection = session.connection()
    wanted = frozenset(body.abilities)
    places = [
        place
        for place in seats.seats_of_site(connection, site.code)
        if place.online and not place.seat.out_of_order and wanted <= place.seat.abilities
    ]
    day = body.day or call.rules.day(call.now)
    minutes = body.minutes or call.rules.slots.session
    wished = list(_times(call, site.code, body, minutes)) if places else []
    held = _held(session, call, places, wished)
    return FreeSlots(
        site=site.code,
        site_name=site.name,
        day=day,
        minutes=minutes,
        times=tuple(
            FreeSlot(
                starts_at=slot.starts,
                ends_at=slot.ends,
                computers=tuple(
                    place.id
                    for place in places
                    if not any(slot.overlaps(one) for one in held[place.id])
                ),
            )
            for slot in wished
        ),
        computers=_told(places, _birth_year(session, call), day),
    )


def sites_with_computers(session: Session) -> dict[str, str]:
    """Return the names of the sites where readers may book a computer, by code, in their order."""
    query = (
        select(Site.code, Site.name)
        .join(Room, col(Room.site) == col(Site.code))
        .join(Computer, col(Computer.room_id) == col(Room.id))
        .where(col(Room.online), col(Computer.withdrawn_at).is_(None))
        .distinct()
        .order_by(col(Site.name))
    )
    return dict(session.exec(query).all())


def _times(call: Call, site: str, body: FreeSlotsAsked, minutes: int) -> Iterator[Slot]:
    """Yield the slots that may begin on the day, from now on, cut where the doors close."""
    calendar, rules = call.rules.calendar(site), call.rules.slots
    day = body.day or call.rules.day(call.now)
    ahead = (day - call.rules.day(call.now)).days
    if not 0 <= ahead <= rules.ahead_days:
        return
    for starts, opening in starts_on(calendar, day, rules):
        slot = lasting(starts, minutes)
        if slot.ends > opening.ends:
            slot = Slot(starts, last_end(opening.ends, calendar.zone, rules.grid))
        if starts >= call.now and slot.starts < slot.ends:
            yield slot


def _held(
    session: Session, call: Call, places: Sequence[SeatRow], wished: Sequence[Slot]
) -> dict[int, list[Slot]]:
    held: dict[int, list[Slot]] = {place.id: [] for place in places}
    if wished:
        day = Slot(wished[0].starts, max(slot.ends for slot in wished))
        for row in bookings.on_computers(session.connection(), list(held), day):
            if not is_lapsed(row.use, call.rules.slots, call.now):
                held[row.computer].append(row.slot)
    return held


def _birth_year(session: Session, call: Call) -> int | None:
    """Return the year of birth of the reader who asks, None where nobody knows who that is."""
    if call.caller is None or call.caller.role is not Role.PATRON:
        return None
    return session.get_one(Patron, call.caller.patron_id).birth_year


def _told(places: Sequence[SeatRow], birth_year: int | None, day: date) -> tuple[FreeComputer, ...]:
    return tuple(
        FreeComputer(
            computer=place.id,
            name=place.name,
            room=place.room,
            room_name=place.room_name,
            abilities=tuple(one for one in Ability if one in place.seat.abilities),
            least_age=place.seat.least_age,
            most_age=place.seat.most_age,
            suits=not any(of_age(place.seat, birth_year, day)),
        )
        for place in places
    )
