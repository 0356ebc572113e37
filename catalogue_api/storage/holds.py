"""What the queue of a title asks of the database; the cost does not grow with its length."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlmodel import col

from catalogue_api.domain.holds import HoldEventKind, HoldStatus, Wish
from catalogue_api.storage.copies import HAS_ITEM
from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import Hold, HoldEvent

# A literal: a parameter would keep both databases from the partial index.
_IS_WAITING = col(Hold.status) == literal_column(f"'{HoldStatus.WAITING.value}'")
_IN_TURN = (col(Hold.staff_priority).desc(), col(Hold.placed_at), col(Hold.id))
_FIRST_WAITING = Prepared(
    select(
        col(Hold.id),
        col(Hold.pickup_site),
        col(Hold.placed_at),
        col(Hold.staff_priority),
        col(Hold.wanted_item_id),
        col(Hold.paused),
        col(Hold.paused_until),
    )
    .where(
        _IS_WAITING,
        col(Hold.title_id) == bindparam("title"),
        or_(col(Hold.wanted_item_id).is_(None), col(Hold.wanted_item_id) == bindparam("item")),
        or_(~col(Hold.paused), col(Hold.paused_until) < bindparam("today")),
    )
    .order_by(*_IN_TURN)
    .limit(literal_column("1"))
    .offset(literal_column("0"))  # SQLite is given one anyway, as a parameter
)
_CAPTURE = Prepared(
    update(Hold)
    .where(
        col(Hold.id) == bindparam("hold"),
        or_(_IS_WAITING, and_(HAS_ITEM, col(Hold.item_id) == bindparam("item"))),
    )
    .values(
        status=literal_column(f"'{HoldStatus.CAPTURED.value}'"),
        item_id=bindparam("item"),
        captured_at=bindparam("at"),
        ready_at=literal_column("NULL"),
        expires_on=literal_column("NULL"),
        version=col(Hold.version) + literal_column("1"),
    )
)
_EVENT = Prepared(
    insert(HoldEvent).values(
        hold_id=bindparam("hold"),
        title_id=bindparam("title"),
        at=bindparam("at"),
        kind=bindparam("kind"),
        by=bindparam("by"),
        detail=bindparam("detail"),
    )
)


@dataclass(frozen=True, slots=True)
class Given:
    """A copy that goes to a hold."""

    hold: int
    title: int
    item: int


def first_waiting(connection: Connection, title: int, item: int, today: date) -> Wish | None:
    """Return the first hold of a title's queue that takes this copy on this day."""
    row = _FIRST_WAITING.first(connection, {"title": title, "item": item, "today": today})
    return Wish(*row) if row else None


def capture(connection: Connection, given: Given, at: datetime, by: str) -> bool:
    """Give a copy to a hold that waits or has it already; one that was ready is shelved again.

    False if the hold has meanwhile got another copy or ended.
    """
    values = {"hold": given.hold, "item": given.item, "at": at}
    if _CAPTURE.count(connection, values) == 0:
        return False
    event = Event(given.hold, given.title, HoldEventKind.CAPTURED, by, {"item": given.item})
    write_down(connection, event, at)
    return True


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a hold, who did it, and what explains it."""

    hold: int
    title: int
    kind: HoldEventKind
    by: str
    detail: dict[str, object]


def write_down(connection: Connection, event: Event, at: datetime) -> None:
    """Add an event to the history of a hold."""
    values = {
        "hold": event.hold,
        "title": event.title,
        "at": at,
        "kind": event.kind.value,
        "by": event.by,
        "detail": json.dumps(event.detail, ensure_ascii=False),
    }
    _EVENT.run(connection, values)
