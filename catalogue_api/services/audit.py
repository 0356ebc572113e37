"""Who did what, when and to whom: one line for each write of staff and of machines.

The answering of calls writes a line for every write that succeeded and that its service did not
record itself, so that none is forgotten. There is never a PIN, a password or a token in it, nor
the name or the card of a reader: their number is enough. And where an act is about what a reader
had (a loan, a slot), it names that alone and not the reader: the log is kept for longer than who
had what, and may not tell it when the loan no longer does.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from catalogue_api.contract.audit import AuditLine, AuditPage, ReadAudit
from catalogue_api.domain.roles import STAFF_ROLES, Role
from catalogue_api.services.call import Call
from catalogue_api.services.pages import key_of, page
from catalogue_api.storage.tables import AuditEntry

RECORDED = frozenset({*STAFF_ROLES, Role.MACHINE})
"""Kiosks and patrons leave their own traces: returns, and what happened to each reservation."""


def record(
    session: Session,
    call: Call,
    action: str,
    subject: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write down what the caller did: `record(session, call, "item_lost", "item:17", {...})`."""
    note(session, call.the_caller().actor, call.now, action, subject, detail)
    call.recorded.append(action)


def note(
    session: Session,
    actor: str,
    now: datetime,
    action: str,
    subject: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write down what was done from outside a call: the command line, a job of the night."""
    session.add(
        AuditEntry(
            at=now,
            actor=actor,
            action=action,
            subject=subject[:128],
            detail=json.dumps(dict(detail or {}), ensure_ascii=False, default=str),
        )
    )


def record_what_is_not(session: Session, call: Call, action: str) -> None:
    """Write a line for a write that its service did not record; the path says to whom."""
    if call.caller is None or call.caller.role not in RECORDED or call.recorded:
        return
    record(session, call, action, " ".join(f"{name}:{value}" for name, value in call.path.items()))


def read(session: Session, _call: Call, body: ReadAudit) -> AuditPage:
    """Show what was written down, the newest first."""
    query = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(body.limit + 1)
    if body.actor:
        query = query.where(col(AuditEntry.actor).in_(_actors(body.actor)))
    for column, wanted in (
        (AuditEntry.action, body.action),
        (AuditEntry.subject, body.subject),
    ):
        if wanted:
            query = query.where(column == wanted)
    if body.since is not None:
        query = query.where(AuditEntry.at >= body.since)
    if body.until is not None:
        query = query.where(AuditEntry.at < body.until)
    key = key_of(body.cursor, (0,))
    if key is not None:
        query = query.where(col(AuditEntry.id) < key[0])
    rows, following = page(session.exec(query).all(), body.limit, lambda row: (row.id or 0,))
    return AuditPage(entries=tuple(_line(row) for row in rows), next=following)


def _actors(said: str) -> list[str]:
    return [said] if ":" in said else [f"{role.value}:{said}" for role in Role] + [said]


def _line(row: AuditEntry) -> AuditLine:
    return AuditLine(
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        detail=json.loads(row.detail),
    )
