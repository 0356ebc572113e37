"""The returns as they were reported, and what was answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, func, insert, select, update
from sqlmodel import col

from catalogue_api.domain.anomalies import AnomalyKind
from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import Anomaly, Return

_OF_ID = Prepared(
    select(col(Return.body_hash), col(Return.answer)).where(
        col(Return.return_id) == bindparam("return_id")
    )
)
_RECORD = Prepared(
    insert(Return).values(
        {
            name: bindparam(name)
            for name in (
                "return_id", "kiosk", "staff", "site", "barcode", "item_id", "loan_id", "hold_id",
                "owner", "warnings", "occurred_at", "received_at", "body_hash", "outcome", "answer",
                "before", "security",
                "parts_check",
            )
        }
    )
)  # fmt: skip
_PLACE = Prepared(
    update(Return)
    .where(
        col(Return.return_id) == bindparam("id_of_return"),
        col(Return.kiosk) == bindparam("of_kiosk"),
        col(Return.placement_revision) <= bindparam("revised"),
    )
    .values(
        bin=bindparam("in_bin"),
        security=bindparam("as_secured"),
        receipt=func.coalesce(bindparam("on_receipt", type_=String), col(Return.receipt)),
        placement_revision=bindparam("revised"),
    )
)
_OF_KIOSK = Prepared(
    select(col(Return.return_id)).where(
        col(Return.return_id) == bindparam("id_of_return"),
        col(Return.kiosk) == bindparam("of_kiosk"),
    )
)
_TALLY = Prepared(
    select(func.count(), func.coalesce(func.sum(col(Return.placement_revision)), 0)).where(
        col(Return.kiosk) == bindparam("of_kiosk"), col(Return.received_at) >= bindparam("since")
    )
)
_ANOMALY = Prepared(
    insert(Anomaly).values(
        {
            name: bindparam(name)
            for name in ("kind", "at", "site", "kiosk", "return_id", "item_id", "barcode", "detail")
        }
        | {"version": 1, "handled_by": "", "remark": ""}
    )
)


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    """Something that a librarian has to look at; `detail` is JSON."""

    kind: AnomalyKind
    at: datetime
    site: str
    kiosk: str | None
    return_id: str | None
    item_id: int | None
    barcode: str
    detail: str = "{}"


def return_of_id(connection: Connection, return_id: str) -> tuple[str, str] | None:
    """Return the body's hash and the answer of an earlier report."""
    row = _OF_ID.first(connection, {"return_id": return_id})
    return (row[0], row[1]) if row else None


def record_return(connection: Connection, values: dict[str, object]) -> None:
    """Add a return; the keys are columns of `Return`."""
    _RECORD.run(connection, values)


def place_return(
    connection: Connection,
    kiosk: str,
    return_id: str,
    placed_bin: str,
    security: str,
    receipt: str,
    revision: int,
) -> bool:
    """Note where a return of a kiosk lies, unless something newer is known.

    Tell whether the kiosk has such a return. A receipt that is not named again stays.
    """
    values = {"id_of_return": return_id, "of_kiosk": kiosk}
    placed = {
        "in_bin": placed_bin,
        "as_secured": security,
        "on_receipt": receipt or None,
        "revised": revision,
    }
    if _PLACE.count(connection, values | placed) > 0:
        return True
    return _OF_KIOSK.first(connection, values) is not None


def tally_returns(connection: Connection, kiosk: str, since: datetime) -> tuple[int, int]:
    """Count the returns of a kiosk received at `since` or later, and sum their placements."""
    row = _TALLY.first(connection, {"of_kiosk": kiosk, "since": since})
    return (int(row[0]), int(row[1])) if row else (0, 0)


def add_anomaly(connection: Connection, row: AnomalyRow) -> None:
    """Put something into the inbox of a site's librarians."""
    _ANOMALY.run(
        connection,
        {
            "kind": row.kind.value,
            "at": row.at,
            "site": row.site,
            "kiosk": row.kiosk,
            "return_id": row.return_id,
            "item_id": row.item_id,
            "barcode": row.barcode,
            "detail": row.detail,
        },
    )


def has_anomaly(connection: Connection, return_id: str, kind: AnomalyKind) -> bool:
    """Tell whether a return has put this into the inbox before."""
    found = connection.execute(
        select(func.count()).where(
            col(Anomaly.return_id) == return_id, col(Anomaly.kind) == kind.value
        )
    ).scalar_one()
    return found > 0


def barcode_of_return(connection: Connection, return_id: str) -> tuple[str, int | None]:
    """Return the barcode that a return was of, and its item if it is known."""
    row = connection.execute(
        select(col(Return.barcode), col(Return.item_id)).where(col(Return.return_id) == return_id)
    ).one()
    return row[0], row[1]
