"""Mails that come back after a server had taken them: reports of RFC 3464. Pure.

Whoever knows the address to which they go can write there: what says that a mail of ours came back
is believed only with the mark that the mail bore (`outbox`), and read by a parser that takes any
bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser

from catalogue_api.domain.mailing import Verdict, judge_returned, line
from catalogue_api.mail.message import MARK

LONGEST = 1_000_000
"""Bytes of a report that are looked at; the rest could only be the mail itself."""
_LONGEST_MARK = 2000
_LONGEST_FIELD = 500


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail that bore `mark` reached nobody; `said` is what the server that gave up says."""

    mark: str
    verdict: Verdict
    said: str


def read_returned(report: bytes) -> Returned | None:
    """Return which mail came back and why; None if these bytes do not say that one did for good.

    A report that a mail is late, or has arrived, is None too.
    """
    try:
        parts = _parts(message_from_bytes(report[:LONGEST]))
    except RecursionError:  # parts within parts within parts: nobody's report
        return None
    failed = next((group for part in parts for group in _groups(part) if _has_failed(group)), None)
    mark = next((mark for part in parts if (mark := _mark(part))), "")
    if failed is None or not mark:
        return None
    status, diagnostic = _field(failed, "Status"), _field(failed, "Diagnostic-Code")
    said = line(f"{status} {diagnostic}".strip())
    return Returned(mark, judge_returned(status, diagnostic), said)


def _parts(report: Message) -> list[Message]:
    if report.get_content_type() != "multipart/report":
        return []
    return [part for part in report.get_payload() if isinstance(part, Message)]


def _groups(part: Message) -> Iterator[Message]:
    """Give the groups of fields of a report: of the mail, then of each recipient."""
    if part.get_content_type() == "message/delivery-status":
        yield from (one for one in part.get_payload() if isinstance(one, Message))


def _has_failed(group: Message) -> bool:
    return _field(group, "Action").lower() == "failed"


def _mark(part: Message) -> str:
    """Return the mark in what came back of the mail: all of it, or its headers."""
    kind, found = part.get_content_type(), None
    if kind == "message/rfc822":
        found = next((one for one in part.get_payload() if isinstance(one, Message)), None)
    if kind == "text/rfc822-headers":
        headers = part.get_payload(decode=True)
        found = BytesHeaderParser().parsebytes(headers) if isinstance(headers, bytes) else None
    mark = "" if found is None else "".join(str(found.get(MARK, "")).split())
    return mark if mark.isascii() and len(mark) <= _LONGEST_MARK else ""


def _field(group: Message, name: str) -> str:
    return str(group.get(name, ""))[:_LONGEST_FIELD].strip()
