"""The delta feed of the kiosks: first every title there is, then what changed since."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.changes import Changes, ItemChange, ReadChanges
from catalogue_api.services.call import Call
from catalogue_api.services.pages import cursor_of, key_of
from catalogue_api.storage import snapshot
from catalogue_api.storage.engine.changes import Place, changes_behind, is_kept, newest_place

_LIKE = (0, 0, 0)
"""A cursor: the last title of a first copy (0 once it is whole), and the place of the changes."""


def read_changes(session: Session, call: Call, body: ReadChanges) -> Changes:
    """Go on with a first copy, or with what changed since.

    A cursor from before what was pruned begins again: the kiosk just copies more than it needs.
    """
    connection, today = session.connection(), call.rules.day(call.now)
    key = key_of(body.after, _LIKE)
    title, xid, number = (int(part) for part in key) if key else (0, 0, 0)
    place = Place(xid, number)
    if key is None or not is_kept(connection, place):
        return _copy(connection, today, 0, newest_place(connection), body.limit)
    if title:
        return _copy(connection, today, title, place, body.limit)
    return _since(connection, today, place, body.limit)


def _copy(connection: Connection, today: date, title: int, place: Place, limit: int) -> Changes:
    """Return the items of the next titles; `place` is where the changes go on afterwards."""
    titles = snapshot.titles_behind(connection, title, limit)
    whole = len(titles) < limit
    return Changes(
        items=tuple(_items(connection, titles, today)),
        next=cursor_of((0 if whole else titles[-1], place.xid, place.number)),
        more=not whole,
    )


def _since(connection: Connection, today: date, place: Place, limit: int) -> Changes:
    rows = changes_behind(connection, place, limit)
    gone = [ItemChange(barcode=row.gone, gone=True) for row in rows if row.gone]
    titles = list(dict.fromkeys(row.title_id for row in rows))
    end = rows[-1].place if rows else place
    return Changes(
        items=(*gone, *_items(connection, titles, today)),
        next=cursor_of((0, end.xid, end.number)),
        more=len(rows) == limit,
    )


def _items(connection: Connection, titles: Sequence[int], today: date) -> Iterator[ItemChange]:
    queues = snapshot.wishes(connection, titles, today)
    for item in snapshot.items_of_titles(connection, titles):
        queue = queues.get(item.title_id, [])
        served = (site for site, wanted in queue if wanted in {None, item.id})
        yield ItemChange(
            barcode=item.barcode,
            title=item.full_title,
            home_site=item.home_site,
            wanted_at=next(served, ""),
            parts_count=item.parts_count,
            contents=item.contents,
        )
