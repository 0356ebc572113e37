"""The librarians' favourites: shown to anybody up to their end, kept in an order by librarians."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, func, select, update

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.favourites import (
    FavouriteData,
    FavouriteInfo,
    FavouriteRefusal,
    Favourites,
    Move,
    NewFavourite,
    Removed,
)
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.titles.showing import titles_found
from catalogue_api.storage.engine import locks
from catalogue_api.storage.favourites import shown_on
from catalogue_api.storage.tables import Favourite, Title


def list_shown(session: Session, call: Call, _body: Nothing) -> Favourites:
    """List the favourites whose end has not come."""
    return _told(session, _in_order(session, call.rules.day(call.now)))


def list_all(session: Session, _call: Call, _body: Nothing) -> Favourites:
    """List all favourites."""
    return _told(session, _in_order(session))


def add(session: Session, call: Call, body: NewFavourite) -> FavouriteInfo:
    """Make a title a favourite, before all others."""
    if session.get(Title, body.title) is None:
        raise no_such("title")
    locks.title(session.connection(), body.title)
    known = select(func.count()).where(col(Favourite.title_id) == body.title)
    if session.exec(known).one():
        detail = "this title is a favourite already"
        reasons = (FavouriteRefusal.ALREADY_ONE.value,)
        raise Refused(ProblemType.REFUSED_BY_RULE, detail, reasons)
    first: int | None = session.exec(select(func.min(Favourite.place))).one()
    favourite = Favourite(
        title_id=body.title,
        words=body.words,
        signed=body.signed,
        until_on=body.until,
        place=1 if first is None else first - 1,
        added_at=call.now,
    )
    session.add(favourite)
    session.flush()
    audit.record(session, call, "favourite_added", f"title:{body.title}")
    return _info(session, favourite)


def change(session: Session, call: Call, body: FavouriteData) -> FavouriteInfo:
    """Change what is said of a favourite, and until when."""
    favourite = _found(session, call)
    call.require_version(favourite.version)
    favourite.words, favourite.signed, favourite.until_on = body.words, body.signed, body.until
    favourite.version += 1
    session.add(favourite)
    audit.record(session, call, "favourite_changed", f"title:{favourite.title_id}")
    return _info(session, favourite)


def move(session: Session, call: Call, body: Move) -> FavouriteInfo:
    """Put a favourite elsewhere, and number all anew."""
    # All of them, in one order: two librarians who move at once wait for each other.
    session.exec(select(Favourite.id).order_by(col(Favourite.id)).with_for_update()).all()
    favourite = _found(session, call)
    numbers = [one.id for one in _in_order(session) if one.id != favourite.id]
    numbers.insert(body.place - 1, favourite.id)
    for place, one in enumerate(numbers, 1):
        session.execute(update(Favourite).where(col(Favourite.id) == one).values(place=place))
    audit.record(session, call, "favourite_moved", f"title:{favourite.title_id}")
    session.refresh(favourite)
    return _info(session, favourite)


def remove(session: Session, call: Call, _body: Nothing) -> Removed:
    """Take a title out of the favourites."""
    favourite = _found(session, call)
    call.require_version(favourite.version)
    session.delete(favourite)
    audit.record(session, call, "favourite_removed", f"title:{favourite.title_id}")
    return Removed()


def _found(session: Session, call: Call) -> Favourite:
    query = select(Favourite).where(col(Favourite.id) == number(call, "favourite"))
    found = session.exec(query.with_for_update()).first()
    if found is None:
        raise no_such("favourite")
    return found


def _in_order(session: Session, today: date | None = None) -> Sequence[Favourite]:
    query = select(Favourite).order_by(col(Favourite.place), col(Favourite.id).desc())
    if today is not None:
        query = query.where(shown_on(today))
    return session.exec(query).all()


def _told(session: Session, favourites: Sequence[Favourite]) -> Favourites:
    titles = titles_found(session, [one.title_id for one in favourites])
    return Favourites(
        favourites=tuple(
            FavouriteInfo(
                favourite=one.id or 0,
                title=title,
                words=one.words,
                signed=one.signed,
                until=one.until_on,
                added_at=one.added_at,
                version=one.version,
            )
            for one, title in zip(favourites, titles, strict=True)
        )
    )


def _info(session: Session, favourite: Favourite) -> FavouriteInfo:
    session.flush()
    return _told(session, [favourite]).favourites[0]
