"""What a title is, at length; the other volumes of the same work; and which consoles there are."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, exists, func, select, text
from sqlmodel import col

from catalogue_api.domain.availability import GONE
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.folding import order_key
from catalogue_api.storage.tables import Item, Title

MOST_VOLUMES = 200
_LINES = ("other_titles", "contributors", "series", "subjects")
_SAID = ("summary", "extent", "contents", "platform", "pegi_age")
_DESCRIPTION = select(*(getattr(Title, name) for name in (*_LINES, *_SAID))).where(
    col(Title.id) == bindparam("id")
)
_VOLUMES = text(
    """SELECT t.id, t.volume, t.year FROM title_index i JOIN titles t ON t.id = i.title_id
    WHERE i.title_key >= :key AND i.title_key < :behind AND t.kind = :kind
    AND t.title = :title AND t.author = :author AND t.volume <> '' AND t.id <> :id
    ORDER BY i.title_key, t.id LIMIT :most"""
)
_CONSOLES = (
    select(col(Title.platform), func.count())
    .where(
        col(Title.kind) == TitleKind.VIDEO_GAME.value,
        text("platform <> ''"),  # as the index says it, which is found by that
        exists().where(col(Item.title_id) == col(Title.id), col(Item.status).not_in(GONE)),
    )
    .group_by(col(Title.platform))
    .order_by(func.count().desc(), col(Title.platform))
)
_BEHIND = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Volume:
    """Another volume of the same work."""

    id: int
    volume: str
    year: int | None


def description_of(connection: Connection, title_id: int) -> dict[str, object]:
    """Return the columns of a title by name; what holds one a line as a tuple."""
    row = connection.execute(_DESCRIPTION, {"id": title_id}).mappings().one()
    return {
        name: tuple(value.splitlines()) if name in _LINES else value for name, value in row.items()
    }


def volumes_of(
    connection: Connection, title_id: int, title: str, author: str, kind: str
) -> list[Volume]:
    """Return the other volumes of a title by the same author, in their order."""
    key = order_key(title)
    values = {
        "key": key,
        "behind": key + _BEHIND,
        "kind": kind,
        "title": title,
        "author": author,
        "id": title_id,
        "most": MOST_VOLUMES,
    }
    return [Volume(*row) for row in connection.execute(_VOLUMES, values)]


def consoles(connection: Connection) -> list[tuple[str, int]]:
    """Return the consoles of the games that have copies, and how many there are for each."""
    return [(platform, games) for platform, games in connection.execute(_CONSOLES)]
