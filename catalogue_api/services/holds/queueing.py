"""Staff change the turn of readers, with a reason that those who wait longer are told."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.hold_queue import GiveCopy, MoveHold
from catalogue_api.contract.holds import HoldInfo, MoveReason
from catalogue_api.domain.holds import HoldEventKind, HoldStatus
from catalogue_api.domain.reserving import HoldRefusal
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.holds.hold_copies import (
    is_free,
    item_of,
    locked_item,
    note,
    refused,
    route,
)
from catalogue_api.services.holds.hold_edits import locked_hold
from catalogue_api.services.holds.hold_views import told
from catalogue_api.storage import hold_lists, holds
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.hold_lists import Rank
from catalogue_api.storage.holds import Event, Given
from catalogue_api.storage.tables import Hold

_FIRST = -(2**31)
"""A priority beyond any that can be given, as it stands in a rank."""


def move_hold(session: Session, call: Call, body: MoveHold) -> HoldInfo:
    """Let a waiting hold go before those of a lower priority, or back to its own place."""
    acts, hold = acting(session, call), _waiting(session, call)
    before = _rank(hold)
    if hold.staff_priority != body.priority:
        hold.staff_priority = body.priority
        hold.version += 1
        session.add(hold)
        detail = {"priority": body.priority, "reason": body.reason.value, "note": body.note}
        note(acts, hold, HoldEventKind.MOVED, **detail)
        _tell_overtaken(acts, hold, _rank(hold), before, body.reason)
        title_changed(acts.connection, hold.title_id)
    _require_place(acts, hold, body)
    return told(session, call, hold.id or 0)


def give_copy(session: Session, call: Call, body: GiveCopy) -> HoldInfo:
    """Give a free copy to a waiting hold out of turn; it has to be scanned onto the shelf then."""
    acts, hold = acting(session, call), _waiting(session, call)
    item = locked_item(session, item_of(session, body.barcode).id or 0)
    if item.title_id != hold.title_id:
        raise refused(HoldRefusal.ANOTHER_TITLE)
    if hold.wanted_item_id not in {None, item.id}:
        raise refused(HoldRefusal.ANOTHER_COPY_WANTED)
    if not is_free(acts, item):
        raise refused(HoldRefusal.COPY_NOT_FREE)
    number, rank = hold.id or 0, _rank(hold)
    detail = {"reason": body.reason.value, "note": body.note, "given": body.barcode}
    note(acts, hold, HoldEventKind.MOVED, **detail)
    if hold.paused:
        hold.paused, hold.paused_until = False, None
        session.add(hold)
        note(acts, hold, HoldEventKind.RESUMED)
    given = Given(number, hold.title_id, item.id or 0)
    holds.capture(acts.connection, given, call.now, acts.by)
    _tell_overtaken(acts, hold, (_FIRST, rank[1], 0), rank, body.reason)
    route(item, hold.pickup_site)
    session.add(item)
    title_changed(acts.connection, hold.title_id)
    return told(session, call, number)


def _require_place(acting: Acting, hold: Hold, meant: MoveHold) -> None:
    """Refuse a move that ends elsewhere than the caller saw it end."""
    there, connection = _rank(hold), acting.connection
    position = hold_lists.number_ahead(connection, hold.title_id, there) + 1
    behind = hold_lists.first_behind(connection, hold.title_id, there)
    if meant.position not in {None, position} or meant.ahead_of not in {None, behind or 0}:
        now = f"it would stand at {position} now, ahead of {behind or 'nobody'}: look again"
        raise Refused(ProblemType.CHANGED_MEANWHILE, now)


def _waiting(session: Session, call: Call) -> Hold:
    hold = locked_hold(session, call)
    call.require_version(hold.version)
    if hold.status != HoldStatus.WAITING.value:
        raise refused(HoldRefusal.NOT_WAITING)
    return hold


def _rank(hold: Hold) -> Rank:
    return -hold.staff_priority, hold.placed_at, hold.id or 0


def _tell_overtaken(
    acting: Acting, hold: Hold, first: Rank, last: Rank, reason: MoveReason
) -> None:
    """Write down for each hold that now waits longer that somebody went before, and why."""
    connection, title = acting.connection, hold.title_id
    for number in hold_lists.waiting_between(connection, title, first, last):
        if number != hold.id:
            event = Event(number, title, HoldEventKind.PASSED, acting.by, {"reason": reason.value})
            holds.write_down(connection, event, acting.now)
