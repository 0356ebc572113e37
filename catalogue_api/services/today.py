"""What there is to do at a site now: all lists of the day in one look."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlmodel import Session

from catalogue_api.contract.agenda import AgendaAsked
from catalogue_api.contract.anomalies import AnomalyEntry, FindAnomalies
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.events import DeskEntry
from catalogue_api.contract.hold_shelf import CopyToClear, CopyToPick
from catalogue_api.contract.transfers import FindTransfers, Transfer
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services import kiosks, picking, transferring
from catalogue_api.services.agenda import find_sessions
from catalogue_api.services.anomalies import find_anomalies
from catalogue_api.services.call import Call
from catalogue_api.services.kiosk_needs import KioskNeed, needs
from catalogue_api.storage.shelf import CaughtCopy, caught_copies
from catalogue_api.storage.transfers import WaitingCopy, waiting_copies

_MOST = 200
"""Of each list; who has more begins at its top."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Caught copies in a bin of a kiosk; both names are "" where none is known."""

    kiosk: str
    name: str
    copies: tuple[CaughtCopy, ...]


@dataclass(frozen=True, slots=True)
class Basket:
    """Copies to be put back on their shelves that lie in one place, by shelf mark."""

    kiosk: str
    bin: str
    copies: tuple[WaitingCopy, ...]


@dataclass(frozen=True, slots=True)
class Crate:
    """Copies that have to travel to one site, by its code."""

    site: str
    copies: tuple[Transfer, ...]


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
    be sent. `baskets`: to be put back. `anomalies`: to be looked at, newest first. `agenda`: what
    is on here today.
    """

    picks: tuple[CopyToPick, ...]
    caught: tuple[Bin, ...]
    arrivals: tuple[Transfer, ...]
    clearing: tuple[CopyToClear, ...]
    crates: tuple[Crate, ...]
    baskets: tuple[Basket, ...]
    anomalies: tuple[AnomalyEntry, ...]
    kiosks: tuple[KioskInNeed, ...]
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
        agenda=find_sessions(session, call, AgendaAsked(first=day, last=day, site=site)).entries,
    )


def _bins(copies: Iterable[CaughtCopy]) -> Iterable[Bin]:
    def place(copy: CaughtCopy) -> tuple[str, str]:
        return copy.kiosk or "", copy.bin or ""

    for (kiosk, name), group in groupby(sorted(copies, key=place), key=place):
        yield Bin(kiosk, name, tuple(group))


def _crates(copies: Iterable[Transfer]) -> Iterable[Crate]:
    def goal(copy: Transfer) -> str:
        return copy.to_site

    for site, group in groupby(sorted(copies, key=goal), key=goal):
        yield Crate(site, tuple(group))


def _baskets(copies: Iterable[WaitingCopy]) -> Iterable[Basket]:
    for (kiosk, name), group in groupby(copies, key=lambda copy: (copy.kiosk, copy.bin)):
        yield Basket(kiosk, name, tuple(group))


def _in_need(session: Session, site: str, now: datetime) -> Iterable[KioskInNeed]:
    for kiosk in kiosks.kiosks_of(session, site):
        found = needs(kiosk.health, kiosk.seen_at, now)
        if found:
            yield KioskInNeed(kiosk.name, kiosk.seen_at, found)
