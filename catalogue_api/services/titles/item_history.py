"""What happened to a copy, for the desk: without its readers, as soon as the law asks for that."""

import json
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from catalogue_api.contract.copies import (
    HistoryEntry,
    HistoryKind,
    ItemHistory,
    ReadHistory,
)
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import Outcome
from catalogue_api.domain.retention import FOUR_MONTHS
from catalogue_api.services.call import Call
from catalogue_api.storage import circulation as sql
from catalogue_api.storage import item_history as past

_ACTS = {
    "item_marked": HistoryKind.MARKED,
    "item_moved": HistoryKind.MOVED,
    "item_sent": HistoryKind.SENT,
    "item_changed": HistoryKind.DESCRIBED,
    "item_created": HistoryKind.TAKEN_IN,
}


def read_history(session: Session, call: Call, body: ReadHistory) -> ItemHistory:
    """Tell what happened to a copy, the newest first.

    Who had it is told while the loan is open and for four months after: readers who ask for their
    history keep it for themselves, not for the desk.
    """
    connection, barcode = session.connection(), call.path["barcode"]
    item = sql.item_of_barcode(connection, barcode)
    if item is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no item {barcode!r}")
    limit = body.limit + 1
    told_since = FOUR_MONTHS.kept_since(call.rules.day(call.now), call.rules.zone)
    entries = [
        *_loans(past.loans_of(connection, item.id, limit), told_since),
        *_returns(past.returns_of(connection, item.id, limit)),
        *_acts(past.acts_on(connection, item.id, limit)),
        *(
            HistoryEntry(at=one.at, kind=HistoryKind.READY, by=one.by, site=one.site)
            for one in past.times_ready(connection, item.id, limit)
        ),
    ]
    entries.sort(key=lambda one: one.at, reverse=True)
    return ItemHistory(
        barcode=barcode, entries=tuple(entries[: body.limit]), more=len(entries) > body.limit
    )


def _loans(loans: list[past.PastLoan], told_since: datetime) -> Iterator[HistoryEntry]:
    for one in loans:
        told = one.ended_at is None or one.ended_at >= told_since
        patron = one.patron_id if told else None
        yield HistoryEntry(
            at=one.started_at,
            kind=HistoryKind.LENT,
            site=one.site,
            patron=patron,
            due_on=one.due_on,
            renewals=one.renewals,
        )
        if one.ended_at is not None and not one.by_return:
            yield HistoryEntry(at=one.ended_at, kind=HistoryKind.WRITTEN_OFF, patron=patron)


def _returns(returns: list[past.PastReturn]) -> Iterator[HistoryEntry]:
    for one in returns:
        yield HistoryEntry(
            at=one.occurred_at,
            kind=HistoryKind.RETURNED,
            by=one.staff,
            site=one.site,
            outcome=Outcome(one.outcome),
            kiosk=one.kiosk or "",
            bin=one.bin or "",
        )
        if one.undone_at is not None:
            yield HistoryEntry(at=one.undone_at, kind=HistoryKind.UNDONE, by=one.undone_by)


def _acts(acts: list[past.PastAct]) -> Iterator[HistoryEntry]:
    for one in acts:
        if one.action not in _ACTS:
            continue
        detail = json.loads(one.detail)
        yield HistoryEntry(
            at=one.at,
            kind=_ACTS[one.action],
            by=one.actor,
            mark=str(detail.get("mark", "")),
            remark=str(detail.get("remark", "")),
            destination=str(detail.get("to", "")),
        )
