"""Which favourites are shown on a day, and what is said of one title."""

from datetime import date

from sqlalchemy import ColumnElement, Connection, or_, select
from sqlmodel import col

from catalogue_api.storage.tables import Favourite


def shown_on(today: date) -> ColumnElement[bool]:
    """Return the condition that a favourite is shown on a day."""
    return or_(col(Favourite.until_on).is_(None), col(Favourite.until_on) >= today)


def praise_of(connection: Connection, title: int, today: date) -> tuple[str, str] | None:
    """Return why a title is recommended on a day and by whom, None if it is not."""
    said = select(col(Favourite.words), col(Favourite.signed))
    row = connection.execute(said.where(col(Favourite.title_id) == title, shown_on(today))).first()
    return (row[0], row[1]) if row else None
