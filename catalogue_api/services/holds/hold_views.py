"""Reservations as they are told: to their reader, and to a desk."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.holds import (
    EndReason,
    EstimateTold,
    HoldEventKind,
    HoldEventTold,
    HoldHistory,
    HoldInfo,
    HoldList,
    HoldStatus,
    MoveReason,
    ToldHow,
)
from catalogue_api.domain.estimates import (
    Estimate,
    EstimateReason,
    Prospect,
    Terms,
    Turn,
    estimate,
)
from catalogue_api.domain.holds import WITH_ITEM, Wish
from catalogue_api.domain.reserving import COULD_SERVE
from catalogue_api.domain.roles import Role
from catalogue_api.services.call import Call
from catalogue_api.storage import hold_lists as sql
from catalogue_api.storage.copies import CopySeen, copies_of_each
from catalogue_api.storage.hold_lists import HoldSeen
from catalogue_api.storage.tables import Patron
from catalogue_api.storage.turns import TurnSeen, turns_of

_ESTIMATES = {
    HoldStatus.CAPTURED: Estimate(None, EstimateReason.ON_ITS_WAY),
    HoldStatus.READY: Estimate(None, EstimateReason.READY),
}


def show_hold(session: Session, call: Call, _body: Nothing) -> HoldInfo:
    """Show a reservation."""
    return told(session, call, hold_number(session, call))


def list_my_holds(session: Session, call: Call, _body: Nothing) -> HoldList:
    """List the caller's own open reservations."""
    return _of_patron(session, call, call.the_caller().patron_id)


def list_patron_holds(session: Session, call: Call, _body: Nothing) -> HoldList:
    """List the open reservations of a reader."""
    number = number_in(call, "patron")
    if session.get(Patron, number) is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such reader")
    return _of_patron(session, call, number)


def hold_history(session: Session, call: Call, _body: Nothing) -> HoldHistory:
    """Tell what happened to a reservation; names and notes of the staff stay at the desk."""
    number = hold_number(session, call)
    at_desk = call.the_caller().role is not Role.PATRON
    events = sql.events_of(session.connection(), number)
    return HoldHistory(events=tuple(_event(event, at_desk=at_desk) for event in events))


def told(session: Session, call: Call, number: int) -> HoldInfo:
    """Return a reservation as the caller may see it."""
    session.flush()
    connection = session.connection()
    seen = sql.hold_seen(connection, number)
    if seen is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such reservation")
    return _whole(connection, call, [seen])[0]


def hold_number(session: Session, call: Call) -> int:
    """Return the number of the reservation in the path; a reader finds only their own."""
    number, caller = number_in(call, "hold"), call.the_caller()
    seen = sql.hold_seen(session.connection(), number)
    if seen is None or (caller.role is Role.PATRON and seen.patron != caller.patron_id):
        raise Refused(ProblemType.NOT_FOUND, "there is no such reservation")
    return number


def number_in(call: Call, name: str) -> int:
    """Return a row's number from the path."""
    text = call.path[name]
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refused(ProblemType.NOT_FOUND, f"this is no {name}'s number")
    return int(text)


def _of_patron(session: Session, call: Call, patron: int) -> HoldList:
    connection = session.connection()
    found = sql.holds_of_patron(connection, patron)
    return HoldList(holds=tuple(_whole(connection, call, found)))


def _whole(connection: Connection, call: Call, rows: Sequence[HoldSeen]) -> list[HoldInfo]:
    """Return reservations with their positions and estimates, as far as they have any."""
    waiting = [row for row in rows if row.status == HoldStatus.WAITING.value]
    turns = turns_of(connection, [row.id for row in waiting], call.rules.day(call.now))
    copies = copies_of_each(connection, {row.title_id for row in waiting})
    moves = sql.last_moves(connection, [row.id for row in waiting if row.staff_priority])

    def whole(seen: HoldSeen) -> HoldInfo:
        if (turn := turns.get(seen.id)) is None:
            return info(call, seen, expected=_ESTIMATES.get(HoldStatus(seen.status)))
        when = expected(call, seen, as_turn(turn), copies[seen.title_id])
        return info(call, seen, turn.before + 1, when, moves.get(seen.id, ""))

    return [whole(row) for row in rows]


