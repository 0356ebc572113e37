"""How much of everything there is: what is counted before and after a great change."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from catalogue_api.domain.holds import OPEN
from catalogue_api.storage.tables import Hold, Item, Loan, Patron, Site, Title


def tally(session: Session) -> dict[str, int]:
    """Return the number of sites, titles, items, readers, open loans and open reservations."""
    counts = {
        "sites": select(func.count()).select_from(Site),
        "titles": select(func.count()).select_from(Title),
        "items": select(func.count()).select_from(Item),
        "readers": select(func.count()).select_from(Patron),
        "open_loans": select(func.count()).select_from(Loan).where(col(Loan.ended_at).is_(None)),
        "open_reservations": select(func.count())
        .select_from(Hold)
        .where(col(Hold.status).in_([status.value for status in OPEN])),
    }
    connection = session.connection()
    return {name: connection.execute(count).scalar() or 0 for name, count in counts.items()}
