"""A large library for measurements: every item is on loan; made in bulk, on either database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session

from catalogue_api.services.kiosks.kiosks import add_kiosk
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Hold, Item, Loan, Patron, Site, Table, Title

KIOSK, TOKEN, SITE = "hall", "token-of-the-hall", "cachan"
LENT_AT = datetime(2026, 11, 2, 10, tzinfo=UTC)
WANTED = 200
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Stock:
    """How large the library is. Barcodes are `B1` … `Bn`, on loan to each patron in turn.

    Behind them come `crowd` items that are all on loan to one patron, then `WANTED` copies of a
    title that `crowd` patrons wait for, and as many of one that just enough wait for.
    """

    items: int
    copies: int = 3
    patrons: int = 4_000
    crowd: int = 0

    @property
    def titles(self) -> int:
        """Titles that nobody waits for; two more are waited for."""
        return self.items // self.copies + 1

    @property
    def of_one_reader(self) -> range:
        """Items on loan to one patron."""
        return range(self.items + 1, self.items + self.crowd + 1)

    @property
    def long_awaited(self) -> range:
        """Copies of the title with the long queue."""
        return range(self.of_one_reader.stop, self.of_one_reader.stop + WANTED)

    @property
    def awaited(self) -> range:
        """Copies of the title with the short queue."""
        return range(self.long_awaited.stop, self.long_awaited.stop + WANTED)


def fill(database: Database, stock: Stock) -> None:
    """Put the library into an empty, migrated database."""
    database.write_now(_furnish)
    rows: Sequence[tuple[type[Table], Iterator[dict[str, Any]]]] = (
        (Title, _titles(stock)),
        (Patron, _patrons(stock)),
        (Item, _items(stock)),
        (Loan, _loans(stock)),
        (Hold, _holds(stock)),
    )
    for table, values in rows:
        _fill(database, table, list(values))
    database.write_now(_settle)


def _furnish(session: Session) -> None:
    session.add_all([Site(code=SITE, name="Cachan"), Site(code="arcueil", name="Arcueil")])
    session.flush()
    add_kiosk(session, KIOSK, SITE, TOKEN, LENT_AT)


def _fill(database: Database, table: type[Table], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        database.write_now(partial(_add, table=table, rows=rows[start : start + _CHUNK]))


def _add(session: Session, table: type[Table], rows: list[dict[str, Any]]) -> None:
    session.connection().execute(insert(table), rows)


def _settle(session: Session) -> None:
    """Let the planner know what is there."""
    session.connection().execute(text("ANALYZE"))


def _titles(stock: Stock) -> Iterator[dict[str, Any]]:
    for number in range(1, stock.titles + 3):
        yield {
            "source": "bench",
            "control_number": str(number),
            "title": f"Les Misérables, édition {number}",
            "author": "Hugo, Victor",
        }


def _patrons(stock: Stock) -> Iterator[dict[str, Any]]:
    for number in range(1, stock.patrons + max(stock.crowd, WANTED) + 1):
        yield {"card": f"C{number}", "family_name": "Inconnue", "given_name": "Ida"}


def _items(stock: Stock) -> Iterator[dict[str, Any]]:
    for number in range(1, stock.awaited.stop):
        title = min(number, stock.items) // stock.copies + 1
        if number in stock.long_awaited:
            title = stock.titles + 1
        elif number in stock.awaited:
            title = stock.titles + 2
        yield {
            "barcode": f"B{number}",
            "title_id": title,
            "home_site": SITE,
            "current_site": SITE,
            "shelf_mark": f"R HUG {number}",
        }


def _loans(stock: Stock) -> Iterator[dict[str, Any]]:
    for number in range(1, stock.awaited.stop):
        crowded = number in stock.of_one_reader
        yield {
            "item_id": number,
            "patron_id": stock.patrons if crowded else number % (stock.patrons - 1) + 1,
            "started_at": LENT_AT,
            "due_on": date(2099, 12, 31),
            "site": SITE,
        }


def _holds(stock: Stock) -> Iterator[dict[str, Any]]:
    for title, waiting in ((stock.titles + 1, stock.crowd), (stock.titles + 2, WANTED)):
        for number in range(1, waiting + 1):
            yield {
                "title_id": title,
                "patron_id": stock.patrons + number,
                "pickup_site": SITE,
                "placed_at": LENT_AT + timedelta(seconds=number),
            }
