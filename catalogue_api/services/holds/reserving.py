"""A reader reserves: at a desk or for themself, within the library's limits."""

from datetime import date

from sqlalchemy import Connection, Select, func, or_, select
from sqlmodel import Session, col

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.holds import HoldInfo, PlaceHold, PlaceMyHold
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import OPEN, HoldEventKind
from catalogue_api.domain.reserving import Applicant, Application, Copy, HoldRefusal, refusals
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.acting import acting
from catalogue_api.services.call import Call
from catalogue_api.services.holds.hold_copies import item_of, note, refused
from catalogue_api.services.holds.hold_views import told
from catalogue_api.storage.copies import copies_of
from catalogue_api.storage.engine import locks
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.tables import Block, Hold, Item, Loan, Patron, Site, Title

_IS_OPEN = col(Hold.status).in_([status.value for status in OPEN])


def place_hold(session: Session, call: Call, body: PlaceHold) -> HoldInfo:
    """Reserve for the reader with a card."""
    found = session.scalars(select(Patron).where(col(Patron.card) == body.card)).first()
    if found is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such card")
    return _place(session, call, body, found)


def place_my_hold(session: Session, call: Call, body: PlaceMyHold) -> HoldInfo:
    """Reserve for the caller."""
    return _place(session, call, body, session.get_one(Patron, call.the_caller().patron_id))


def _place(session: Session, call: Call, body: PlaceMyHold, patron: Patron) -> HoldInfo:
    """Lock title and reader, count, and add the hold: two at once cannot pass a limit together."""
    title = session.get(Title, body.title)
    if title is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such title")
    if session.get(Site, body.pickup_site) is None:
        raise refused(HoldRefusal.UNKNOWN_SITE)
    wanted = item_of(session, body.barcode) if body.barcode is not None else None
    if wanted is not None and wanted.title_id != body.title:
        raise refused(HoldRefusal.ANOTHER_TITLE)
    connection = session.connection()
    locks.title(connection, body.title)
    locks.patron(connection, patron.id or 0)
    against = reasons_against(session, call, patron, title, body.pickup_site, wanted)
    if against:
        raise refused(*against)
    hold = Hold(
        title_id=body.title,
        patron_id=patron.id,
        wanted_item_id=wanted.id if wanted else None,
        pickup_site=body.pickup_site,
        placed_at=call.now,
    )
    session.add(hold)
    session.flush()
    note(acting(session, call), hold, HoldEventKind.PLACED, site=body.pickup_site)
    title_changed(connection, body.title)
    return told(session, call, hold.id or 0)


def reasons_against(
    session: Session, call: Call, patron: Patron, title: Title, site: str, wanted: Item | None
) -> tuple[HoldRefusal, ...]:
    """Return why a reader may not wait for a title now; none if they may."""
    connection, today = session.connection(), call.rules.day(call.now)
    copies = tuple(
        Copy(copy.id, ItemStatus(copy.status), copy.site, copy.free and not copy.to_shelve)
        for copy in copies_of(connection, title.id or 0)
    )
    return refusals(
        _applicant(connection, call.rules, patron, title, today),
        Application(site, copies, wanted.id if wanted else None),
        most_holds=call.rules.most_holds,
        on_available=call.rules.hold_on_available,
        today=today,
    )


def _applicant(
    connection: Connection, rules: Rulebook, patron: Patron, title: Title, today: date
) -> Applicant:
    by_kind: dict[str, int] = {}
    query = (
        select(col(Title.kind), func.count())
        .join(Hold, col(Hold.title_id) == col(Title.id))
        .where(col(Hold.patron_id) == patron.id, _IS_OPEN)
        .group_by(col(Title.kind))
    )
    by_kind.update((kind, number) for kind, number in connection.execute(query))
    limits = {limit.kind: limit.most for limit in rules.limits_on(patron.category, title.kind)}
    terms = rules.terms(patron.category, title.kind)
    return Applicant(
        card_ends=patron.expires_on,
        blocked=_is_blocked(connection, patron.id or 0, today),
        holds=sum(by_kind.values()),
        holds_of_kind=by_kind.get(title.kind, 0),
        most_of_kind=limits.get(title.kind),
        reserved_already=_counts(
            connection,
            select(func.count()).where(
                col(Hold.patron_id) == patron.id, col(Hold.title_id) == title.id, _IS_OPEN
            ),
        ),
        has_on_loan=_counts(
            connection,
            select(func.count())
            .select_from(Loan)
            .join(Item, col(Item.id) == col(Loan.item_id))
            .where(
                col(Loan.patron_id) == patron.id,
                col(Loan.ended_at).is_(None),
                col(Item.title_id) == title.id,
            ),
        ),
        is_lent_to=terms.lendable,
    )


def _is_blocked(connection: Connection, patron: int, today: date) -> bool:
    return _counts(
        connection,
        select(func.count()).where(
            col(Block.patron_id) == patron,
            col(Block.lifted_at).is_(None),
            col(Block.from_on) <= today,
            or_(col(Block.until_on).is_(None), col(Block.until_on) >= today),
        ),
    )


def _counts(connection: Connection, query: Select[int]) -> bool:
    return connection.execute(query).scalar_one() > 0
