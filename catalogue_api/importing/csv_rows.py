"""The kinds of CSV files that a library brings along, and what their columns mean."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from catalogue_api.domain.patrons import BlockKind
from catalogue_api.importing.csv_values import (
    Values,
    day,
    moment,
    optional_day,
    optional_moment,
    required,
    short,
    whole_number,
    yes,
)
from catalogue_api.importing.records import (
    BlockRow,
    LoanRow,
    ReaderRow,
    ReservationRow,
    SiteRow,
    Unreadable,
)

Row = SiteRow | ReaderRow | LoanRow | ReservationRow | BlockRow
FRENCH = {
    "bibliotheque": "site",
    "carte": "card",
    "numero_carte": "card",
    "code_barres": "barcode",
    "code_barre": "barcode",
    "exemplaire": "barcode",
    "nom": "family_name",
    "prenom": "given_name",
    "annee_naissance": "birth_year",
    "categorie": "category",
    "courriel": "email",
    "telephone": "phone",
    "langue": "language",
    "bibliotheque_habituelle": "home_site",
    "fin_validite": "expires_on",
    "date_inscription": "created_at",
    "remarque": "note",
    "garde_historique": "keeps_history",
    "date_pret": "started_at",
    "date_retour_prevue": "due_on",
    "date_retour": "ended_at",
    "prolongations": "renewals",
    "date_reservation": "placed_at",
    "exemplaire_precis": "this_copy",
    "en_pause_jusqu_a": "paused_until",
    "blocage": "kind",
    "motif": "reason",
    "debut": "from_on",
    "fin": "until_on",
    "libelle": "name",
}
"""Columns as a French export may name them; accents, blanks and « de » aside."""

_BLOCKS = {
    **{kind.value: kind for kind in BlockKind},
    "document_perdu": BlockKind.LOST_ITEM,
    "carte_perdue": BlockKind.LOST_CARD,
    "personnel": BlockKind.STAFF,
}


class Kind(StrEnum):
    """What the lines of a file are."""

    LOANS = "loans"
    RESERVATIONS = "reservations"
    BLOCKS = "blocks"
    READERS = "readers"
    SITES = "sites"


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of file: the columns by which it is known, and how a line becomes a row."""

    kind: Kind
    required: frozenset[str]
    parse: Callable[[Values, tzinfo], Row]


def _site(values: Values, _zone: tzinfo) -> SiteRow:
    code = required(values, "site", 32)
    return SiteRow(code, values.get("name") or code)


def _reader(values: Values, zone: tzinfo) -> ReaderRow:
    year = values.get("birth_year", "")
    if year and not re.fullmatch("[12][0-9]{3}", year):
        raise Unreadable(f"birth_year: {year!r} is not a year of four digits")
    return ReaderRow(
        card=required(values, "card", 64),
        family_name=required(values, "family_name"),
        given_name=values.get("given_name", ""),
        birth_year=int(year) if year else None,
        category=short(values, "category", 32) or "adult",
        email=values.get("email", ""),
        phone=values.get("phone", ""),
        language=short(values, "language", 8).lower() or "fr",
        home_site=short(values, "home_site", 32) or None,
        expires_on=optional_day(values, "expires_on"),
        created_at=optional_moment(values, "created_at", zone),
        note=values.get("note", ""),
        keeps_history=yes(values, "keeps_history"),
        said=frozenset(values),
    )


def _loan(values: Values, zone: tzinfo) -> LoanRow:
    started_at = moment(values, "started_at", zone)
    ended_at = optional_moment(values, "ended_at", zone)
    if ended_at is not None and ended_at < started_at:
        raise Unreadable("ended_at is before started_at")
    return LoanRow(
        barcode=required(values, "barcode", 64),
        card=required(values, "card", 64),
        started_at=started_at,
        due_on=day(values, "due_on"),
        ended_at=ended_at,
        renewals=whole_number(values, "renewals"),
        site=short(values, "site", 32),
    )


def _reservation(values: Values, zone: tzinfo) -> ReservationRow:
    return ReservationRow(
        barcode=required(values, "barcode", 64),
        card=required(values, "card", 64),
        site=required(values, "site", 32),
        placed_at=moment(values, "placed_at", zone),
        this_copy=yes(values, "this_copy"),
        paused_until=optional_day(values, "paused_until"),
    )


def _block(values: Values, _zone: tzinfo) -> BlockRow:
    said = required(values, "kind")
    kind = _BLOCKS.get(said.lower().replace(" ", "_"))
    if kind is None:
        raise Unreadable(f"kind: {said!r} is none of {', '.join(BlockKind)}")
    from_on, until_on = day(values, "from_on"), optional_day(values, "until_on")
    if until_on is not None and until_on < from_on:
        raise Unreadable("until_on is before from_on")
    return BlockRow(
        card=required(values, "card", 64),
        kind=kind,
        from_on=from_on,
        until_on=until_on,
        reason=values.get("reason", ""),
    )


TABLES = (
    Table(Kind.LOANS, frozenset({"barcode", "card", "started_at", "due_on"}), _loan),
    Table(Kind.RESERVATIONS, frozenset({"barcode", "card", "site", "placed_at"}), _reservation),
    Table(Kind.BLOCKS, frozenset({"card", "kind", "from_on"}), _block),
    Table(Kind.READERS, frozenset({"card", "family_name"}), _reader),
    Table(Kind.SITES, frozenset({"site", "name"}), _site),
)
"""In the order in which they are tried."""
