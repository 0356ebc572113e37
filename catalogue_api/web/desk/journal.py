"""« Journal »: who did what, to whom and when, for those who look after accounts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from urllib.parse import quote, urlencode

from aiohttp import web

from catalogue_api.contract.accounts import LIST_STAFF, FindStaff
from catalogue_api.contract.audit import READ_AUDIT, AuditLine, AuditPage, ReadAudit
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import Entry, rendered
from catalogue_api.web.pages.forms import Draft, Errors, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.texts import Words

ENTRY = Entry("journal", "/desk/journal", Scope.ACCOUNTS, "j")
_ASKED = ("who", "act", "day", "subject")
_NAMES = 200
_PAGES = {
    "title": "/desk/titles/",
    "patron": "/desk/readers/",
    "hold": "/desk/holds/",
    "kiosk": "/desk/kiosks/",
    "barcode": "/desk/items/",
    "event": "/desk/agenda/events/",
    "event_session": "/desk/agenda/sessions/",
}
"""Where the things that an act is about have a page, by what stands before their colon."""


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page."""
    page = JournalPage(desk)
    app.router.add_get("/journal", desk.page(page.show, ENTRY.scope))


@dataclass(frozen=True, slots=True)
class Line:
    """An act in words: who in which role (its key), what, on which things, and its detail."""

    at: datetime
    who: str
    role: str
    act: str
    subject: str
    things: tuple[tuple[str, str], ...]
    detail: tuple[tuple[str, str], ...]


def line_of(entry: AuditLine, words: Words) -> Line:
    """Return an entry as a line; what has no words stands for itself."""
    role, colon, name = entry.actor.partition(":")
    key = f"act.{entry.action}"
    return Line(
        at=entry.at,
        who=name if colon else entry.actor,
        role=f"role.{role}" if colon and words.has(f"role.{role}") else "",
        act=words.text(key) if words.has(key) else entry.action,
        subject=entry.subject,
        things=tuple((thing, _page_of(thing)) for thing in _things(entry.subject)),
        detail=tuple((name, _short(value)) for name, value in entry.detail.items() if value),
    )


def _things(subject: str) -> list[str]:
    """Return what a subject names: `site:cachan barcode:4 a` is two things, one with a blank."""
    things: list[str] = []
    for word in subject.split(" "):
        if ":" in word or not things:
            things.append(word)
        else:
            things[-1] += f" {word}"
    return [thing for thing in things if thing]


def _page_of(thing: str) -> str:
    kind, _, name = thing.partition(":")
    return f"{_PAGES[kind]}{quote(name, safe='')}" if kind in _PAGES and name else ""


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class JournalPage:
    """The log, filtered by person, act, day and subject."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the newest acts that fit."""
        said = {name: request.query.get(name, "").strip() for name in _ASKED}
        words, found, errors = words_of(request), AuditPage(entries=(), next=""), {}
        try:
            body = self._asked(said, request.query.get("cursor", ""))
            found = await self._desk.call(request, READ_AUDIT, body)
        except Unfit as unfit:
            errors = dict(unfit.errors)
        except Refused as refused:
            if refused.type is not ProblemType.INVALID_REQUEST:
                raise
            errors = {"": ("problem.invalid-request",)}
        staff = await self._desk.call(request, LIST_STAFF, FindStaff(cursor="", limit=_NAMES))
        return rendered(
            "journal/journal.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
            here=ENTRY.name,
            draft=Draft("", said, errors=errors),
            lines=[line_of(entry, words) for entry in found.entries],
            older=_address(said | {"cursor": found.next}) if found.next else "",
            filtered=any(said.values()),
            names=[one.name for one in staff.staff],
            acts=sorted(acts_of(words), key=lambda one: one[1]),
            address_of=_address,
        )

    def _asked(self, said: Mapping[str, str], cursor: str) -> ReadAudit:
        errors: Errors = {}
        since = until = None
        if said["day"]:
            try:
                day = date.fromisoformat(said["day"])
                begin, zone = datetime.combine(day, time.min), self._desk.parts.zone
                since = begin.replace(tzinfo=zone)
                until = (begin + timedelta(days=1)).replace(tzinfo=zone)
            except (ValueError, OverflowError) as error:
                errors = {"day": ("field.malformed",)}
                raise Unfit(errors) from error
        values = {"actor": said["who"], "action": said["act"], "subject": said["subject"]}
        try:
            return body_of(ReadAudit, {**values, "since": since, "until": until, "cursor": cursor})
        except Unfit as unfit:
            placed = {"actor": "who", "action": "act"}
            errors = {placed.get(name, name): keys for name, keys in unfit.errors.items()}
            raise Unfit(errors) from unfit


def acts_of(words: Words) -> list[tuple[str, str]]:
    """Return all acts that have words: each with them."""
    return [(key.removeprefix("act."), words.text(key)) for key in words.keys("act.")]


def _address(values: Mapping[str, str]) -> str:
    return f"{ENTRY.address}?{urlencode({name: value for name, value in values.items() if value})}"
