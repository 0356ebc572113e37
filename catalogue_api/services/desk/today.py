"""What there is to do at a site now: all lists of the day in one look."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from sqlmodel import Session

from catalogue_api.contract.agenda import AgendaAsked
from catalogue_api.contract.anomalies import AnomalyEntry, FindAnomalies
from catalogue_api.contract.computer_agents import ProgramInfo
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.events import DeskEntry
from catalogue_api.contract.hold_shelf import CopyToClear, CopyToPick
from catalogue_api.contract.transfers import FindTransfers, Transfer
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.agenda.agenda import find_sessions
from catalogue_api.services.call import Call
from catalogue_api.services.computers.computer_programs import silent_programs
from catalogue_api.services.holds import picking
from catalogue_api.services.kiosks import kiosks
from catalogue_api.services.kiosks.kiosk_needs import KioskNeed, needs
from catalogue_api.services.returns import transferring
from catalogue_api.services.returns.anomalies import find_anomalies
from catalogue_api.storage.shelf import CaughtCopy, caught_copies
from catalogue_api.storage.transfers import WaitingCopy, waiting_copies

_MOST = 200
"""Of each list; who has more begins at its top."""
_FEW = 5
"""Copies that are listed of a bin however many bins there are."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Caught copies in a bin of a kiosk; both names are "" where none is known.

    `number`: how many they are, also where only some are listed; likewise below.
    """

    kiosk: str
    name: str
    number: int
    copies: tuple[CaughtCopy, ...]


@dataclass(frozen=True, slots=True)
class Basket:
    """Copies to be put back on their shelves that lie in one place, by shelf mark."""

    kiosk: str
    bin: str
    number: int
    copies: tuple[WaitingCopy, ...]


@dataclass(frozen=True, slots=True)
class Crate:
    """Copies that have to travel to one site, by its code."""

    site: str
    number: int
    copies: tuple[Transfer, ...]


Group = TypeVar("Group", Bin, Basket, Crate)


@dataclass(frozen=True, slots=True)
class KioskInNeed:
    """A kiosk that needs a hand; last heard of at `seen_at`, None for never."""

    name: str
    seen_at: datetime | None
    needs: tuple[KioskNeed, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """The lists of a site; none names a reader.

    `picks`: to fetch from the shelves, by shelf mark. `caught`: put aside by kiosks, by bin.
    `arrivals`: on their way here. `clearing`: to take down from the reservation shelf. `crates`: to
    be sent. `baskets`: to be put back. `anomalies`: to be looked at, newest first. `computers`:
    whose programs are silent. `agenda`: what is on here today.
    """

    picks: tuple[CopyToPick, ...]
    caught: tuple[Bin, ...]
    arrivals: tuple[Transfer, ...]
    clearing: tuple[CopyToClear, ...]
    crates: tuple[Crate, ...]
    baskets: tuple[Basket, ...]
    anomalies: tuple[AnomalyEntry, ...]
    kiosks: tuple[KioskInNeed, ...]
    computers: tuple[ProgramInfo, ...]
    agenda: tuple[DeskEntry, ...]


def today(session: Session, site: str, now: datetime, rules: Rulebook) -> Today:
    """Look at everything that a site has to do."""
    connection, call = session.connection(), Call(now, rules, {"site": site})
    caught = [copy for copy in caught_copies(connection, site) if copy.site == site == copy.pickup]
    asked = FindTransfers(site=site, limit=_MOST)
    travelling = transferring.find_transfers(session, call, asked).transfers
    leaving = [copy for copy in travelling if copy.from_site == site and copy.sent_at is None]
    day = rules.day(now)
    inbox = FindAnomalies(site=site, limit=_MOST)
    return Today(
        picks=picking.list_to_pick(session, call, Nothing()).copies,
        caught=tuple(_bins(caught)),
        arrivals=tuple(copy for copy in travelling if copy.to_site == site),
        clearing=picking.list_to_clear(session, call, Nothing()).copies,
        crates=tuple(_crates(leaving)),
        baskets=tuple(_baskets(waiting_copies(connection, site, _MOST))),
        anomalies=find_anomalies(session, call, inbox).anomalies,
        kiosks=tuple(_in_need(session, site, now)),
        computers=silent_programs(connection, site, rules, now),
        agenda=find_sessions(session, call, AgendaAsked(first=day, last=day, site=site)).entries,
    )


def beginnings(found: Today, most: int) -> Today:
    """Return the lists with so many lines at the most; of copies by bin or site, of each some."""
    cut = slice(most)
    return replace(
        found,
        picks=found.picks[cut],
        caught=_first_of_each(found.caught, most),
        arrivals=found.arrivals[cut],
        clearing=found.clearing[cut],
        crates=_first_of_each(found.crates, most),
        baskets=_first_of_each(found.baskets, most),
        anomalies=found.anomalies[cut],
    )


def sheet(found: Today, first: int, last: int) -> Today:
    """Return the lines of each list from one place to just before another."""
    cut = slice(first, last)
    return replace(
        found,
        picks=found.picks[cut],
        caught=tuple(_lines(found.caught, first, last)),
        arrivals=found.arrivals[cut],
        clearing=found.clearing[cut],
        crates=tuple(_lines(found.crates, first, last)),
        baskets=tuple(_lines(found.baskets, first, last)),
        anomalies=found.anomalies[cut],
    )


def _first_of_each(groups: Sequence[Group], most: int) -> tuple[Group, ...]:
    each = max(_FEW, most // max(len(groups), 1))
    return tuple(replace(group, copies=group.copies[:each]) for group in groups)


def _lines(groups: Iterable[Group], first: int, last: int) -> Iterator[Group]:
    at = 0
    for group in groups:
        copies = group.copies[max(first - at, 0) : max(last - at, 0)]
        if copies:
            yield replace(group, copies=copies)
        at += len(group.copies)


def _bins(copies: Iterable[CaughtCopy]) -> Iterable[Bin]:
    def place(copy: CaughtCopy) -> tuple[str, str]:
        return copy.kiosk or "", copy.bin or ""

    for (kiosk, name), group in groupby(sorted(copies, key=place), key=place):
        theirs = tuple(group)
        yield Bin(kiosk, name, len(theirs), theirs)


def _crates(copies: Iterable[Transfer]) -> Iterable[Crate]:
    def goal(copy: Transfer) -> str:
        return copy.to_site

    for site, group in groupby(sorted(copies, key=goal), key=goal):
        theirs = tuple(group)
        yield Crate(site, len(theirs), theirs)


def _baskets(copies: Iterable[WaitingCopy]) -> Iterable[Basket]:
    for (kiosk, name), group in groupby(copies, key=lambda copy: (copy.kiosk, copy.bin)):
        theirs = tuple(group)
        yield Basket(kiosk, name, len(theirs), theirs)


def _in_need(session: Session, site: str, now: datetime) -> Iterable[KioskInNeed]:
    for kiosk in kiosks.kiosks_of(session, site, now):
        found = needs(kiosk.health, kiosk.seen_at, now)
        if found:
            yield KioskInNeed(kiosk.name, kiosk.seen_at, found)
