"""Notices to readers: how each wants to be told, what was sent, and what librarians are to tell.

Kinds that are a duty belong to what a reader asked for: they can be told by librarians instead of
by mail, but not declined.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from catalogue_api.contract.endpoint import (
    Cursor,
    Endpoint,
    Keyed,
    Message,
    Nothing,
    PageSize,
    Scope,
)
from catalogue_api.domain.holds import ToldHow
from catalogue_api.domain.notices import NoticeKind, NoticeReason, NoticeStatus, NoticeWay

__all__ = [
    "CHOOSE_MY_NOTICES",
    "CHOOSE_NOTICES",
    "ENDPOINTS",
    "LIST_MY_NOTICES",
    "LIST_NOTICES",
    "LIST_NOTICES_TO_TELL",
    "NOTE_NOTICE_TOLD",
    "SEND_NOTICE_AGAIN",
    "SHOW_MY_NOTICE_CHOICES",
    "SHOW_NOTICE_CHOICES",
    "SHOW_UNSUBSCRIPTION",
    "UNSUBSCRIBE",
    "ChooseNotices",
    "KindChoice",
    "KindWay",
    "NoticeChoices",
    "NoticeKind",
    "NoticeLine",
    "NoticePage",
    "NoticeReason",
    "NoticeStatus",
    "NoticeToTell",
    "NoticeTold",
    "NoticeWay",
    "NoticesAsked",
    "NoticesToTell",
    "ToldHow",
    "Unsubscribe",
    "Unsubscribed",
]


class KindChoice(Message):
    """How a reader is told of a kind of notice, and the ways that are open to them."""

    kind: NoticeKind
    way: NoticeWay
    ways: tuple[NoticeWay, ...]


class NoticeChoices(Message):
    """How a reader wants to be told.

    `email_fails`: a mail server would not take mail to their address. `language`: in which they
    are written to.
    """

    language: str
    email: str
    email_fails: bool
    kinds: tuple[KindChoice, ...]


class KindWay(Message):
    """How a reader wants to be told of a kind of notice."""

    kind: NoticeKind
    way: NoticeWay


class ChooseNotices(Message):
    """How a reader wants to be told from now on; what is not named is told by e-mail."""

    language: str = Field(default="fr", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    ways: tuple[KindWay, ...] = Field(default=(), max_length=len(NoticeKind))


class NoticesAsked(Message):
    """A page of notices."""

    cursor: Cursor
    limit: PageSize


class NoticeLine(Message):
    """A notice, without its words: those are made when it is sent.

    `at` is when it could be sent first, `ended_at` when it was sent, told or dropped. `reason` says
    why it was not mailed; `again`: whether it can be sent once more.
    """

    notice: int
    kind: NoticeKind
    at: datetime
    status: NoticeStatus
    reason: NoticeReason | None
    ended_at: datetime | None
    told_how: ToldHow | None = None
    detail: str = ""
    again: bool = False
    version: int


class NoticePage(Message):
    """Notices to a reader, the newest first; `next` is "" on the last page."""

    notices: tuple[NoticeLine, ...]
    next: str = ""


class NoticeToTell(Message):
    """What no mail can tell a reader, and how to reach them; `until`: it is worth nothing after.

    `about` are its plain values: identifiers, instants, the site, a title.
    """

    notice: int
    kind: NoticeKind
    about: Mapping[str, str]
    reason: NoticeReason | None
    at: datetime
    until: datetime
    patron: int | None
    reader: str
    phone: str
    language: str
    version: int


class NoticesToTell(Message):
    """What librarians are to tell, what ends first first; `next` is "" on the last page."""

    notices: tuple[NoticeToTell, ...]
    next: str


class NoticeTold(Message):
    """How the reader was told."""

    how: ToldHow


class Unsubscribe(Message):
    """Nothing but the address is needed; mail programs send their own form (RFC 8058)."""


class Unsubscribed(Message):
    """The kind that an address declines, and whether it is declined."""

    kind: NoticeKind
    declined: bool


SHOW_MY_NOTICE_CHOICES = Endpoint(
    "GET",
    "/v1/me/notice-choices",
    Nothing,
    NoticeChoices,
    Scope.OWN,
    "Show how one is told things",
)
CHOOSE_MY_NOTICES = Endpoint(
    "PUT",
    "/v1/me/notice-choices",
    ChooseNotices,
    NoticeChoices,
    Scope.OWN,
    "Choose how one is told things",
    example=ChooseNotices(ways=(KindWay(kind=NoticeKind.DUE_SOON, way=NoticeWay.NOT_AT_ALL),)),
)
LIST_MY_NOTICES = Endpoint(
    "GET",
    "/v1/me/notices",
    NoticesAsked,
    NoticePage,
    Scope.OWN,
    "List the notices to oneself of the last months",
)
SHOW_NOTICE_CHOICES = Endpoint(
    "GET",
    "/v1/patrons/{patron}/notice-choices",
    Nothing,
    NoticeChoices,
    Scope.CIRCULATION,
    "Show how a reader is told things",
)
CHOOSE_NOTICES = Endpoint(
    "PUT",
    "/v1/patrons/{patron}/notice-choices",
    ChooseNotices,
    NoticeChoices,
    Scope.CIRCULATION,
    "Choose for a reader how they are told things",
    example=ChooseNotices(ways=(KindWay(kind=NoticeKind.HOLD_READY, way=NoticeWay.DESK),)),
)
LIST_NOTICES = Endpoint(
    "GET",
    "/v1/patrons/{patron}/notices",
    NoticesAsked,
    NoticePage,
    Scope.CIRCULATION,
    "List the notices to a reader of the last months",
)
SEND_NOTICE_AGAIN = Endpoint(
    "POST",
    "/v1/notices/{notice}/sendings",
    Nothing,
    NoticeLine,
    Scope.CIRCULATION,
    "Send a notice once more",
    keyed=Keyed.HEADER,
)
LIST_NOTICES_TO_TELL = Endpoint(
    "GET",
    "/v1/sites/{site}/notices-to-tell",
    NoticesAsked,
    NoticesToTell,
    Scope.CIRCULATION,
    "List what readers are to be told whom no mail reaches (ready reservations stand apart)",
)
NOTE_NOTICE_TOLD = Endpoint(
    "PUT",
    "/v1/notices/{notice}/telling",
    NoticeTold,
    NoticeLine,
    Scope.CIRCULATION,
    "Note that a reader was told what a notice says",
    match=True,
    example=NoticeTold(how=ToldHow.TELEPHONE),
)
SHOW_UNSUBSCRIPTION = Endpoint(
    "GET",
    "/v1/unsubscriptions/{unsubscription}",
    Nothing,
    Unsubscribed,
    Scope.ANYONE,
    "Tell what the address in a mail would decline",
)
UNSUBSCRIBE = Endpoint(
    "PUT",
    "/v1/unsubscriptions/{unsubscription}",
    Unsubscribe,
    Unsubscribed,
    Scope.ANYONE,
    "Decline what the address in a mail says",
)

ENDPOINTS = (
    SHOW_MY_NOTICE_CHOICES,
    CHOOSE_MY_NOTICES,
    LIST_MY_NOTICES,
    SHOW_NOTICE_CHOICES,
    CHOOSE_NOTICES,
    LIST_NOTICES,
    SEND_NOTICE_AGAIN,
    LIST_NOTICES_TO_TELL,
    NOTE_NOTICE_TOLD,
    SHOW_UNSUBSCRIPTION,
    UNSUBSCRIBE,
)
