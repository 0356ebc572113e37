"""Notices as they are seen: those to a reader, and those that librarians are to tell."""

import json
from collections.abc import Mapping

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.notices import (
    NoticeLine,
    NoticePage,
    NoticesAsked,
    NoticesToTell,
    NoticeTold,
    NoticeToTell,
    ToldHow,
)
from catalogue_api.domain.notices import NOTICES, NoticeKind, NoticeReason, NoticeStatus
from catalogue_api.domain.roles import Role
from catalogue_api.services import audit
from catalogue_api.services.call import Call, name_of
from catalogue_api.services.noticing import lay_again
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.readers import patrons
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage import notices as sql
from catalogue_api.storage.tables import Notice, Patron


def list_own(session: Session, call: Call, body: NoticesAsked) -> NoticePage:
    """List the notices to the reader who asks."""
    return _page(session, call, call.the_caller().patron_id, body)


def list_of_patron(session: Session, call: Call, body: NoticesAsked) -> NoticePage:
    """List the notices to the reader of the path."""
    return _page(session, call, patrons.found(session, call).id or 0, body)


def send_again(session: Session, call: Call, _body: Nothing) -> NoticeLine:
    """Lay a notice into the outbox once more, as one of its own.

    What is a secret, or went elsewhere, is not kept; what would come too late or waits anyway is
    not sent again.
    """
    notice = _locked(session, call)
    if not _may_go_again(notice, call):
        raise Refused(ProblemType.CONFLICT, "this notice cannot be sent again")
    again = lay_again(session, notice, call.now)
    audit.record(session, call, "notice_sent_again", f"notice:{notice.id}")
    return _line(again, call)


def list_to_tell(session: Session, call: Call, body: NoticesAsked) -> NoticesToTell:
    """List what readers of the site in the path are to be told by librarians.

    That is what no mail could tell, and what has waited for the mail server since yesterday.
    """
    site = call.path["site"]
    require_site(session.connection(), site)
    key = key_of(body.cursor, (0,))
    rows = sql.to_tell(session, site, call.now, int(key[0]) if key else None, body.limit + 1)
    shown, following = page(rows, body.limit, lambda row: (row[0].id or 0,))
    told = tuple(_to_tell(notice, patron) for notice, patron in shown)
    return NoticesToTell(notices=told, next=following)


def note_told(session: Session, call: Call, body: NoticeTold) -> NoticeLine:
    """Note that a librarian has told a reader; it is not mailed any more."""
    notice = _locked(session, call)
    call.require_version(notice.version)
    if notice.ended_at is not None:
        raise Refused(ProblemType.CONFLICT, "this notice was dealt with already")
    notice.status, notice.ended_at = NoticeStatus.TOLD.value, call.now
    notice.told_by, notice.told_how = name_of(call.the_caller()), body.how.value
    notice.claimed_by, notice.claimed_until = "", None
    notice.version += 1
    session.add(notice)
    session.flush()
    audit.record(session, call, "notice_told", f"notice:{notice.id}", {"how": body.how.value})
    return _line(notice, call)


def _locked(session: Session, call: Call) -> Notice:
    wanted = number(call, "notice")
    notice = session.get(Notice, wanted, populate_existing=True, with_for_update=True)
    if notice is None:
        raise no_such("notice")
    return notice


def _page(session: Session, call: Call, patron: int, body: NoticesAsked) -> NoticePage:
    key = key_of(body.cursor, (0,))
    rows = sql.of_patron(session, patron, int(key[0]) if key else None, body.limit + 1)
    shown, following = page(rows, body.limit, lambda row: (row.id or 0,))
    return NoticePage(notices=tuple(_line(row, call) for row in shown), next=following)


def _line(notice: Notice, call: Call) -> NoticeLine:
    at_desk = call.the_caller().role is not Role.PATRON
    return NoticeLine(
        notice=notice.id or 0,
        kind=NoticeKind(notice.kind),
        at=notice.at,
        status=NoticeStatus(notice.status),
        reason=NoticeReason(notice.reason) if notice.reason else None,
        ended_at=notice.ended_at,
        told_how=ToldHow(notice.told_how) if notice.told_how else None,
        detail=notice.detail if at_desk else "",
        again=at_desk and _may_go_again(notice, call),
        version=notice.version,
    )


def _may_go_again(notice: Notice, call: Call) -> bool:
    facts = NOTICES[NoticeKind(notice.kind)]
    wiped = facts.secret or facts.elsewhere
    waits = notice.status == NoticeStatus.WAITING.value
    return not wiped and not waits and call.now < notice.stale_at


def _to_tell(notice: Notice, patron: Patron | None) -> NoticeToTell:
    about: Mapping[str, str] = json.loads(notice.about)
    return NoticeToTell(
        notice=notice.id or 0,
        kind=NoticeKind(notice.kind),
        about=about,
        reason=NoticeReason(notice.reason) if notice.reason else None,
        at=notice.at,
        until=notice.stale_at,
        patron=notice.patron_id,
        reader=f"{patron.given_name} {patron.family_name}".strip() if patron else "",
        phone=patron.phone if patron else notice.address,
        language=patron.language if patron else notice.language,
        version=notice.version,
    )
