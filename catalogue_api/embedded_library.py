"""A whole library in this process: what a simulated world needs beside the kiosks' catalogue.

Its stock, its desk, and what a check of the world looks at.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session, col, select

from catalogue_api.contract.loans import LendItem
from catalogue_api.domain.holds import WITH_ITEM
from catalogue_api.domain.roles import Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.holds.holds import scan_onto_shelf
from catalogue_api.services.kiosks.kiosks import add_kiosk
from catalogue_api.services.loans.lending import lend_item
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.engine.errors import StorageConflict
from catalogue_api.storage.tables import Hold, Item, Loan, Patron, Return, Site, Title


@dataclass(frozen=True, slots=True)
class Stock:
    """What a new library holds: sites by code, kiosks, copies and patrons.

    `kiosks`: (name, site, token). `copies`: (barcode, number of its title, home site). `patrons`:
    their cards. `contents`: what lies in the case of a copy, by its barcode.
    """

    sites: tuple[str, ...]
    kiosks: tuple[tuple[str, str, str], ...]
    copies: tuple[tuple[str, int, str], ...]
    patrons: tuple[str, ...]
    contents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReturnSeen:
    """A return as the catalogue holds it; `loan_began` is the start of the loan that it ended."""

    return_id: str
    kiosk: str | None
    barcode: str
    outcome: str
    occurred_at: datetime
    loan_began: datetime | None
    hold_id: int | None
    bin: str | None
    security: str
    parts_check: str = ""


class EmbeddedLibrary:
    """A whole library in one file: the catalogue for its kiosks, and the desk of its librarians.

    Everything happens in the caller, at the time of `clock`. The file may be let go with `close`,
    replaced by another, and used again.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime], zone: str) -> None:
        self._database = Database(f"sqlite:///{path}", threads=0)
        self._clock = clock
        self._rules = RulesInForce(Rulebook(ZoneInfo(zone)))

    def catalogue(self, token: str) -> EmbeddedCatalogue:
        """Return a kiosk's way to the catalogue."""
        return EmbeddedCatalogue(self._database, token, self._rules, self._clock)

    def furnish(self, stock: Stock) -> None:
        """Give an empty file its tables and a stock."""
        self._database.migrate()
        self._database.write_now(partial(_furnish, stock=stock, now=self._clock()))

    def lend(self, barcode: str, card: str, site: str) -> None:
        """Lend at the desk of a site. Raise `Refused` with the reason."""
        body = LendItem(barcode=barcode, card=card, site=site)

        def work(session: Session) -> None:
            lend_item(session, self._call(session, site), body)

        self._database.write_now(work)

    def reserve(self, title: int, card: str, pickup: str) -> None:
        """Let a patron wait for any copy of a title; one who waits already changes nothing."""
        work = partial(_reserve, title=title, card=card, pickup=pickup, now=self._clock())
        with suppress(StorageConflict):
            self._database.write_now(work)

    def shelve(self, site: str, barcode: str) -> None:
        """Scan a copy onto the reservation shelf of a site."""
        now = self._clock()
        self._database.write_now(
            lambda session: scan_onto_shelf(session, site, barcode, now, self._in_force(session))
        )

    def returns(self) -> list[ReturnSeen]:
        """Return all returns, in the order in which they were reported."""
        return self._database.read_now(_returns)

    def open_loans(self) -> dict[str, datetime]:
        """Return when each open loan began, by barcode."""
        return self._database.read_now(_open_loans)

    def captures(self) -> list[tuple[int, str]]:
        """Return the hold and the barcode of each copy that is caught or ready."""
        return self._database.read_now(_captures)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _in_force(self, session: Session) -> Rulebook:
        return self._rules.current(session.connection())

    def _call(self, session: Session, site: str) -> Call:
        librarian = Caller(Role.LIBRARIAN, "world", site)
        return Call(self._clock(), self._in_force(session), caller=librarian)


def _furnish(session: Session, stock: Stock, now: datetime) -> None:
    session.add_all(Site(code=code, name=code) for code in stock.sites)
    titles = sorted({title for _, title, _ in stock.copies})
    session.add_all(
        Title(id=number, source="world", control_number=str(number), title=f"Titre {number}")
        for number in titles
    )
    session.add_all(Patron(card=card, family_name=card) for card in stock.patrons)
    session.flush()
    session.add_all(
        Item(
            barcode=barcode,
            title_id=title,
            home_site=site,
            current_site=site,
            contents=stock.contents.get(barcode, ""),
        )
        for barcode, title, site in stock.copies
    )
    for name, site, token in stock.kiosks:
        add_kiosk(session, name, site, token, now)


def _reserve(session: Session, title: int, card: str, pickup: str, now: datetime) -> None:
    patron = session.exec(select(Patron.id).where(Patron.card == card)).one()
    session.add(Hold(title_id=title, patron_id=patron or 0, pickup_site=pickup, placed_at=now))


def _returns(session: Session) -> list[ReturnSeen]:
    rows = session.exec(
        select(Return, Loan.started_at)
        .join(Loan, col(Loan.id) == col(Return.loan_id), isouter=True)
        .order_by(text("returns.rowid"))
    )
    return [
        ReturnSeen(
            row.return_id,
            row.kiosk,
            row.barcode,
            row.outcome,
            row.occurred_at,
            began,
            row.hold_id,
            row.bin,
            row.security,
            row.parts_check,
        )
        for row, began in rows
    ]


def _open_loans(session: Session) -> dict[str, datetime]:
    rows = session.exec(
        select(Item.barcode, Loan.started_at)
        .join(Loan, col(Loan.item_id) == col(Item.id))
        .where(col(Loan.ended_at).is_(None))
    )
    return dict(rows.all())


def _captures(session: Session) -> list[tuple[int, str]]:
    rows = session.exec(
        select(Hold.id, Item.barcode)
        .join(Item, col(Item.id) == col(Hold.item_id))
        .where(col(Hold.status).in_([status.value for status in WITH_ITEM]))
        .order_by(col(Hold.id))
    )
    return [(hold or 0, barcode) for hold, barcode in rows]
