"""Readers without e-mail: who is to be told that a copy is ready, and that somebody did."""

from datetime import datetime

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.hold_notices import (
    HoldToTell,
    ReaderTold,
    ReaderToTell,
    ToTell,
    ToTellPage,
)
from catalogue_api.contract.holds import HoldInfo
from catalogue_api.domain.holds import HoldEventKind, HoldStatus
from catalogue_api.domain.reserving import HoldRefusal
from catalogue_api.services.acting import acting
from catalogue_api.services.call import Call, name_of
from catalogue_api.services.holds.hold_copies import note, refused
from catalogue_api.services.holds.hold_edits import locked_hold
from catalogue_api.services.holds.hold_views import told
from catalogue_api.services.pages import Key, key_of, page
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage import hold_notices as sql
from catalogue_api.storage.hold_notices import Untold, Waits, readers_to_tell, untold


def list_to_tell(session: Session, call: Call, body: ToTellPage) -> ToTell:
    """List who is to be told at the site in the path."""
    connection, site = session.connection(), call.path["site"]
    require_site(connection, site)
    everybody = readers_to_tell(connection, site, call.now)
    behind = key_of(body.cursor, ("", 0))
    asked = [
        one
        for one in everybody
        if body.patron in {None, one.patron}
        and not (body.without_phone and one.has_phone)
        and (behind is None or _key(one) > behind)
    ]
    shown, cursor = page(asked[: body.limit + 1], body.limit, _key)
    theirs: dict[int, list[Untold]] = {one.patron: [] for one in shown}
    for row in untold(connection, site, list(theirs), call.now):
        theirs[row.patron].append(row)
    return ToTell(
        readers=tuple(map(_reader, theirs.values())),
        total=len(everybody),
        without_phone=sum(not one.has_phone for one in everybody),
        next=cursor,
    )


def _key(one: Waits) -> Key:
    return one.expires_on.isoformat(), one.shelf_number


def note_told(session: Session, call: Call, body: ReaderTold) -> HoldInfo:
    """Note that the reader of a hold that is ready was told so."""
    return _noted(session, call, call.now, body.how.value)


def note_not_told(session: Session, call: Call, _body: Nothing) -> HoldInfo:
    """Take that back: the reader is on the list again."""
    return _noted(session, call, None, "")


def _noted(session: Session, call: Call, at: datetime | None, how: str) -> HoldInfo:
    hold = locked_hold(session, call)
    call.require_version(hold.version)
    if hold.status != HoldStatus.READY.value:
        raise refused(HoldRefusal.NOT_READY)
    if at is not None or hold.told_at is not None:
        kind = HoldEventKind.NOT_TOLD if at is None else HoldEventKind.TOLD
        note(acting(session, call), hold, kind, **({"how": how} if how else {}))
        hold.told_at, hold.told_how = at, how
        hold.version += 1
        session.add(hold)
    if at is not None and hold.ready_at is not None:
        by = name_of(call.the_caller())
        sql.note_told(session.connection(), hold.id or 0, hold.ready_at, by, how, at)
    return told(session, call, hold.id or 0)


def _reader(rows: list[Untold]) -> ReaderToTell:
    first = rows[0]
    return ReaderToTell(
        patron=first.patron,
        reader=first.reader,
        phone=first.phone,
        language=first.language,
        holds=tuple(
            HoldToTell(
                hold=row.id,
                full_title=row.full_title,
                shelf_number=row.shelf_number,
                expires_on=row.expires_on,
                version=row.version,
            )
            for row in rows
        ),
    )
