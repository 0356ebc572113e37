"""Which titles there are, for search engines: in parts, each of which names so many titles."""

from datetime import datetime

from sqlmodel import Session, col, exists, func, select

from catalogue_api.domain.availability import GONE
from catalogue_api.storage.tables import Item, Title

TITLES_OF_A_PART = 10_000


def parts_of_titles(session: Session) -> int:
    """Return how many parts there are; the first is 0."""
    last: int | None = session.exec(select(func.max(Title.id))).one()
    return 0 if last is None else last // TITLES_OF_A_PART + 1


def titles_of_part(session: Session, part: int) -> list[tuple[int, datetime | None]]:
    """Return the titles of a part that have copies, and when each was changed last."""
    first = part * TITLES_OF_A_PART
    number = col(Title.id)
    there = exists().where(col(Item.title_id) == number, col(Item.status).not_in(GONE))
    found = session.exec(
        select(number, func.coalesce(Title.updated_at, Title.created_at))
        .where(number >= first, number < first + TITLES_OF_A_PART, there)
        .order_by(number)
    )
    return [(title or 0, changed) for title, changed in found]
