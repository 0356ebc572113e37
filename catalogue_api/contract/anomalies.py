"""The librarians' inbox: what something at a kiosk or a desk left for a person to look at."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, Nothing, PageSize, Scope
from catalogue_api.domain.anomalies import AnomalyKind

__all__ = [
    "FIND_ANOMALIES",
    "HANDLE_ANOMALY",
    "REOPEN_ANOMALY",
    "Anomalies",
    "AnomalyEntry",
    "AnomalyKind",
]


class FindAnomalies(Message):
    """Which: of a site ("" for all), only the open ones unless `handled`; newest first."""

    site: str = Field(default="", max_length=32)
    handled: bool = False
    cursor: Cursor = ""
    limit: PageSize = 50


class AnomalyEntry(Message):
    """One of them: what, when and where, of which item, and what was done about it.

    `missing` are the parts that a kiosk did not find. It names no reader.
    """

    id: int
    version: int
    kind: AnomalyKind
    at: datetime
    site: str
    kiosk: str
    return_id: UUID | None
    barcode: str
    title: str
    bin: str | None
    missing: tuple[str, ...]
    handled_at: datetime | None
    handled_by: str
    remark: str


class Anomalies(Message):
    """A page of them; `next` is "" on the last one."""

    anomalies: tuple[AnomalyEntry, ...]
    next: str


class Handling(Message):
    """What was done about it, in a librarian's words."""

    remark: str = Field(default="", max_length=500)


FIND_ANOMALIES = Endpoint(
    "GET", "/v1/anomalies", FindAnomalies, Anomalies, Scope.CIRCULATION, "List what needs a look"
)
HANDLE_ANOMALY = Endpoint(
    "PUT",
    "/v1/anomalies/{anomaly}/handled",
    Handling,
    AnomalyEntry,
    Scope.CIRCULATION,
    "Note that something was looked at",
    match=True,
)
"""The version is that of the entry: whoever comes second is told that a colleague was faster."""

REOPEN_ANOMALY = Endpoint(
    "DELETE",
    "/v1/anomalies/{anomaly}/handled",
    Nothing,
    AnomalyEntry,
    Scope.CIRCULATION,
    "Let something wait to be looked at again",
    match=True,
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (FIND_ANOMALIES, HANDLE_ANOMALY, REOPEN_ANOMALY)
