"""A title as the public sees it: what it is, and where its copies are now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.search import (
    AtSite,
    Availability,
    Console,
    Consoles,
    Copy,
    Praise,
    TitleFound,
    TitleShown,
    Volume,
)
from catalogue_api.domain.availability import GONE, CopyState
from catalogue_api.services.call import Call
from catalogue_api.storage.availability import CopyLine, copies_of, titles_shown, waiting_for
from catalogue_api.storage.favourites import praise_of
from catalogue_api.storage.search.descriptions import consoles, description_of, volumes_of

_LARGEST_ID = 2**31 - 1


def show_title(session: Session, call: Call, _body: Nothing) -> TitleShown:
    """Show a title with its copies, but for those that are lost or withdrawn."""
    said = call.path["title"]
    number = int(said) if said.isascii() and said.isdecimal() and len(said) < 11 else 0
    connection = session.connection()
    if number > _LARGEST_ID or number not in (lines := titles_shown(connection, [number])):
        raise Refused(ProblemType.NOT_FOUND, f"there is no title {said[:20]!r}")
    copies = _counted(copies_of(connection, [number])[number])
    waiting, line = waiting_for(connection, [number]), lines[number]
    volumes = volumes_of(connection, number, line.title, line.author, line.kind)
    praise = praise_of(connection, number, call.rules.day(call.now))
    return TitleShown.model_validate(
        asdict(line)
        | description_of(connection, number)
        | {
            "availability": availability(copies, waiting.get(number, 0)),
            "copies": tuple(map(_copy, copies)),
            "volumes": tuple(Volume(**asdict(one)) for one in volumes),
            "favourite": Praise(words=praise[0], signed=praise[1]) if praise else None,
        }
    )


def list_consoles(session: Session, _call: Call, _body: Nothing) -> Consoles:
    """List the consoles that there are games for."""
    counts = consoles(session.connection())
    return Consoles(consoles=tuple(Console(platform=name, games=n) for name, n in counts))


def titles_found(session: Session, ids: Sequence[int]) -> tuple[TitleFound, ...]:
    """Return these titles in this order, each with where it can be had now."""
    if not ids:
        return ()
    connection = session.connection()
    lines, copies = titles_shown(connection, ids), copies_of(connection, ids)
    waiting = waiting_for(connection, ids)
    return tuple(
        TitleFound(
            **asdict(lines[number]),
            availability=availability(_counted(copies[number]), waiting.get(number, 0)),
        )
        for number in ids
        if number in lines
    )


def availability(copies: Sequence[CopyLine], waiting: int) -> Availability:
    """Sum up the copies of a title; the sites come in the order of the copies."""
    states = Counter(copy.state for copy in copies)
    due = [copy.facts.due_on for copy in copies if copy.facts.due_on is not None]
    back: date | None = min(due, default=None)
    return Availability(
        available=states[CopyState.AVAILABLE],
        on_loan=states[CopyState.ON_LOAN],
        to_shelve=states[CopyState.TO_SHELVE],
        due_on=back,
        waiting=waiting,
        sites=tuple(
            _at_site([copy for copy in copies if copy.site == site])
            for site in dict.fromkeys(copy.site for copy in copies)
        ),
    )


def _counted(copies: Sequence[CopyLine]) -> list[CopyLine]:
    return [copy for copy in copies if copy.facts.status not in GONE]


def _at_site(copies: Sequence[CopyLine]) -> AtSite:
    states = Counter(copy.state for copy in copies)
    first = next((copy for copy in copies if copy.state is CopyState.AVAILABLE), copies[0])
    return AtSite(
        site=first.site,
        site_name=first.site_name,
        shelf_mark=first.shelf_mark,
        copies=len(copies),
        available=states[CopyState.AVAILABLE],
        to_shelve=states[CopyState.TO_SHELVE],
    )


def _copy(line: CopyLine) -> Copy:
    return Copy(
        barcode=line.barcode,
        site=line.site,
        site_name=line.site_name,
        shelf_mark=line.shelf_mark,
        state=line.state,
        due_on=line.facts.due_on,
    )
