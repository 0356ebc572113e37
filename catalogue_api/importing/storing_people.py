"""Storing sites, readers, loans and reservations from another system, line by line.

A line that contradicts the catalogue is refused with a reason and the others are stored; the same
file twice changes nothing the second time.
"""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session, col, select

from catalogue_api.domain.holds import OPEN
from catalogue_api.importing.records import LoanRow, ReaderRow, ReservationRow, SiteRow
from catalogue_api.importing.report import Count, Stored
from catalogue_api.storage.tables import Hold, Item, Loan, Patron, Site


def store_sites(session: Session, batch: Sequence[SiteRow]) -> Stored:
    """Add or rename sites, by their code."""
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    found = session.exec(select(Site).where(col(Site.code).in_({row.code for row in batch}))).all()
    known = {site.code: site for site in found}
    for row in batch:
        site = known.get(row.code)
        if site is None:
            known[row.code] = site = Site(code=row.code, name=row.name)
            session.add(site)
            counts[Count.SITES_NEW] += 1
        elif site.name != row.name:
            site.name = row.name
            counts[Count.SITES_UPDATED] += 1
    return Stored(counts)


def store_readers(session: Session, batch: Sequence[ReaderRow]) -> Stored:
    """Add or update readers, by their card."""
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    cards = {row.card for row in batch}
    known = {
        patron.card: patron
        for patron in session.exec(select(Patron).where(col(Patron.card).in_(cards))).all()
    }
    for row in batch:
        patron = known.get(row.card)
        if patron is None:
            known[row.card] = patron = Patron(card=row.card, family_name=row.family_name)
            session.add(patron)
            _describe(patron, row)
            counts[Count.READERS_NEW] += 1
        elif _describe(patron, row):
            counts[Count.READERS_UPDATED] += 1
    return Stored(counts)


def store_loans(session: Session, batch: Sequence[LoanRow]) -> Stored:
    """Add loans, by item and start; one that the file has ended since is ended here too."""
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    items = _items(session, {row.barcode for row in batch})
    patrons = _patrons(session, {row.card for row in batch})
    loans: dict[int, list[Loan]] = {}
    ids = {item for item, _ in items.values()}
    for loan in session.exec(select(Loan).where(col(Loan.item_id).in_(ids))).all():
        loans.setdefault(loan.item_id, []).append(loan)
    refused: list[tuple[int, str]] = []
    for place, row in enumerate(batch):
        if row.barcode not in items:
            refused.append((place, f"no item has the barcode {row.barcode}"))
        elif row.card not in patrons:
            refused.append((place, f"no reader has the card {row.card}"))
        else:
            item, _ = items[row.barcode]
            of_item = loans.setdefault(item, [])
            if why := _store_loan(session, row, item, patrons[row.card], of_item, counts):
                refused.append((place, why))
    return Stored(counts, tuple(refused))


def store_reservations(session: Session, batch: Sequence[ReservationRow]) -> Stored:
    """Add waiting reservations; a reader waits for a title once."""
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    items = _items(session, {row.barcode for row in batch})
    patrons = _patrons(session, {row.card for row in batch})
    sites = set(
        session.exec(select(Site.code).where(col(Site.code).in_({row.site for row in batch}))).all()
    )
    waiting = set(
        session.exec(
            select(Hold.title_id, Hold.patron_id).where(
                col(Hold.patron_id).in_(patrons.values()),
                col(Hold.status).in_([status.value for status in OPEN]),
            )
        ).all()
    )
    refused: list[tuple[int, str]] = []
    for place, row in enumerate(batch):
        if row.barcode not in items:
            refused.append((place, f"no item has the barcode {row.barcode}"))
        elif row.card not in patrons:
            refused.append((place, f"no reader has the card {row.card}"))
        elif row.site not in sites:
            refused.append((place, f"no site has the code {row.site}"))
        else:
            wish = (items[row.barcode][1], patrons[row.card])
            if wish not in waiting:
                waiting.add(wish)
                session.add(_hold(row, *wish))
                counts[Count.RESERVATIONS_NEW] += 1
    return Stored(counts, tuple(refused))


def _describe(patron: Patron, row: ReaderRow) -> bool:
    """Make the reader what the line says; return whether anything was different."""
    values = {
        "family_name": row.family_name,
        "given_name": row.given_name,
        "birth_year": row.birth_year,
        "category": row.category,
        "email": row.email,
    }
    changed = {name: value for name, value in values.items() if getattr(patron, name) != value}
    for name, value in changed.items():
        setattr(patron, name, value)
    return bool(changed)


def _store_loan(
    session: Session,
    row: LoanRow,
    item: int,
    patron: int,
    of_item: list[Loan],
    counts: Counter[Count],
) -> str:
    """Add one loan; return why not, if the item cannot be lent twice at a time."""
    for loan in of_item:
        if loan.started_at == row.started_at:
            if loan.ended_at is None and row.ended_at is not None:
                loan.ended_at = row.ended_at
                counts[Count.LOANS_UPDATED] += 1
            return ""
    if row.ended_at is None and any(loan.ended_at is None for loan in of_item):
        return f"item {row.barcode} is on loan already"
    loan = Loan(
        item_id=item,
        patron_id=patron,
        started_at=row.started_at,
        due_on=row.due_on,
        ended_at=row.ended_at,
    )
    of_item.append(loan)
    session.add(loan)
    counts[Count.LOANS_NEW] += 1
    return ""


def _hold(row: ReservationRow, title: int, patron: int) -> Hold:
    return Hold(title_id=title, patron_id=patron, pickup_site=row.site, placed_at=row.placed_at)


def _items(session: Session, barcodes: set[str]) -> dict[str, tuple[int, int]]:
    """Return item and title by barcode."""
    found = session.exec(
        select(Item.barcode, Item.id, Item.title_id).where(col(Item.barcode).in_(barcodes))
    ).all()
    return {barcode: (item, title) for barcode, item, title in found if item is not None}


def _patrons(session: Session, cards: set[str]) -> dict[str, int]:
    found = session.exec(select(Patron.card, Patron.id).where(col(Patron.card).in_(cards))).all()
    return {card: patron for card, patron in found if patron is not None}
