"""The wish to be deleted: noted, taken back, and when it comes true."""

from datetime import date, timedelta

from sqlmodel import Session

from catalogue_api.contract.deletions import (
    DeletionAsked,
    DeletionsPage,
    FindDeletions,
    Hindrance,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.patrons import DELETED_AFTER
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.readers import patrons
from catalogue_api.storage import deletions as sql
from catalogue_api.storage.tables import Patron

_NIGHT = timedelta(days=1)


def list_deletions(session: Session, call: Call, body: FindDeletions) -> DeletionsPage:
    """List the readers who asked, who asked first comes first."""
    rows = sql.asked(session, _behind(key_of(body.cursor, ("", 0))), body.limit + 1)
    shown, following = page(rows, body.limit, _key)
    return DeletionsPage(readers=_told(session, call, *shown), next=following)


def show_deletion(session: Session, call: Call, _body: Nothing) -> DeletionAsked:
    """Show what stands against deleting the reader of the path."""
    return wish_of(session, call, patrons.found(session, call))


def ask_for_patron(session: Session, call: Call, _body: Nothing) -> DeletionAsked:
    """Note that a reader asks to be deleted."""
    patron = patrons.locked(session, call)
    if ask(session, patron, call.rules.day(call.now)):
        audit.record(session, call, "deletion_asked", f"patron:{patron.id}")
    return wish_of(session, call, patron)


def stay_for_patron(session: Session, call: Call, _body: Nothing) -> DeletionAsked:
    """Note that a reader stays after all."""
    patron = patrons.locked(session, call)
    if stay(session, patron):
        audit.record(session, call, "deletion_taken_back", f"patron:{patron.id}")
    return wish_of(session, call, patron)


def ask(session: Session, patron: Patron, today: date) -> bool:
    """Note the wish of a locked reader, from the first time that it was said; tell if it is new."""
    if patron.deletion_asked_on is not None:
        return False
    _note(session, patron, today)
    return True


def stay(session: Session, patron: Patron) -> bool:
    """Take the wish of a locked reader back; tell whether there was one."""
    if patron.deletion_asked_on is None:
        return False
    _note(session, patron, None)
    return True


def wish_of(session: Session, call: Call, patron: Patron) -> DeletionAsked:
    """Return whether a reader has asked, what stands against it, and when it is done."""
    return _told(session, call, patron)[0]


def _note(session: Session, patron: Patron, day: date | None) -> None:
    patron.deletion_asked_on, patron.version = day, patron.version + 1
    session.add(patron)
    session.flush()


def _told(session: Session, call: Call, *rows: Patron) -> tuple[DeletionAsked, ...]:
    today = call.rules.day(call.now)
    numbers = [row.id or 0 for row in rows]
    found = sql.open_of(session.connection(), numbers, today)
    told = []
    for row in rows:
        against = tuple(
            Hindrance(reason=reason, number=number)
            for reason, number in found.get(row.id or 0, {}).items()
        )
        not_before = row.deletion_asked_on and row.deletion_asked_on + DELETED_AFTER
        told.append(
            DeletionAsked(
                patron=row.id or 0,
                card=row.card,
                family_name=row.family_name,
                given_name=row.given_name,
                asked_on=row.deletion_asked_on,
                not_before=not_before,
                done_on=max(not_before, today + _NIGHT) if not_before and not against else None,
                against=against,
                version=row.version,
            )
        )
    return tuple(told)


def _key(row: Patron) -> tuple[str, int]:
    return (row.deletion_asked_on.isoformat() if row.deletion_asked_on else "", row.id or 0)


def _behind(key: tuple[int | str, ...] | None) -> tuple[date, int] | None:
    if key is None:
        return None
    try:
        return date.fromisoformat(str(key[0])), int(key[1])
    except ValueError as error:
        raise Refused(
            ProblemType.INVALID_REQUEST, "cursor: use the `next` of the page before"
        ) from error
