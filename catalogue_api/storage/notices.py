"""The outbox: notices are laid into it in the transaction of what they tell of."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from catalogue_api.domain.notices import NOTICES, NoticeKind, NoticeStatus, NoticeWay
from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import Notice, NoticeChoice, Patron

_LAID: dict[str, Any] = {
    name: bindparam(name)
    for name in (
        "key", "kind", "urgency", "patron_id", "address", "language", "site", "about",
        "at", "next_try_at", "stale_at", "status",
    )
}  # fmt: skip
_KEY = [col(Notice.key)]
_LAY = {
    "sqlite": Prepared(
        sqlite.insert(Notice).values(_LAID).on_conflict_do_nothing(index_elements=_KEY)
    ),
    "postgresql": Prepared(
        postgresql.insert(Notice).values(_LAID).on_conflict_do_nothing(index_elements=_KEY)
    ),
}


def lay(connection: Connection, row: Mapping[str, Any]) -> None:
    """Lay a notice into the outbox, unless one with its key lies or lay there."""
    nobody = {"patron_id": None, "address": "", "language": "", "site": None}
    _LAY[connection.dialect.name].run(connection, nobody | dict(row))


def lies(connection: Connection, key: str) -> bool:
    """Tell whether a notice with a key lies in the outbox, or lay there."""
    found = select(Notice.id).where(col(Notice.key) == key)
    return connection.execute(found).first() is not None


def take_back(connection: Connection, key: str) -> None:
    """Delete a notice that nobody has begun to send; what was sent stays."""
    waiting = (
        col(Notice.key) == key,
        col(Notice.status).in_([NoticeStatus.WAITING.value, NoticeStatus.TO_TELL.value]),
        col(Notice.claimed_by) == "",
    )
    connection.execute(delete(Notice).where(*waiting))


def is_in_hand(connection: Connection, key: str) -> bool:
    """Tell whether somebody is sending a notice at this moment."""
    claimed = select(Notice.id).where(col(Notice.key) == key, col(Notice.claimed_by) != "")
    return connection.execute(claimed).first() is not None


def next_to_send(session: Session, now: datetime) -> Notice | None:
    """Return the notice whose turn it is, locked: the most urgent, among those the oldest.

    None while there is nothing, or other senders have in hand what there is.
    """
    query = (
        select(Notice)
        .where(
            col(Notice.status) == text("'waiting'"),
            col(Notice.next_try_at) <= now,
            _free(now),
        )
        .order_by(col(Notice.urgency), col(Notice.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.exec(query).first()


def others_to_send(session: Session, notice: Notice, now: datetime) -> Sequence[Notice]:
    """Return the other notices of its kind to the same reader that nobody has in hand, locked."""
    query = (
        select(Notice)
        .where(
            Notice.patron_id == notice.patron_id,
            Notice.kind == notice.kind,
            Notice.id != notice.id,
            Notice.status == NoticeStatus.WAITING.value,
            col(Notice.at) <= now,
            _free(now),
        )
        .order_by(col(Notice.id))
        .with_for_update(skip_locked=True)
    )
    return session.exec(query).all()


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(col(Notice.claimed_by) == "", col(Notice.claimed_until) < now)


def waiting(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many notices wait whose time has come, and since when the oldest does."""
    query = select(func.count(), func.min(col(Notice.at))).where(
        col(Notice.status) == text("'waiting'"), col(Notice.next_try_at) <= now
    )
    number, since = connection.execute(query).one()
    return number, since


def way_of(connection: Connection, patron: int, kind: str) -> NoticeWay:
    """Return how a reader wants to be told of a kind."""
    query = select(col(NoticeChoice.way)).where(
        col(NoticeChoice.patron_id) == patron, col(NoticeChoice.kind) == kind
    )
    return NoticeWay(connection.execute(query).scalar() or NoticeWay.EMAIL)


def choose(connection: Connection, patron: int, kind: NoticeKind, way: NoticeWay) -> None:
    """Note how a reader wants to be told of a kind; by e-mail is how everybody is."""
    row = (col(NoticeChoice.patron_id) == patron, col(NoticeChoice.kind) == kind.value)
    connection.execute(delete(NoticeChoice).where(*row))
    if way is not NoticeWay.EMAIL:
        connection.execute(
            insert(NoticeChoice).values(patron_id=patron, kind=kind.value, way=way.value)
        )


def choices(connection: Connection, patron: int) -> dict[NoticeKind, NoticeWay]:
    """Return how a reader wants to be told, of the kinds of which they said so."""
    query = select(NoticeChoice.kind, NoticeChoice.way).where(NoticeChoice.patron_id == patron)
    return {NoticeKind(kind): NoticeWay(way) for kind, way in connection.execute(query)}


def of_patron(session: Session, patron: int, before: int | None, limit: int) -> Sequence[Notice]:
    """Return the notices to a reader, newest first, those before a number if one is given."""
    query = select(Notice).where(Notice.patron_id == patron)
    if before is not None:
        query = query.where(col(Notice.id) < before)
    return session.exec(query.order_by(col(Notice.id).desc()).limit(limit)).all()


MAIL_IS_LATE = timedelta(days=1)
"""After so long a mail that has not left is no reason any more not to tell the reader."""


def to_tell(
    session: Session, site: str, now: datetime, behind: int | None, limit: int
) -> Sequence[tuple[Notice, Patron | None]]:
    """Return what librarians of a site are to tell, what ends first first; with the readers.

    A notice is for the site that it is about, else for the reader's, else for every one. The list
    goes on behind the notice with the number `behind`, whatever has become of that one.
    """
    order = (col(Notice.stale_at), col(Notice.id))
    told_by_desk = [kind.value for kind, facts in NOTICES.items() if facts.by_desk]
    waits_long = and_(
        col(Notice.status) == NoticeStatus.WAITING.value, col(Notice.at) < now - MAIL_IS_LATE
    )
    where = func.coalesce(col(Notice.site), col(Patron.home_site), site)
    query = (
        select(Notice, Patron)
        .outerjoin(Patron, col(Patron.id) == col(Notice.patron_id))
        .where(
            or_(col(Notice.status) == NoticeStatus.TO_TELL.value, waits_long),
            col(Notice.kind).in_(told_by_desk),
            col(Notice.kind) != NoticeKind.HOLD_READY.value,
            col(Notice.stale_at) > now,
            where == site,
        )
        .order_by(*order)
        .limit(limit)
    )
    if behind is not None:
        last = aliased(Notice)
        ends = select(col(last.stale_at)).where(col(last.id) == behind).scalar_subquery()
        query = query.where(tuple_(*order) > tuple_(ends, literal(behind)))
    return session.exec(query).all()
