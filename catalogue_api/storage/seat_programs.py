"""The library's computers with what their programs have told of themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlmodel import col

from catalogue_api.domain.seat_programs import Program
from catalogue_api.storage.tables import Computer, ComputerAgent, Room


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A computer that is not withdrawn; `known` is None where it was never given a token."""

    computer: int
    name: str
    room: int
    room_name: str
    site: str
    out_of_order: bool
    known: Program | None
    token_since: datetime | None
    program: str


_ALL: Select[*tuple[Any, ...]] = (
    select(
        col(Computer.id),
        col(Computer.name),
        col(Room.id),
        col(Room.name),
        col(Room.site),
        col(Computer.out_of_order),
        col(ComputerAgent.created_at),
        col(ComputerAgent.revoked_at),
        col(ComputerAgent.seen_at),
        col(ComputerAgent.program),
    )
    .join(Room, col(Room.id) == col(Computer.room_id))
    .outerjoin(ComputerAgent, col(ComputerAgent.computer_id) == col(Computer.id))
    .where(col(Computer.withdrawn_at).is_(None))
    .order_by(col(Room.site), col(Room.name), col(Room.id), col(Computer.name), col(Computer.id))
)


def programs_of(connection: Connection, site: str) -> list[ProgramRow]:
    """Return the computers of a site ("" for all), by site, room and name."""
    query = _ALL.where(col(Room.site) == site) if site else _ALL
    return [
        ProgramRow(
            computer=number,
            name=name,
            room=room,
            room_name=room_name,
            site=at,
            out_of_order=broken,
            known=None if since is None else Program(revoked is not None, seen),
            token_since=since if revoked is None else None,
            program=program or "",
        )
        for (
            number, name, room, room_name, at, broken, since, revoked, seen, program,
        ) in connection.execute(query)
    ]  # fmt: skip
