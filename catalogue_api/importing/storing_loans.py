"""Storing loans and reservations from another system, each against what the catalogue holds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import OPEN, HoldEventKind
from catalogue_api.importing.records import LoanRow, ReservationRow
from catalogue_api.importing.report import Count, Stored
from catalogue_api.importing.storing_people import (
    CREATED_BY,
    Moment,
    changed,
    patrons_of,
    site_codes,
)
from catalogue_api.storage import holds
from catalogue_api.storage.engine.changes import titles_changed
from catalogue_api.storage.tables import Hold, Item, Loan, Patron


@dataclass(slots=True)
class _Loans:
    """What the database has of a batch of loans, kept up to date while it is stored."""

    items: dict[str, Item]
    patrons: dict[str, Patron]
    by_item: dict[int | None, list[Loan]]
    sites: set[str]


def store_loans(session: Session, batch: Sequence[LoanRow], moment: Moment) -> Stored:
    """Add loans, by item and start; one that the file has ended since is ended here too."""
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    known = _load(session, batch)
    refused: list[tuple[int, str]] = []
    touched: set[int] = set()
    for place, row in enumerate(batch):
        item, patron = known.items.get(row.barcode), known.patrons.get(row.card)
        if item is None:
            refused.append((place, f"no item has the barcode {row.barcode}"))
        elif patron is None:
            refused.append((place, f"no reader has the card {row.card}"))
        elif row.site and row.site not in known.sites:
            refused.append((place, f"no site has the code {row.site}"))
        elif why := _store_loan(
            session, row, item, patron, known.by_item.setdefault(item.id, []), counts
        ):
            refused.append((place, why))
        else:
            _note_end(row, patron, moment)
            touched.add(item.title_id)
    if counts[Count.LOANS_NEW] or counts[Count.LOANS_UPDATED]:
        titles_changed(session.connection(), sorted(touched))
    return Stored(counts, tuple(refused))


def _load(session: Session, batch: Sequence[LoanRow]) -> _Loans:
    items = _items(session, {row.barcode for row in batch})
    by_item: dict[int | None, list[Loan]] = {}
    ids = [item.id for item in items.values()]
    for loan in session.exec(select(Loan).where(col(Loan.item_id).in_(ids))).all():
        by_item.setdefault(loan.item_id, []).append(loan)
    return _Loans(
        items=items,
        patrons=patrons_of(session, {row.card for row in batch}),
        by_item=by_item,
        sites=site_codes(session, {row.site for row in batch if row.site}),
    )


def _store_loan(
    session: Session,
    row: LoanRow,
    item: Item,
    patron: Patron,
    of_item: list[Loan],
    counts: Counter[Count],
) -> str:
    """Add one loan; return why not, if the item cannot be lent twice at a time."""
    if item.id is None or patron.id is None:
        raise ValueError("what was loaded has a number")
    for loan in of_item:
        if loan.started_at == row.started_at:
            counts[Count.LOANS_UPDATED] += _follow(loan, row)
            return ""
    if row.ended_at is None:
        if any(loan.ended_at is None for loan in of_item):
            return f"item {row.barcode} is on loan already"
        if item.status == ItemStatus.WITHDRAWN.value:
            return f"item {row.barcode} was withdrawn"
    loan = Loan(
        item_id=item.id,
        patron_id=patron.id,
        started_at=row.started_at,
        due_on=row.due_on,
        ended_at=row.ended_at,
        renewals=row.renewals or 0,
        site=row.site or item.home_site,
        category=patron.category,
    )
    of_item.append(loan)
    session.add(loan)
    counts[Count.LOANS_NEW] += 1
    return ""


def _follow(loan: Loan, row: LoanRow) -> bool:
    """Let a loan that is still open here become what it is there; tell whether it changed."""
    if loan.ended_at is not None:
        return False
    said: dict[str, object] = {"ended_at": row.ended_at, "due_on": row.due_on}
    if row.renewals is not None:
        said["renewals"] = row.renewals
    return changed(loan, said)


def _note_end(row: LoanRow, patron: Patron, moment: Moment) -> None:
    """A reader is kept for a time after the end of their last loan."""
    if row.ended_at is None:
        return
    ended_on = row.ended_at.astimezone(moment.zone).date()
    if patron.last_loan_ended_on is None or patron.last_loan_ended_on < ended_on:
        patron.last_loan_ended_on = ended_on


def store_reservations(
    session: Session, batch: Sequence[ReservationRow], _moment: Moment
) -> Stored:
    """Add waiting reservations; a reader waits for a title, or for one of its copies, once."""
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    items = _items(session, {row.barcode for row in batch})
    patrons = patrons_of(session, {row.card for row in batch})
    sites = site_codes(session, {row.site for row in batch})
    waiting = _waiting(session, [patron.id for patron in patrons.values()])
    refused: list[tuple[int, str]] = []
    new: list[Hold] = []
    for place, row in enumerate(batch):
        item, patron = items.get(row.barcode), patrons.get(row.card)
        if item is None:
            refused.append((place, f"no item has the barcode {row.barcode}"))
        elif patron is None:
            refused.append((place, f"no reader has the card {row.card}"))
        elif row.site not in sites:
            refused.append((place, f"no site has the code {row.site}"))
        else:
            wish = (item.title_id, item.id if row.this_copy else None, patron.id)
            if wish not in waiting:
                waiting.add(wish)
                new.append(_hold(row, wish))
                counts[Count.RESERVATIONS_NEW] += 1
    session.add_all(new)
    session.flush()
    _begin_histories(session, new)
    titles_changed(session.connection(), {hold.title_id for hold in new})
    return Stored(counts, tuple(refused))


def _begin_histories(session: Session, new: Sequence[Hold]) -> None:
    """Begin the history of each reservation at the moment at which it was made elsewhere."""
    for hold in new:
        site: dict[str, object] = {"site": hold.pickup_site}
        happened = [(HoldEventKind.PLACED, site)]
        if hold.paused_until is not None:
            happened.append((HoldEventKind.PAUSED, {"until": hold.paused_until.isoformat()}))
        for kind, detail in happened:
            event = holds.Event(hold.id or 0, hold.title_id, kind, CREATED_BY, detail)
            holds.write_down(session.connection(), event, hold.placed_at)


_Wish = tuple[int, int | None, int | None]
"""Title, the very copy or None for any, reader."""


def _waiting(session: Session, patrons: Sequence[int | None]) -> set[_Wish]:
    found = session.exec(
        select(Hold.title_id, Hold.wanted_item_id, Hold.patron_id).where(
            col(Hold.patron_id).in_(patrons),
            col(Hold.status).in_([status.value for status in OPEN]),
        )
    ).all()
    return {(title, item, patron) for title, item, patron in found}


def _hold(row: ReservationRow, wish: _Wish) -> Hold:
    title, item, patron = wish
    return Hold(
        title_id=title,
        wanted_item_id=item,
        patron_id=patron,
        pickup_site=row.site,
        placed_at=row.placed_at,
        paused=row.paused_until is not None,
        paused_until=row.paused_until,
    )


def _items(session: Session, barcodes: set[str]) -> dict[str, Item]:
    found = session.exec(select(Item).where(col(Item.barcode).in_(barcodes))).all()
    return {item.barcode: item for item in found}
