"""What is ready for readers whom no e-mail tells so."""

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


def untold(connection: Connection, site: str) -> list[Untold]:
    """Return the untold holds of the shelf of a site, those that wait least longer first."""
    query: Select[*tuple[Any, ...]] = (
        select(
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
        .select_from(Hold)
        .join(Patron, col(Patron.id) == col(Hold.patron_id))
        .join(Title, col(Title.id) == col(Hold.title_id))
        .where(
            col(Hold.pickup_site) == site,
            col(Hold.status) == HoldStatus.READY.value,
            func.trim(col(Patron.email)) == "",
            or_(col(Hold.told_at).is_(None), col(Hold.told_at) < col(Hold.ready_at)),
        )
        .order_by(col(Hold.expires_on), col(Hold.shelf_number))
    )
    return [Untold(*row) for row in connection.execute(query)]