def as_turn(seen: TurnSeen) -> Turn:
    """Return who is served before, as the estimate counts them."""
    return Turn(seen.active, seen.resting, seen.paused_until)


def expected(call: Call, seen: HoldSeen, turn: Turn, copies: Sequence[CopySeen]) -> Estimate:
    """Return when a waiting hold may expect its copy, given who is served before."""
    today = call.rules.day(call.now)
    rests = wish_of(seen).rests(today)
    if rests and seen.paused_until is None:
        return Estimate(None, EstimateReason.PAUSED)
    could = [copy for copy in copies if _could(copy, seen.wanted_item)]
    terms = call.rules.terms(seen.category, seen.kind, seen.pickup_site)
    return estimate(
        today,
        turn,
        [Prospect(copy.due_on, copy.kept) for copy in could],
        Terms(terms.loan_days, call.rules.shelf_days),
        not_before=seen.paused_until if rests else None,
    )


def wish_of(seen: HoldSeen) -> Wish:
    """Return a hold as the queue sees it."""
    return Wish(
        seen.id,
        seen.pickup_site,
        seen.placed_at,
        seen.staff_priority,
        seen.wanted_item,
        seen.paused,
        seen.paused_until,
    )


def _could(copy: CopySeen, wanted: int | None) -> bool:
    return copy.status in {status.value for status in COULD_SERVE} and wanted in {None, copy.id}


def info(
    call: Call,
    seen: HoldSeen,
    position: int | None = None,
    expected: Estimate | None = None,
    moved: str = "",
) -> HoldInfo:
    """Return a reservation as the caller may see it; `moved`: the detail of its last move."""
    ready = seen.status == HoldStatus.READY.value
    return HoldInfo(
        hold=seen.id,
        title=seen.title_id,
        full_title=seen.full_title,
        author=seen.author,
        wanted_barcode=seen.wanted_barcode,
        pickup_site=seen.pickup_site,
        pickup_name=seen.pickup_name,
        placed_at=seen.placed_at,
        status=HoldStatus(seen.status),
        position=position,
        estimate=None if expected is None else EstimateTold.model_validate(_fields(expected)),
        paused=wish_of(seen).rests(call.rules.day(call.now)),
        paused_until=seen.paused_until,
        ready_at=seen.ready_at,
        expires_on=seen.expires_on,
        shelf_number=seen.shelf_number if ready else None,
        ended_at=seen.ended_at,
        end_reason=EndReason(seen.end_reason) if seen.end_reason else None,
        version=seen.version,
        **({} if call.the_caller().role is Role.PATRON else _for_desk(seen, moved)),
    )


def _for_desk(seen: HoldSeen, moved: str) -> dict[str, Any]:
    kept = seen.status in {status.value for status in WITH_ITEM}
    told = bool(seen.told_at and seen.ready_at and seen.told_at >= seen.ready_at)
    return {
        "patron": seen.patron,
        "reader": f"{seen.given_name} {seen.family_name}".strip(),
        "barcode": seen.barcode,
        "copy_site": seen.copy_site if kept else "",
        "copy_site_name": seen.copy_site_name if kept else "",
        "staff_priority": seen.staff_priority,
        "moved_for": json.loads(moved)["reason"] if moved and seen.staff_priority else None,
        "told_at": seen.told_at if told else None,
        "told_how": ToldHow(seen.told_how) if told else None,
    }


def _fields(expected: Estimate) -> dict[str, object]:
    return {
        "on": expected.on,
        "reason": expected.reason,
        "ahead": expected.ahead,
        "copies": expected.copies,
        "late": expected.late,
    }


def _event(event: sql.EventSeen, *, at_desk: bool) -> HoldEventTold:
    detail = json.loads(event.detail)
    return HoldEventTold(
        at=event.at,
        kind=HoldEventKind(event.kind),
        reason=MoveReason(detail["reason"]) if "reason" in detail else None,
        pickup_site=detail.get("site", ""),
        on=detail.get("until"),
        by=event.by if at_desk else "",
        note=detail.get("note", "") if at_desk else "",
        how=ToldHow(detail["how"]) if at_desk and "how" in detail else None,
    )
