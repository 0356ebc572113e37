"""Telling readers something: a notice is laid into the outbox, and sent by whoever empties it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalogue_api.domain.notices import NOTICES, NoticeKind, NoticeStatus
from catalogue_api.storage import notices as outbox
from catalogue_api.storage.engine.unit import connection_of
from catalogue_api.storage.tables import Notice


def notify(
    session: Session,
    kind: NoticeKind,
    patron_id: int,
    about: Mapping[str, str],
    at: datetime,
    *,
    key: str,
) -> None:
    """Have a reader told something, in the caller's transaction; nothing is sent here.

    `at` is the instant from which it may be sent: now, as a rule, or later for a reminder. `about`
    holds plain values: identifiers, instants as ISO 8601 with their offset, the code of a site, at
    least those that `NOTICES` asks for; the words are made when it is sent. The same `key`
    (`slot:17:cancelled`, up to 128 signs) is one notice, however often it is said. Readers without
    e-mail are told by librarians, if the kind is worth it.
    """
    _lay(session, kind, about, at, key, {"patron_id": patron_id})


def notify_address(
    session: Session,
    kind: NoticeKind,
    address: str,
    language: str,
    about: Mapping[str, str],
    at: datetime,
    *,
    key: str,
) -> None:
    """Have somebody told something who is no reader: at an address of e-mail that they gave."""
    _lay(session, kind, about, at, key, {"address": address, "language": language})


def was_said(session: Session, key: str) -> bool:
    """Tell whether a notice was laid under a key, and not taken back."""
    session.flush()
    return outbox.lies(connection_of(session), key)


def notify_elsewhere(
    session: Session,
    kind: NoticeKind,
    patron_id: int,
    address: str,
    language: str,
    about: Mapping[str, str],
    at: datetime,
    *,
    key: str,
) -> None:
    """Have something about a reader told at an address that is not theirs any more."""
    to = {"patron_id": patron_id, "address": address, "language": language}
    _lay(session, kind, about, at, key, to)


def take_back(session: Session, key: str) -> None:
    """Let a notice be forgotten that was not sent yet: a reminder of what was cancelled.

    The same key can be used again. What is being sent at this moment, or was, stays.
    """
    session.flush()
    outbox.take_back(connection_of(session), key)


def _lay(
    session: Session,
    kind: NoticeKind,
    about: Mapping[str, str],
    at: datetime,
    key: str,
    to: Mapping[str, Any],
) -> None:
    facts = NOTICES[kind]
    session.flush()
    outbox.lay(
        connection_of(session),
        {
            "key": key,
            "kind": kind.value,
            "urgency": facts.urgency.value,
            "site": about.get("site"),
            "about": json.dumps(dict(about), ensure_ascii=False),
            "at": at,
            "next_try_at": at + facts.gathers,
            "stale_at": facts.stale_at(about, at),
            "status": NoticeStatus.WAITING.value,
            **to,
        },
    )


def lay_again(session: Session, notice: Notice, now: datetime) -> Notice:
    """Lay a notice that was sent or given up once more, from now on; return the new one.

    It has a key of its own: a mail server would take the same Message-ID for a second copy.
    """
    first = notice.key.partition("#")[0][:110]
    again = Notice(
        key=f"{first}#{int(now.timestamp() * 1000)}",
        kind=notice.kind,
        urgency=notice.urgency,
        patron_id=notice.patron_id,
        address=notice.address,
        language=notice.language,
        site=notice.site,
        about=notice.about,
        at=now,
        next_try_at=now,
        stale_at=notice.stale_at,
    )
    session.add(again)
    session.flush()
    return again
