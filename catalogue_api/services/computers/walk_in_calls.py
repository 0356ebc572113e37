"""Numbers that wait in a room, called as computers become free: the lowest number first."""

from datetime import timedelta

from catalogue_api.contract.endpoint import Refused
from catalogue_api.domain.slots import lasting
from catalogue_api.domain.walk_ins import Turn, WalkInStatus, next_turn
from catalogue_api.services.acting import Acting
from catalogue_api.services.computers.seating import standing_on
from catalogue_api.services.computers.sitting_down import Comer, keep_for
from catalogue_api.storage import seats, waiting
from catalogue_api.storage.engine import locks
from catalogue_api.storage.seats import SeatRow
from catalogue_api.storage.tables import WalkIn


def call_waiting(by: Acting, site: str) -> int:
    """Call whoever waits in a room of a site where a computer is free; return how many were."""
    called, rooms = 0, waiting.rooms_with_turns(by.connection, site, by.today)
    if rooms:
        locks.site(by.connection, site)
    for room in rooms:
        turns = waiting.turns(by.connection, room, by.today)
        for place in seats.seats_of_room(by.connection, room):
            turn = _called_to(by, place, turns)
            if turn is not None:
                turns = [one for one in turns if one.id != turn.id]
                called += 1
    return called


def _called_to(by: Acting, place: SeatRow, turns: list[Turn]) -> Turn | None:
    """Call the first number that this computer serves and whose holder may sit there now."""
    if not turns or standing_on(by, place.id, lasting(by.now, by.rules.slots.least)):
        return None
    left = list(turns)
    while (turn := next_turn(left, place.seat)) is not None:
        row = by.session.get_one(WalkIn, turn.id, populate_existing=True)
        until = by.now + timedelta(minutes=by.rules.slots.call)
        try:
            kept, _ = keep_for(by, [place], Comer(row.patron_id, turn.abilities), until)
        except Refused:  # their allowance is used up, or they have another slot now: the next one
            left.remove(turn)
            continue
        row.status, row.booking_id, row.called_at = WalkInStatus.CALLED.value, kept.id, by.now
        by.session.add(row)
        return turn
    return None
