"""Journals of any length: returns delivered over the last weeks, and a backlog behind them.

What is delivered is known to the catalogue too: otherwise the kiosk would take it for one that was
restored from an older copy, and deliver all of it again.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert
from sqlmodel import Session

from catalogue_api.contract.returns import Outcome, Returned, ReturnItem, SortHint
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Return
from kiosk.journal import Journal

_SPAN = timedelta(days=28)
"""Over which the delivered returns are spread: less than what kiosk and catalogue compare."""
_NAMES = UUID("b6c1f7f0-9a53-4f0e-8d37-51f3f4d0a001")
_PIECE = 5000
_BOOT = "an earlier boot"

_INSERT = """
INSERT INTO returns (return_id, uid, barcode, boot, uptime, dated, request, answer, received, bin,
    security, settled, placed, emptying)
    VALUES (?, ?, ?, ?, 0, 1, ?, ?, ?, '1', 'secured', 1, ?, ?)
"""
_IN_BIN = 300
"""Of the delivered returns, so many still lie in the bin: staff have taken out the others."""


def past_returns(
    barcodes: Sequence[str], count: int, now: datetime, of: str
) -> Iterator[tuple[ReturnItem, Returned]]:
    """Give so many returns with their answers, oldest first; `of` makes their identifiers."""
    for number, barcode in enumerate(islice(cycle(barcodes), count)):
        at = now - _SPAN * (1 - number / count)
        return_id = uuid5(_NAMES, f"{of} {number}")
        yield (
            ReturnItem(return_id=return_id, barcode=barcode, occurred_at=at),
            Returned(
                return_id=return_id,
                outcome=Outcome.NOT_ON_LOAN,
                sort_hint=SortHint.SHELVE,
                title="Un titre de longueur moyenne",
                shelf_mark="R EXE 1",
                kind="book",
                received_at=at,
            ),
        )


def fill_journal(
    path: Path, barcodes: Sequence[str], delivered: int, backlog: int, now: datetime, of: str
) -> None:
    """Make a journal of delivered returns, and of younger ones that are still to be delivered."""
    done = past_returns(barcodes, delivered, now, of)
    rows = [
        (*_row(*past, known=True), 1 if number < delivered - _IN_BIN else None)
        for number, past in enumerate(done)
    ]
    waiting = past_returns(barcodes, backlog, now, f"{of} backlog")
    rows += [(*_row(*past, known=False), None) for past in waiting]

    def write(do: Callable[..., list[Any]]) -> list[Any]:
        do("INSERT INTO emptyings (number, bin, at) VALUES (1, '1', ?)", now.isoformat())
        for row in rows:
            do(_INSERT, *row)
        return []

    journal = Journal(path)
    try:
        journal.open()
        journal.together(write)
    finally:
        journal.close()


def _row(request: ReturnItem, answer: Returned, *, known: bool) -> tuple[Any, ...]:
    uid = f"E00401{request.return_id.int % 16**10:010X}"
    told = (answer.model_dump_json(), answer.received_at.timestamp()) if known else (None, None)
    ours = (str(request.return_id), uid, request.barcode, _BOOT, request.model_dump_json())
    return (*ours, *told, int(known))


def fill_catalogue(
    database: Path, kiosk: str, barcodes: Sequence[str], delivered: int, now: datetime, of: str
) -> None:
    """Let the catalogue know the delivered returns of the journal with the same `of`."""
    library = Database(f"sqlite:///{database}", threads=0)
    try:
        pasts = past_returns(barcodes, delivered, now, of)
        while rows := [_known(kiosk, *past) for past in islice(pasts, _PIECE)]:
            library.write_now(partial(_insert, rows))
    finally:
        library.close()


def _insert(rows: Sequence[dict[str, object]], session: Session) -> None:
    session.execute(insert(Return), rows)


def _known(kiosk: str, request: ReturnItem, answer: Returned) -> dict[str, object]:
    return {
        "return_id": str(request.return_id),
        "kiosk": kiosk,
        "barcode": request.barcode,
        "warnings": json.dumps(request.warnings),
        "occurred_at": request.occurred_at,
        "received_at": answer.received_at,
        "body_hash": "",
        "outcome": answer.outcome.value,
        "answer": answer.model_dump_json(),
        "bin": "1",
        "security": "secured",
        "placement_revision": 1,
    }
