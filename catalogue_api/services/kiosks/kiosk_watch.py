"""The kiosks as the desk watches them: how each is, what lies in its bins, what came last."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.kiosks import BinState
from catalogue_api.contract.machinery import KioskRow
from catalogue_api.services.kiosks import kiosks
from catalogue_api.services.kiosks.kiosk_needs import KioskNeed, needs
from catalogue_api.storage.kiosk_bins import LyingCopy, last_returns, lying_copies
from catalogue_api.storage.tables import Kiosk

_MOST_COPIES = 500
"""In all bins of a kiosk together; more than a kiosk holds."""


@dataclass(frozen=True, slots=True)
class WatchedKiosk:
    """A kiosk, what it needs of people (nothing where its token is revoked), and its last return.

    `last_return_at`: when the catalogue heard of it, None where there was none.
    """

    row: KioskRow
    needs: tuple[KioskNeed, ...]
    last_return_at: datetime | None


@dataclass(frozen=True, slots=True)
class KioskBin:
    """A bin: as the kiosk counts it (None if it does not name it), and what the catalogue knows."""

    name: str
    counted: BinState | None
    copies: tuple[LyingCopy, ...]

    @property
    def to_put_back(self) -> tuple[LyingCopy, ...]:
        """The copies that go back on the shelves here."""
        return tuple(copy for copy in self.copies if not copy.caught and not copy.destination)


def watched_kiosks(session: Session, now: datetime) -> tuple[WatchedKiosk, ...]:
    """Return all kiosks by name, those that are out of use last."""
    last = last_returns(session.connection())
    found = session.exec(select(Kiosk).order_by(col(Kiosk.name))).all()
    watched = [_watched(kiosks.row_of(kiosk, now), now, last.get(kiosk.name)) for kiosk in found]
    return tuple(sorted(watched, key=lambda one: one.row.revoked_at is not None))


def watched_kiosk(session: Session, name: str, now: datetime) -> WatchedKiosk:
    """Return one kiosk; refuse where there is none of this name."""
    kiosk = session.get(Kiosk, name)
    if kiosk is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no kiosk {name!r}")
    last = last_returns(session.connection())
    return _watched(kiosks.row_of(kiosk, now), now, last.get(name))


def bins_of(session: Session, kiosk: KioskRow) -> tuple[KioskBin, ...]:
    """Return the bins of a kiosk by name: those that it tells of, and those where copies lie."""
    counted = {one.bin: one for one in kiosk.health.bins} if kiosk.health else {}
    copies = lying_copies(session.connection(), kiosk.name, _MOST_COPIES)
    by_bin = {name: tuple(group) for name, group in groupby(copies, key=lambda copy: copy.bin)}
    names = sorted({*counted, *by_bin})
    return tuple(KioskBin(name, counted.get(name), by_bin.get(name, ())) for name in names)


def _watched(row: KioskRow, now: datetime, last_return_at: datetime | None) -> WatchedKiosk:
    needed = () if row.revoked_at else needs(row.health, row.seen_at, now)
    return WatchedKiosk(row, needed, last_return_at)
