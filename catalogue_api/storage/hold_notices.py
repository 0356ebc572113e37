"""What is ready for readers whom no e-mail tells so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select
from sqlmodel import col

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.storage.tables import Hold, Patron, Title


@dataclass(frozen=True, slots=True)
class Untold:
    """A hold that is ready for a reader without e-mail whom nobody has told yet."""

    id: int
    version: int
    title: str
    volume: str
    shelf_number: int
    expires_on: date
    patron: int
    given_name: str
    family_name: str
    phone: str
    language: str

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title

    @property
    def reader(self) -> str:
        """The reader by name."""
        return f"{self.given_name} {self.family_name}".strip()


_LEAST_TIME_FIRST = (col(Hold.expires_on), col(Hold.shelf_number))
_UNTOLD: Select[*tuple[Any, ...]] = (
    select(col(Hold.id))
    .join(Patron, col(Patron.id) == col(Hold.patron_id))
    .where(
        col(Hold.status) == HoldStatus.READY.value,
        func.trim(col(Patron.email)) == "",
        or_(col(Hold.told_at).is_(None), col(Hold.told_at) < col(Hold.ready_at)),
    )
)


@dataclass(frozen=True, slots=True)
class Waits:
    """A reader whom nobody has told yet, with the hold of theirs that has the least time left."""

    patron: int
    expires_on: date
    shelf_number: int
    has_phone: bool


def readers_to_tell(connection: Connection, site: str) -> list[Waits]:
    """Return the readers with untold holds on the shelf of a site, in the order of that hold."""
    query: Select[*tuple[Any, ...]] = (
        _UNTOLD.with_only_columns(
            col(Patron.id),
            col(Hold.expires_on),
            col(Hold.shelf_number),
            func.trim(col(Patron.phone)) != "",
        )
        .where(col(Hold.pickup_site) == site)
        .order_by(*_LEAST_TIME_FIRST)
    )
    found: dict[int, Waits] = {}
    for row in connection.execute(query):
        found.setdefault(row[0] or 0, Waits(*row))
    return list(found.values())


def untold(connection: Connection, site: str, patrons: Sequence[int]) -> list[Untold]:
    """Return the untold holds of some readers on the shelf of a site, the most urgent first."""
    query: Select[*tuple[Any, ...]] = (
        _UNTOLD.with_only_columns(
            col(Hold.id),
            col(Hold.version),
            col(Title.title),
            col(Title.volume),
            col(Hold.shelf_number),
            col(Hold.expires_on),
            col(Patron.id),
            col(Patron.given_name),
            col(Patron.family_name),
            col(Patron.phone),
            col(Patron.language),
        )
        .join(Title, col(Title.id) == col(Hold.title_id))
        .where(col(Hold.pickup_site) == site, col(Patron.id).in_(patrons))
        .order_by(*_LEAST_TIME_FIRST)
    )
    return [Untold(*row) for row in connection.execute(query)]
