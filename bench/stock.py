"""A large library for measurements: every item is on loan; made in bulk, on either database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session

from catalogue_api.services.kiosks import add_kiosk
from catalogue_api.storage.database import Database
from catalogue_api.storage.tables import Hold, Item, Loan, Patron, Site, Table, Title

KIOSK, TOKEN, SITE = "hall", "token-of-the-hall", "cachan"
LENT_AT = datetime(2026, 11, 2, 10, tzinfo=UTC)
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Stock:
    """How large the library is. Barcodes are `B1` … `Bn`, on loan to each patron in turn.

    The last item is on loan to a patron who has `crowd` other loans; the title of the last but
    one is waited for by `crowd` patrons.
    """

    items: int
    copies: int = 3
    patrons: int = 4_000
    crowd: int = 0


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
    for number in range(1, stock.items // stock.copies + 2):
        yield {
            "source": "bench",
            "control_number": str(number),
            "title": f"Les Misérables, édition {number}",
            "author": "Hugo, Victor",
        }


def _patrons(stock: Stock) -> Iterator[dict[str, Any]]:
    for number in range(1, stock.patrons + stock.crowd + 1):
        yield {"card": f"C{number}", "family_name": "Inconnue", "given_name": "Ida"}


def _items(stock: Stock) -> Iterator[dict[str, Any]]:
    for number in range(1, stock.items + stock.crowd + 1):
        yield {
            "barcode": f"B{number}",
            "title_id": min(number, stock.items) // stock.copies + 1,
            "home_site": SITE,
            "current_site": SITE,
            "shelf_mark": f"R HUG {number}",
        }


def _loans(stock: Stock) -> Iterator[dict[str, Any]]:
    for number in range(1, stock.items + stock.crowd + 1):
        alone = number < stock.items
        yield {
            "item_id": number,
            "patron_id": number % (stock.patrons - 1) + 1 if alone else stock.patrons,
            "started_at": LENT_AT,
            "due_on": date(2099, 12, 31),
            "site": SITE,
        }


def _holds(stock: Stock) -> Iterator[dict[str, Any]]:
    """The queue stands at the title of the last but one item."""
    for number in range(1, stock.crowd + 1):
        yield {
            "title_id": (stock.items - 1) // stock.copies + 1,
            "patron_id": stock.patrons + number,
            "pickup_site": SITE,
            "placed_at": LENT_AT + timedelta(seconds=number),
        }
