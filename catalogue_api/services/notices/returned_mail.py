"""A mail that came back after a server had taken it: its reader is told by librarians instead."""

import json
from datetime import datetime

from sqlmodel import Session

from catalogue_api.domain.holds import HoldEventKind, HoldStatus, ToldHow
from catalogue_api.domain.mailing import Verdict, line, mailbox
from catalogue_api.domain.notices import NoticeKind, NoticeReason, NoticeStatus, instant
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.acting import Acting
from catalogue_api.services.holds.hold_copies import note
from catalogue_api.services.notices.mail_marks import Mark, read_mark
from catalogue_api.services.notices.outbox import BY_MAIL, Settled, mark_failing, settle
from catalogue_api.storage.tables import Hold, Notice, Patron


def note_returned(
    session: Session, mark: str, verdict: Verdict, said: str, now: datetime, rules: Rulebook
) -> tuple[Settled, ...] | None:
    """Note that the mail of a mark reached nobody; None if no mail of ours bore it.

    What it told, and is still worth telling, goes to the librarians; a second report finds nothing
    left to do. The address is marked where the report says so of it (`Verdict.ADDRESS`), unless
    the reader has another by now.
    """
    found = read_mark(session, mark)
    if found is None:
        return None
    # Reservations before notices: so does the outbox, and neither waits for the other in a circle.
    _untell(Acting(session, now, rules, BY_MAIL), _sent(session, found))
    failing = verdict is Verdict.ADDRESS
    reason = NoticeReason.ADDRESS_REFUSED if failing else NoticeReason.MESSAGE_REFUSED
    settled = []
    for notice in _sent(session, found, locked=True):
        address = _address(session, notice)
        if failing and found.is_of(address):
            mark_failing(session, notice, address)
        notice.detail = line(said)
        if now < notice.stale_at:
            notice.ended_at = None
            settled.append(settle(notice, reason, now))
        session.add(notice)
    return tuple(settled)


def _sent(session: Session, mark: Mark, *, locked: bool = False) -> list[Notice]:
    """Return the notices of a mail that count as told by it."""
    found = [
        session.get(Notice, number, populate_existing=locked, with_for_update=locked or None)
        for number in sorted(mark.notices)
    ]
    return [one for one in found if one is not None and one.status == NoticeStatus.SENT.value]


def _address(session: Session, notice: Notice) -> str:
    if notice.patron_id is None:
        return mailbox(notice.address)
    return mailbox(session.get_one(Patron, notice.patron_id).email)


def _untell(acting: Acting, notices: list[Notice]) -> None:
    """Take back that the mail has told readers what is ready: they are on the call list again."""
    ready = [json.loads(one.about) for one in notices if one.kind == NoticeKind.HOLD_READY.value]
    for about in sorted(ready, key=lambda about: int(about["hold"])):
        number, at = int(about["hold"]), instant(about["ready_at"])
        hold = acting.session.get(Hold, number, populate_existing=True, with_for_update=True)
        by_mail = hold is not None and hold.told_how == ToldHow.EMAIL.value
        if hold is None or not by_mail or hold.status != HoldStatus.READY.value:
            continue
        if hold.ready_at != at:
            continue
        hold.told_at, hold.told_how = None, ""
        hold.version += 1
        acting.session.add(hold)
        note(acting, hold, HoldEventKind.NOT_TOLD)
