"""The librarians' inbox."""

import json
from uuid import UUID

from sqlmodel import Session

from catalogue_api.contract.anomalies import (
    Anomalies,
    AnomalyEntry,
    AnomalyKind,
    FindAnomalies,
    Handling,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.services.call import Call
from catalogue_api.services.pages import key_of, page
from catalogue_api.storage import anomalies as sql


def find_anomalies(session: Session, _call: Call, body: FindAnomalies) -> Anomalies:
    """Return what needs a look, or what was looked at, newest first."""
    key = key_of(body.cursor, (0,))
    before = int(key[0]) if key else None
    rows = sql.find_anomalies(
        session.connection(), body.site, before, body.limit + 1, handled=body.handled
    )
    shown, cursor = page(rows, body.limit, lambda row: (row.id,))
    return Anomalies(anomalies=tuple(map(_entry, shown)), next=cursor)


def handle_anomaly(session: Session, call: Call, body: Handling) -> AnomalyEntry:
    """Note that somebody looked at it; a second one is told who was faster."""
    connection, row = session.connection(), _locked(session, call)
    sql.handle(connection, row.id, call.the_caller().name, body.remark, call.now)
    return _entry(_found(session, row.id))


def reopen_anomaly(session: Session, call: Call, _body: Nothing) -> AnomalyEntry:
    """Let it wait to be looked at again; what was noted about it is gone."""
    row = _locked(session, call)
    if row.handled_at is not None:
        sql.reopen(session.connection(), row.id)
    return _entry(_found(session, row.id))


def entry(session: Session, number: int) -> AnomalyEntry | None:
    """Return one of them, None if there is none."""
    row = sql.anomaly(session.connection(), number)
    return _entry(row) if row else None


def _locked(session: Session, call: Call) -> sql.AnomalyEntryRow:
    row = _found(session, _number(call.path["anomaly"]), lock=True)
    call.require_version(row.version)
    return row


def _found(session: Session, number: int, *, lock: bool = False) -> sql.AnomalyEntryRow:
    row = sql.anomaly(session.connection(), number, lock=lock)
    if row is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no entry {number}")
    return row


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Refused(ProblemType.NOT_FOUND, "this is no entry's number")
    return int(text)


def _entry(row: sql.AnomalyEntryRow) -> AnomalyEntry:
    title = f"{row.title}, {row.volume}" if row.volume else row.title or ""
    return AnomalyEntry(
        id=row.id,
        version=row.version,
        kind=AnomalyKind(row.kind),
        at=row.at,
        site=row.site,
        kiosk=row.kiosk or "",
        return_id=UUID(row.return_id) if row.return_id else None,
        barcode=row.barcode,
        title=title,
        bin=row.bin,
        missing=tuple(json.loads(row.detail).get("missing", ())),
        handled_at=row.handled_at,
        handled_by=row.handled_by,
        remark=row.remark,
    )
