"""The demo library's readers, loans, reservations and sites as CSV: UTF-8, named columns."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from simulator.library.circulation import Hold, Loan, Patron
from simulator.library.stock import SITES


def write_sites_csv(path: Path) -> None:
    """Write `site`, `name`."""
    _write(path, ("site", "name"), SITES.items())


def write_readers_csv(path: Path, patrons: Iterable[Patron]) -> None:
    """Write the readers; their addresses lie under `.example`, which reaches nobody."""
    _write(
        path,
        ("card", "family_name", "given_name", "birth_year", "category", "email"),
        (
            (p.card, p.family, p.given, str(p.birth_year), p.category, f"{p.card}@cachan.example")
            for p in patrons
        ),
    )


def write_loans_csv(path: Path, loans: Iterable[Loan]) -> None:
    """Write the loans; `started_at` and `ended_at` (empty while open) with their offset."""
    _write(
        path,
        ("barcode", "card", "started_at", "due_on", "ended_at"),
        (
            (
                loan.copy.barcode,
                loan.patron.card,
                loan.started_at.isoformat(timespec="minutes"),
                loan.due_on.isoformat(),
                loan.ended_at.isoformat(timespec="minutes") if loan.ended_at else "",
            )
            for loan in loans
        ),
    )


def write_holds_csv(path: Path, holds: Iterable[Hold]) -> None:
    """Write the waiting reservations: any copy of the title of `barcode`, fetched at `site`."""
    _write(
        path,
        ("barcode", "card", "site", "placed_at"),
        (
            (
                hold.copy.barcode,
                hold.patron.card,
                hold.pickup,
                hold.placed_at.isoformat(timespec="minutes"),
            )
            for hold in holds
        ),
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
