"""Storing sites, readers, loans, reservations and blocks from another system, line by line.

A line that contradicts the catalogue is refused with a reason and the others are stored; the same
file twice changes nothing the second time.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlmodel import Session, col, select

from catalogue_api.importing.records import BlockRow, ReaderRow, SiteRow
from catalogue_api.importing.report import Count, Stored
from catalogue_api.storage.tables import Block, Patron, Site

CREATED_BY = "import"
"""Who made what came from another system."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is, and where: days are those of the library."""

    now: datetime
    zone: tzinfo


def store_sites(session: Session, batch: Sequence[SiteRow], _moment: Moment) -> Stored:
    """Add or rename sites, by their code."""
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    found = session.exec(select(Site).where(col(Site.code).in_({row.code for row in batch}))).all()
    known = {site.code: site for site in found}
    for row in batch:
        site = known.get(row.code)
        if site is None:
            known[row.code] = site = Site(code=row.code, name=row.name)
            session.add(site)
            counts[Count.SITES_NEW] += 1
        elif changed(site, {"name": row.name}):
            counts[Count.SITES_UPDATED] += 1
    return Stored(counts)


def store_readers(session: Session, batch: Sequence[ReaderRow], moment: Moment) -> Stored:
    """Add or update readers, by their card; their usual site must be one of ours.

    Of those who are here already only what the file has columns for is followed, and never what
    they have chosen about their history.
    """
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    known = patrons_of(session, {row.card for row in batch})
    sites = site_codes(session, {row.home_site for row in batch if row.home_site})
    refused: list[tuple[int, str]] = []
    for place, row in enumerate(batch):
        if row.home_site and row.home_site not in sites:
            refused.append((place, f"no site has the code {row.home_site}"))
            continue
        patron = known.get(row.card)
        if patron is None:
            known[row.card] = patron = Patron(card=row.card, family_name=row.family_name)
            patron.created_at = row.created_at or moment.now
            session.add(patron)
            changed(patron, _described(row))
            patron.version = 1
            counts[Count.READERS_NEW] += 1
        elif changed(patron, _followed(row)):
            counts[Count.READERS_UPDATED] += 1
    return Stored(counts, tuple(refused))


def store_blocks(session: Session, batch: Sequence[BlockRow], moment: Moment) -> Stored:
    """Add blocks, by reader, kind and first day; a new end or reason is taken over."""
    counts: Counter[Count] = Counter({Count.RECORDS: len(batch)})
    patrons = patrons_of(session, {row.card for row in batch})
    ids = [patron.id for patron in patrons.values()]
    found = session.exec(select(Block).where(col(Block.patron_id).in_(ids))).all()
    known = {(block.patron_id, block.kind, block.from_on): block for block in found}
    refused: list[tuple[int, str]] = []
    for place, row in enumerate(batch):
        patron = patrons.get(row.card)
        if patron is None or patron.id is None:
            refused.append((place, f"no reader has the card {row.card}"))
            continue
        key = (patron.id, row.kind.value, row.from_on)
        block = known.get(key)
        if block is None:
            block = Block(
                patron_id=patron.id,
                kind=row.kind.value,
                from_on=row.from_on,
                created_at=moment.now,
                created_by=CREATED_BY,
            )
            known[key] = block
            session.add(block)
            counts[Count.BLOCKS_NEW] += 1
            changed(block, {"until_on": row.until_on, "reason": row.reason})
        elif changed(block, {"until_on": row.until_on, "reason": row.reason}):
            counts[Count.BLOCKS_UPDATED] += 1
    return Stored(counts, tuple(refused))


def patrons_of(session: Session, cards: set[str]) -> dict[str, Patron]:
    """Return the readers with these cards."""
    found = session.exec(select(Patron).where(col(Patron.card).in_(cards))).all()
    return {patron.card: patron for patron in found}


def site_codes(session: Session, codes: set[str]) -> set[str]:
    """Return those of the codes that a site has."""
    return set(session.exec(select(Site.code).where(col(Site.code).in_(codes))).all())


def changed(row: Any, values: Mapping[str, object]) -> bool:  # noqa: ANN401 - any table's row
    """Make a row say this; return whether it said anything else. What has a version counts up."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    if different and hasattr(row, "version"):
        row.version += 1
    return bool(different)


def _described(row: ReaderRow) -> dict[str, object]:
    return {
        "family_name": row.family_name,
        "given_name": row.given_name,
        "birth_year": row.birth_year,
        "category": row.category,
        "email": row.email,
        "phone": row.phone,
        "language": row.language,
        "home_site": row.home_site,
        "expires_on": row.expires_on,
        "note": row.note,
        "keeps_history": row.keeps_history,
    }


def _followed(row: ReaderRow) -> dict[str, object]:
    said = row.said - {"keeps_history"}
    return {name: value for name, value in _described(row).items() if name in said}
