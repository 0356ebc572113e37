"""The queue of a title as a desk sees it: who waits, since when, until when, and why so."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.hold_queue import Moved, Queue, QueueHistory, QueuePage
from catalogue_api.contract.holds import HoldInfo, MoveReason
from catalogue_api.domain.estimates import Turn
from catalogue_api.domain.holds import HoldStatus
from catalogue_api.services.call import Call
from catalogue_api.services.holds.hold_views import as_turn, expected, info, number_in, wish_of
from catalogue_api.services.pages import key_of, page
from catalogue_api.storage import hold_lists as sql
from catalogue_api.storage.copies import copies_of
from catalogue_api.storage.hold_lists import HoldSeen, MoveSeen
from catalogue_api.storage.hold_searches import open_holds_stamp
from catalogue_api.storage.tables import Title
from catalogue_api.storage.turns import turns_of

MOST_PRIORITY = 100
"""How far a hold can be moved, forwards and backwards."""


@dataclass(frozen=True, slots=True)
class PlaceInQueue:
    """Where a hold can be moved: by which priority, and at which position (1 is next) it is then.

    `ahead_of`: which hold comes directly behind it there, 0 for none. `own`: it is the place that
    it has by its date.
    """

    priority: int
    position: int
    ahead_of: int
    own: bool


def places_in_queue(session: Session, hold: int) -> tuple[PlaceInQueue, ...]:
    """Return where a waiting hold can be moved, but for where it is; in the order of the places."""
    connection = session.connection()
    seen = sql.hold_seen(connection, hold)
    if seen is None or seen.status != HoldStatus.WAITING.value:
        return ()
    here, found = sql.rank_in(seen), dict[int, PlaceInQueue]()
    present = sql.number_ahead(connection, seen.title_id, here) + 1
    given = sql.priorities_of(connection, seen.title_id)
    others = {max(given, default=0) + 1, min(given, default=0) - 1, *given}
    for priority in (0, *sorted(others - {0}, key=abs)):
        if abs(priority) <= MOST_PRIORITY:
            there = (-priority, *here[1:])
            position = sql.number_ahead(connection, seen.title_id, there) + (there <= here)
            behind = sql.first_behind(connection, seen.title_id, there, hold) or 0
            place = PlaceInQueue(priority, position, behind, own=priority == 0)
            found.setdefault(position, place)
    return tuple(found[position] for position in sorted(found) if position != present)


def list_title_holds(session: Session, call: Call, body: QueuePage) -> Queue:
    """List who waits for a title, in turn."""
    title, connection = _title(session, call), session.connection()
    key = key_of(body.cursor, (0, 0))
    behind, before = (int(key[0]), int(key[1])) if key else (None, 0)
    rows = sql.waiting_page(connection, title, behind, body.limit + 1)
    shown, cursor = page(rows, body.limit, lambda row: (row.id, before + body.limit))
    return Queue(holds=_in_turn(connection, call, shown, before), next=cursor)


def list_moves(session: Session, call: Call, body: QueuePage) -> QueueHistory:
    """Tell how the order of a queue was changed, newest first."""
    title, key = _title(session, call), key_of(body.cursor, (0,))
    before = int(key[0]) if key else None
    rows = sql.moves_of(session.connection(), title, before, body.limit + 1)
    shown, cursor = page(rows, body.limit, lambda row: (row.id,))
    return QueueHistory(moves=tuple(map(_moved, shown)), next=cursor)


def state_of_queue(session: Session, title: int, _now: datetime) -> object:
    """Return what is the same as long as nothing about the queue of a title has changed."""
    connection = session.connection()
    return open_holds_stamp(connection, title=title), copies_of(connection, title)


def state_of_site(session: Session, site: str, _now: datetime) -> object:
    """Return what is the same as long as no reservation to be fetched at a site ("": at any)."""
    return open_holds_stamp(session.connection(), site=site)


def _title(session: Session, call: Call) -> int:
    title = number_in(call, "title")
    if session.get(Title, title) is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such title")
    return title


def _in_turn(
    connection: Connection, call: Call, rows: Sequence[HoldSeen], before: int
) -> tuple[HoldInfo, ...]:
    """Tell of holds that follow each other; the first has so many before it.

    Who is served before is counted once for the first; then each is counted for those behind.
    One that wants a single copy has other competitors, and is counted by itself.
    """
    if not rows:
        return ()
    title, today = rows[0].title_id, call.rules.day(call.now)
    copies = copies_of(connection, title)
    moved = sql.last_moves(connection, [row.id for row in rows if row.staff_priority])
    first = turns_of(connection, [rows[0].id], today, for_any_copy=True)
    turn = as_turn(first[rows[0].id])
    wanted = [row.id for row in rows if row.wanted_item is not None]
    single = turns_of(connection, wanted, today)
    told = []
    for place, row in enumerate(rows, start=before + 1):
        own = as_turn(single[row.id]) if row.id in single else turn
        when = expected(call, row, own, copies)
        told.append(info(call, row, place, when, moved.get(row.id, "")))
        turn = _served_before(turn, row, rests=wish_of(row).rests(today))
    return tuple(told)


def _served_before(turn: Turn, row: HoldSeen, *, rests: bool) -> Turn:
    if not rests:
        return replace(turn, ahead=turn.ahead + 1)
    if row.paused_until is None:
        return replace(turn, resting=turn.resting + 1)
    return replace(turn, paused_until=(*turn.paused_until, row.paused_until))


def _moved(row: MoveSeen) -> Moved:
    detail = json.loads(row.detail)
    return Moved(
        hold=row.hold,
        reader=f"{row.given_name} {row.family_name}".strip(),
        at=row.at,
        by=row.by,
        reason=MoveReason(detail["reason"]),
        note=detail.get("note", ""),
        priority=detail.get("priority"),
        given=detail.get("given", ""),
    )
