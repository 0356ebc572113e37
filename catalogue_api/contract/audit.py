"""The audit log: who did what, when and to whom. It is read here, and changed nowhere."""

from typing import Any

from pydantic import AwareDatetime, Field

from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, PageSize, Scope


class ReadAudit(Message):
    """Entries that fit everything that is said; `since` and `until` are included and excluded.

    `actor`: ROLE:NAME, or a name alone, in whatever role it acted.
    """

    actor: str = Field(default="", max_length=80)
    action: str = Field(default="", max_length=64)
    subject: str = Field(default="", max_length=128)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    cursor: Cursor
    limit: PageSize


class AuditLine(Message):
    """One act: `actor` is ROLE:NAME; `detail` is what the act's own service wrote down."""

    at: AwareDatetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


class AuditPage(Message):
    """The newest entries first; `next` is empty on the last page."""

    entries: tuple[AuditLine, ...]
    next: str


READ_AUDIT = Endpoint(
    "GET",
    "/v1/audit",
    ReadAudit,
    AuditPage,
    Scope.ACCOUNTS,
    "Read the audit log",
    example=ReadAudit(actor="librarian:camille", cursor="", limit=50),
)

ENDPOINTS = (READ_AUDIT,)
