"""What is known of the programs that guard the library's computers, and which are silent."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.computer_agents import ProgramInfo, ProgramList, ProgramsAsked
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.domain.seat_programs import ProgramState, state_of_program
from catalogue_api.domain.slot_grid import opening_at
from catalogue_api.services.call import Call
from catalogue_api.storage.seat_programs import ProgramRow, programs_of


def list_programs(session: Session, call: Call, body: ProgramsAsked) -> ProgramList:
    """List the computers of a site, or of all, with what is known of their programs."""
    rows = programs_of(session.connection(), body.site)
    return ProgramList(programs=tuple(_told(rows, call.rules, call.now)))


def silent_programs(
    connection: Connection, site: str, rules: Rulebook, now: datetime
) -> tuple[ProgramInfo, ...]:
    """Return the computers of a site whose programs are not heard of, though they should be.

    One that staff know to be out of order is not among them.
    """
    told = _told(programs_of(connection, site), rules, now)
    return tuple(one for one in told if one.state is ProgramState.SILENT and not one.out_of_order)


def _told(rows: list[ProgramRow], rules: Rulebook, now: datetime) -> Iterator[ProgramInfo]:
    sites = {row.site for row in rows}
    openings = {site: opening_at(rules.calendar(site), now) for site in sites}
    for row in rows:
        yield ProgramInfo(
            computer=row.computer,
            name=row.name,
            room=row.room,
            room_name=row.room_name,
            site=row.site,
            out_of_order=row.out_of_order,
            state=state_of_program(row.known, openings[row.site], now),
            token_since=row.token_since,
            seen_at=row.known.seen_at if row.known else None,
            program=row.program,
        )
