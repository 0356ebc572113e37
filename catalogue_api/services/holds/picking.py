"""What to fetch from the shelves for those who wait, and what to take down from theirs."""

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.deeds import DeedKind
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_shelf import (
    CopyToClear,
    CopyToPick,
    HoldEventKind,
    ToClear,
    ToPick,
)
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import Wish
from catalogue_api.domain.matching import FreeCopy, matched
from catalogue_api.domain.reserving import HoldRefusal
from catalogue_api.services.acting import acting
from catalogue_api.services.call import Call
from catalogue_api.services.holds.hold_copies import (
    forget_leftover,
    item_of,
    let_wait_again,
    locked_item,
    refused,
)
from catalogue_api.services.returns.deeds import note_deed, standing
from catalogue_api.services.rules import libraries
from catalogue_api.storage import copies as sql
from catalogue_api.storage.copies import FreeOnShelf
from catalogue_api.storage.engine import locks
from catalogue_api.storage.engine.changes import title_changed


def list_to_pick(session: Session, call: Call, _body: Nothing) -> ToPick:
    """List the copies that stand at a site and answer somebody who waits, by shelf mark."""
    site, names = _site(session, call)
    found = picks(session.connection(), site, call)
    copies = (
        CopyToPick(
            barcode=copy.barcode,
            full_title=copy.full_title,
            author=copy.author,
            shelf_mark=copy.shelf_mark,
            to_shelve=copy.to_shelve,
            for_this_copy=wish.wanted_item is not None,
            pickup_site=wish.pickup_site,
            pickup_name=names[wish.pickup_site],
        )
        for copy, wish in found
    )
    return ToPick(copies=tuple(copies))


def picks(connection: Connection, site: str, call: Call) -> list[tuple[FreeOnShelf, Wish]]:
    """Return the copies of a site that answer waiting holds, with the hold that each answers.

    All free copies of a title are given out together, so that two sites do not fetch for one hold.
    """
    titles = sql.titles_to_pick(connection, site)
    free: dict[int, dict[int, FreeOnShelf]] = {title: {} for title in titles}
    for one in sql.free_copies(connection, titles):
        free[one.title_id][one.id] = one
    found = []
    for title, wishes in sql.wishes_of(connection, titles).items():
        of_title = free[title]
        copies = [FreeCopy(copy.id, copy.site) for copy in of_title.values()]
        pairs = matched(copies, wishes, call.rules.day(call.now))
        found += [(of_title[copy.id], wish) for copy, wish in pairs if copy.site == site]
    return sorted(found, key=lambda pair: (pair[0].shelf_mark, pair[0].full_title, pair[0].id))


def note_not_found(session: Session, call: Call, _body: Nothing) -> ToPick:
    """Note that a copy is not on its shelf: it is missing, and the next copy or site is asked.

    A hold that it was put aside for waits again, with its old rank.
    """
    site, _ = _site(session, call)
    acts, seen = acting(session, call), item_of(session, call.path["barcode"])
    locks.title(session.connection(), seen.title_id)
    item = locked_item(session, seen.id or 0)
    if item.status == ItemStatus.MISSING.value:
        return list_to_pick(session, call, Nothing())
    at_hand = item.status == ItemStatus.AVAILABLE.value and item.current_site == site
    if not at_hand or sql.is_on_loan(session.connection(), item.id or 0):
        raise refused(HoldRefusal.COPY_NOT_FREE)
    item.status, item.destination = ItemStatus.MISSING.value, None
    item.sent_at, item.to_shelve_since = None, None
    item.version += 1
    session.add(item)
    let_wait_again(acts, item, site)
    forget_leftover(session, item.id or 0)
    title_changed(acts.connection, item.title_id)
    return list_to_pick(session, call, Nothing())


def list_to_clear(session: Session, call: Call, _body: Nothing) -> ToClear:
    """List what still stands on the reservation shelf though its reader's turn is over."""
    site, _ = _site(session, call)
    copies = (
        CopyToClear(
            barcode=left.barcode,
            full_title=left.full_title,
            shelf_mark=left.shelf_mark,
            shelf_number=left.shelf_number,
            since=left.since,
            why=HoldEventKind(left.why),
            for_another=left.kept,
            destination=left.destination,
        )
        for left in sql.left_copies(session.connection(), site)
    )
    return ToClear(copies=tuple(copies))


def clear_copy(session: Session, call: Call, _body: Nothing) -> ToClear:
    """Note that a copy was taken down."""
    barcode = call.path["barcode"]
    before = standing(session, [barcode])
    forget_leftover(session, item_of(session, barcode).id or 0)
    deed = note_deed(session, call, DeedKind.CLEARED, before)
    return list_to_clear(session, call, Nothing()).model_copy(update={"deed": deed})


def _site(session: Session, call: Call) -> tuple[str, dict[str, str]]:
    names, site = libraries.sites(session), call.path["site"]
    if site not in names:
        raise Refused(ProblemType.NOT_FOUND, "there is no such site")
    return site, names
