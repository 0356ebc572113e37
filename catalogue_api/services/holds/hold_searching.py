"""Finding reservations at a desk."""

from sqlmodel import Session

from catalogue_api.contract.hold_search import FindHolds, HoldsFound
from catalogue_api.services.call import Call
from catalogue_api.services.holds.hold_views import info
from catalogue_api.services.pages import key_of, page
from catalogue_api.storage.hold_searches import HoldsWanted, find, key_of_hold


def find_holds(session: Session, call: Call, body: FindHolds) -> HoldsFound:
    """Return the reservations that are sought."""
    key, today = key_of(body.cursor, (0, 0)), call.rules.day(call.now)
    wanted = HoldsWanted(
        body.words,
        body.site,
        body.title,
        body.state,
        today,
        body.ready_since,
        body.shelf_number,
    )
    behind = (int(key[0]), int(key[1])) if key else None
    rows = find(session.connection(), wanted, behind, body.limit + 1)
    shown, cursor = page(rows, body.limit, lambda row: key_of_hold(body.state, row))
    return HoldsFound(holds=tuple(info(call, row) for row in shown), next=cursor)
