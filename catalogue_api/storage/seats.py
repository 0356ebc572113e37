"""The library's rooms and computers, as far as whoever wants to sit there needs them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select
from sqlmodel import col

from catalogue_api.domain.slot_booking import Seat
from catalogue_api.domain.slots import Ability
from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import Computer, Room, Site


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A computer, and where it stands; `online`: readers may book it themselves."""

    id: int
    name: str
    room: int
    room_name: str
    site: str
    site_name: str
    online: bool
    remark: str
    seat: Seat


_ALL_SEATS: Select[*tuple[Any, ...]] = (
    select(
        col(Computer.id),
        col(Computer.name),
        col(Room.id),
        col(Room.name),
        col(Room.site),
        col(Site.name),
        col(Room.online),
        col(Computer.remark),
        col(Computer.abilities),
        col(Computer.least_age),
        col(Computer.most_age),
        col(Computer.out_of_order),
    )
    .join(Room, col(Room.id) == col(Computer.room_id))
    .join(Site, col(Site.code) == col(Room.site))
)
_SEATS = _ALL_SEATS.where(col(Computer.withdrawn_at).is_(None))
_IN_ORDER = (col(Room.name), col(Room.id), col(Computer.name), col(Computer.id))
_ONE = Prepared(_SEATS.where(col(Computer.id) == bindparam("computer")))
_ANY = Prepared(_ALL_SEATS.where(col(Computer.id) == bindparam("computer")))
_OF_ROOM = Prepared(_SEATS.where(col(Room.id) == bindparam("room")).order_by(*_IN_ORDER))
_OF_SITE = Prepared(_SEATS.where(col(Room.site) == bindparam("site")).order_by(*_IN_ORDER))


def abilities_of(text: str) -> frozenset[Ability]:
    """Return the abilities that are stored as words."""
    return frozenset(map(Ability, text.split()))


def abilities_text(abilities: Iterable[Ability]) -> str:
    """Return abilities as they are stored; `abilities_of` reads them."""
    return " ".join(one.value for one in Ability if one in set(abilities))


def seat(connection: Connection, computer: int) -> SeatRow | None:
    """Return a computer that is not withdrawn."""
    return ask_seat(connection, computer)()


def ask_seat(connection: Connection, computer: int) -> Callable[[], SeatRow | None]:
    """Do what `seat` does; the answer is looked at later."""
    asked = _ONE.ask(connection, {"computer": computer})

    def answered() -> SeatRow | None:
        row = asked.first()
        return _row(*row) if row else None

    return answered


def any_seat(connection: Connection, computer: int) -> SeatRow:
    """Return a computer of which there was a booking once, withdrawn or not."""
    return _row(*_ANY.rows(connection, {"computer": computer})[0])


def seats_of_site(connection: Connection, site: str) -> list[SeatRow]:
    """Return the computers of a site, by room and name."""
    return ask_seats_of_site(connection, site)()


def ask_seats_of_site(connection: Connection, site: str) -> Callable[[], list[SeatRow]]:
    """Do what `seats_of_site` does; the answer is looked at later."""
    asked = _OF_SITE.ask(connection, {"site": site})
    return lambda: [_row(*row) for row in asked.rows()]


def seats_of_room(connection: Connection, room: int) -> list[SeatRow]:
    """Return the computers of a room, by name."""
    return [_row(*row) for row in _OF_ROOM.rows(connection, {"room": room})]


def _row(
    number: int, name: str, room: int, room_name: str, site: str, site_name: str, online: bool,
    remark: str, abilities: str, least: int | None, most: int | None, broken: bool,
) -> SeatRow:  # fmt: skip
    found = Seat(abilities_of(abilities), least, most, out_of_order=bool(broken))
    return SeatRow(number, name, room, room_name, site, site_name, bool(online), remark, found)
