"""Who is served before a reservation: counted for many of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    cast,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import Tuple
from sqlmodel import col

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.storage.tables import Hold


@dataclass(frozen=True, slots=True)
class TurnSeen:
    """What waits before a hold: `before` are all holds of the title that stand in front of it.

    The others are those of them that want a copy which serves it too: how many take one now, how
    many rest without an end, and the last days of the other rests.
    """

    before: int = 0
    active: int = 0
    resting: int = 0
    paused_until: tuple[date, ...] = ()


_MINE, _FIRST = aliased(Hold), aliased(Hold)


def turns_of(
    connection: Connection, holds: Sequence[int], today: date, *, for_any_copy: bool = False
) -> dict[int, TurnSeen]:
    """Return the turn of each of these holds.

    A hold for any copy competes with all; one for a single copy only with those that can get it,
    unless it is to be looked at as if it were `for_any_copy`.
    """
    if not holds:
        return {}
    rests = and_(col(_FIRST.paused), func.coalesce(col(_FIRST.paused_until), date.max) >= today)
    ends, same = col(_FIRST.paused_until), _same_copy(for_any_copy=for_any_copy)
    counted = (
        select(
            col(_MINE.id),
            func.count(),
            _number(and_(same, ~rests)),
            _number(and_(same, rests, ends.is_(None))),
            _number(and_(same, rests, ends.is_not(None))),
        )
        .join(_FIRST, _in_front())
        .where(col(_MINE.id).in_(holds))
        .group_by(col(_MINE.id))
    )
    rows = connection.execute(counted).all()
    until: dict[int, list[date]] = {row[0] or 0: [] for row in rows}
    if any(row[4] for row in rows):
        resting = (
            select(col(_MINE.id), ends)
            .join(_FIRST, _in_front())
            .where(col(_MINE.id).in_(holds), same, rests, ends.is_not(None))
        )
        for hold, last_day in connection.execute(resting):
            if hold is not None and last_day is not None:
                until[hold].append(last_day)
    found = {row[0] or 0: TurnSeen(*row[1:4], tuple(until[row[0] or 0])) for row in rows}
    return {hold: found.get(hold, TurnSeen()) for hold in holds}


def _in_front() -> ColumnElement[bool]:
    waits = col(_FIRST.status) == HoldStatus.WAITING.value
    return and_(waits, col(_FIRST.title_id) == col(_MINE.title_id), _rank(_FIRST) < _rank(_MINE))


def _rank(hold: type[Hold]) -> Tuple:
    return tuple_(-col(hold.staff_priority), col(hold.placed_at), col(hold.id))


def _same_copy(*, for_any_copy: bool) -> ColumnElement[bool]:
    wanted, theirs = col(_MINE.wanted_item_id), col(_FIRST.wanted_item_id)
    either = or_(wanted.is_(None), theirs.is_(None), wanted == theirs)
    return true() if for_any_copy else either


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)
