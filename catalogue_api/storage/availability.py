"""Titles as they are shown, and their copies as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select
from sqlmodel import col

from catalogue_api.domain.availability import CopyFacts, CopyState, state_of
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import HoldStatus
from catalogue_api.storage.among import among
from catalogue_api.storage.copies import HAS_ITEM
from catalogue_api.storage.tables import Hold, Item, Loan, Site, Title


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A copy and what it is now; it names no reader."""

    title_id: int
    barcode: str
    site: str
    site_name: str
    shelf_mark: str
    facts: CopyFacts

    @property
    def state(self) -> CopyState:
        """What it is to somebody who looks for it."""
        return state_of(self.facts)


_COPIES = (
    select(
        col(Item.title_id),
        col(Item.barcode),
        col(Item.current_site),
        col(Site.name),
        col(Item.shelf_mark),
        col(Item.status),
        col(Loan.due_on),
        col(Hold.id).is_not(None).label("caught"),
        col(Item.destination).is_not(None).label("travels"),
        col(Item.to_shelve_since).is_not(None).label("to_shelve"),
    )
    .select_from(Item)
    .join(Site, col(Site.code) == col(Item.current_site))
    .outerjoin(Loan, and_(col(Loan.item_id) == col(Item.id), col(Loan.ended_at).is_(None)))
    .outerjoin(Hold, and_(col(Hold.item_id) == col(Item.id), HAS_ITEM))
    .where(among(col(Item.title_id), "ids"))
    .order_by(col(Item.title_id), col(Site.name), col(Item.shelf_mark), col(Item.barcode))
)
_WAITING = (
    select(col(Hold.title_id), func.count())
    .where(among(col(Hold.title_id), "ids"), col(Hold.status) == HoldStatus.WAITING.value)
    .group_by(col(Hold.title_id))
)


def copies_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[CopyLine]]:
    """Return the copies of these titles, by site, each as it is now."""
    found: dict[int, list[CopyLine]] = {number: [] for number in ids}
    for title, barcode, site, name, mark, status, *facts in connection.execute(
        _COPIES, {"ids": ids}
    ):
        due_on, caught, travels, to_shelve = facts
        said = CopyFacts(ItemStatus(status), due_on, bool(caught), bool(travels), bool(to_shelve))
        found[title].append(CopyLine(title, barcode, site, name, mark, said))
    return found


def waiting_for(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Return how many readers wait for these titles; titles without any are left out."""
    return dict(connection.execute(_WAITING, {"ids": ids}).all())


@dataclass(frozen=True, slots=True)
class TitleLine:
    """What is shown of a title."""

    id: int
    kind: str
    title: str
    subtitle: str
    volume: str
    author: str
    publisher: str
    year: int | None
    language: str
    audience: str
    isbn: str
    added_at: datetime | None


_TITLES = select(
    col(Title.id),
    col(Title.kind),
    col(Title.title),
    col(Title.subtitle),
    col(Title.volume),
    col(Title.author),
    col(Title.publisher),
    col(Title.year),
    col(Title.language),
    col(Title.audience),
    col(Title.isbn),
    col(Title.created_at),
).where(among(col(Title.id), "ids"))


def titles_shown(connection: Connection, ids: Sequence[int]) -> dict[int, TitleLine]:
    """Return these titles, as far as they are there."""
    rows = connection.execute(_TITLES, {"ids": ids})
    lines = (TitleLine(number or 0, *said) for number, *said in rows)
    return {line.id: line for line in lines}
