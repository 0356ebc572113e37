"""What a reader or a desk changes about a reservation: rest, pickup, end, and back again."""

from collections.abc import Callable

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.holds import HoldInfo, PauseHold, Pickup
from catalogue_api.domain.holds import OPEN, WITH_ITEM, EndReason, HoldEventKind, HoldStatus
from catalogue_api.domain.reserving import HoldRefusal
from catalogue_api.domain.roles import Role
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.holds.hold_copies import (
    is_free,
    leave_on_shelf,
    locked_item,
    note,
    offer,
    refused,
    route,
    set_free,
)
from catalogue_api.services.holds.hold_views import hold_number, told
from catalogue_api.services.holds.reserving import reasons_against
from catalogue_api.storage.engine import locks
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.tables import Hold, Patron, Site, Title


def pause_hold(session: Session, call: Call, body: PauseHold) -> HoldInfo:
    """Let a waiting hold rest: it keeps its rank and takes no copy."""
    if body.until is not None and body.until < call.rules.day(call.now):
        raise refused(HoldRefusal.PAUSE_IN_THE_PAST)

    def change(acting: Acting, hold: Hold) -> None:
        _require_waiting(hold)
        hold.paused, hold.paused_until = True, body.until
        note(acting, hold, HoldEventKind.PAUSED, until=body.until and body.until.isoformat())

    return _changed(session, call, change)


def resume_hold(session: Session, call: Call, _body: Nothing) -> HoldInfo:
    """Let a hold take copies again."""

    def change(acting: Acting, hold: Hold) -> None:
        _require_waiting(hold)
        if hold.paused:
            hold.paused, hold.paused_until = False, None
            note(acting, hold, HoldEventKind.RESUMED)

    return _changed(session, call, change)


def change_pickup(session: Session, call: Call, body: Pickup) -> HoldInfo:
    """Fetch it elsewhere; a copy that was put aside travels there, and is ready only there."""
    if session.get(Site, body.pickup_site) is None:
        raise refused(HoldRefusal.UNKNOWN_SITE)

    def change(acting: Acting, hold: Hold) -> None:
        if hold.pickup_site == body.pickup_site:
            return
        if hold.item_id is not None:
            item = locked_item(session, hold.item_id)
            leave_on_shelf(acting, hold, HoldEventKind.PICKUP_CHANGED)
            route(item, body.pickup_site)
            session.add(item)
            hold.status, hold.ready_at, hold.expires_on = HoldStatus.CAPTURED.value, None, None
        before, hold.pickup_site = hold.pickup_site, body.pickup_site
        detail = {"site": body.pickup_site, "before": before}
        note(acting, hold, HoldEventKind.PICKUP_CHANGED, **detail)

    return _changed(session, call, change)


def cancel_hold(session: Session, call: Call, _body: Nothing) -> HoldInfo:
    """End a hold; a copy that was put aside for it goes to the next at once."""
    by_reader = call.the_caller().role is Role.PATRON
    reason = EndReason.BY_READER if by_reader else EndReason.BY_STAFF

    def change(acting: Acting, hold: Hold) -> None:
        end(acting, hold, HoldStatus.CANCELLED, reason)

    return _changed(session, call, change)


def restore_hold(session: Session, call: Call, _body: Nothing) -> HoldInfo:
    """Take back on the same day that a hold was cancelled: it has its old rank again.

    The copy that was put aside for it comes back to it if nobody else has it by now.
    """
    acts, hold = acting(session, call), locked_hold(session, call)
    call.require_version(hold.version)
    if hold.status != HoldStatus.CANCELLED.value or hold.patron_id is None:
        raise refused(HoldRefusal.NOT_CANCELLED)
    if hold.ended_at is None or call.rules.day(hold.ended_at) != acts.today:
        raise refused(HoldRefusal.TOO_LATE_TO_RESTORE)
    locks.patron(session.connection(), hold.patron_id)
    patron, title = session.get_one(Patron, hold.patron_id), session.get_one(Title, hold.title_id)
    wanted = None if hold.wanted_item_id is None else locked_item(session, hold.wanted_item_id)
    against = set(reasons_against(session, call, patron, title, hold.pickup_site, wanted))
    against -= {HoldRefusal.ON_THE_SHELF}
    if against:
        raise refused(*sorted(against))
    item = None if hold.item_id is None else locked_item(session, hold.item_id)
    hold.status, hold.ended_at, hold.end_reason = HoldStatus.WAITING.value, None, ""
    hold.item_id, hold.captured_at, hold.ready_at, hold.expires_on = None, None, None, None
    hold.version += 1
    session.add(hold)
    note(acts, hold, HoldEventKind.RESTORED)
    if item is not None and is_free(acts, item):
        offer(acts, item)
        session.add(item)
    title_changed(acts.connection, hold.title_id)
    return told(session, call, hold.id or 0)


def end(acting: Acting, hold: Hold, status: HoldStatus, reason: EndReason) -> None:
    """End an open hold without a loan, and hand its copy on."""
    kind = HoldEventKind(status.value)
    had_copy = hold.status in {one.value for one in WITH_ITEM}
    item = locked_item(acting.session, hold.item_id) if had_copy and hold.item_id else None
    leave_on_shelf(acting, hold, kind)
    hold.status, hold.end_reason = status.value, reason.value
    hold.ended_at = acting.now
    acting.session.add(hold)
    note(acting, hold, kind)
    if item is not None:
        set_free(acting, item)


def locked_hold(session: Session, call: Call) -> Hold:
    """Return the hold in the path as it is now; nobody else changes its queue until the end."""
    number = hold_number(session, call)
    locks.title(session.connection(), session.get_one(Hold, number).title_id)
    return session.get_one(Hold, number, populate_existing=True, with_for_update=True)


def _changed(session: Session, call: Call, change: Callable[[Acting, Hold], None]) -> HoldInfo:
    hold = locked_hold(session, call)
    call.require_version(hold.version)
    if hold.status not in {status.value for status in OPEN}:
        raise refused(HoldRefusal.HAS_ENDED)
    acts = acting(session, call)
    change(acts, hold)
    hold.version += 1
    session.add(hold)
    title_changed(acts.connection, hold.title_id)
    return told(session, call, hold.id or 0)


def _require_waiting(hold: Hold) -> None:
    if hold.status != HoldStatus.WAITING.value:
        raise refused(HoldRefusal.NOT_WAITING)
