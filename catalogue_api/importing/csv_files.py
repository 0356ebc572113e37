"""CSV files of another system: a header of column names, one reader, loan or reservation a line.

Columns may stand in any order, named in English or French, and others beside them; the separator
is the comma, the semicolon or the tab, whichever the header has most of. The text is UTF-8, or
Windows-1252 where it is not. Dates are ISO or French (23/11/2026). Lines are parsed by functions
from a line's values to a row; a line that is wrong raises `Unreadable`.
"""

import codecs
import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
from typing import BinaryIO, TextIO

from catalogue_api.importing.records import (
    LoanRow,
    ReaderRow,
    ReservationRow,
    SiteRow,
    Unreadable,
)
from catalogue_api.importing.text import tidy

Row = SiteRow | ReaderRow | LoanRow | ReservationRow
_Values = Mapping[str, str]
_SEPARATORS = ",;\t"
_MARKS = dict.fromkeys(range(768, 880))
_NOON = time(12)
_BLOCK = 1 << 16
_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_FRENCH = {
    "bibliotheque": "site",
    "site": "site",
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
    "date_pret": "started_at",
    "date_retour_prevue": "due_on",
    "date_retour": "ended_at",
    "date_reservation": "placed_at",
    "libelle": "name",
}
"""Columns as a French export may name them, accents and blanks aside."""

_NOT_TEXT = re.compile("[\udc80-\udcff]")
"""What Python makes of bytes without a meaning, when told to go on (`surrogateescape`)."""


class Kind(StrEnum):
    """What the lines of a file are."""

    LOANS = "loans"
    RESERVATIONS = "reservations"
    READERS = "readers"
    SITES = "sites"


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of file: the columns by which it is known, and how a line becomes a row."""

    kind: Kind
    required: frozenset[str]
    parse: Callable[[_Values, tzinfo], Row]


@dataclass(frozen=True, slots=True)
class Line:
    """One line's row, or why it has none; `number` counts lines of the file, the header is 1."""

    number: int
    row: Row | None
    why: str = ""


def separator_of(header: str) -> str:
    """Return the separator that the header has most of."""
    return max(_SEPARATORS, key=header.count)


def table_of(header: str) -> Table:
    """Say what a file is by its first line. Raise `Unreadable`."""
    columns = set(_columns(header))
    for table in TABLES:
        if table.required <= columns:
            return table
    known = "; ".join(f"{table.kind}: {', '.join(sorted(table.required))}" for table in TABLES)
    raise Unreadable(f"neither MARC nor a CSV file with one of these headers: {known}")


def encoding_of_table(stream: BinaryIO) -> str:
    """Return the encoding of a file of text, read to its end: UTF-8, or else Windows-1252.

    A file of UTF-8 with a few wrong bytes is UTF-8: the lines that they stand in are wrong.
    """
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    good = wrong = 0
    while block := stream.read(_BLOCK):
        text = decode(block)
        if not text.isascii():
            bad = len(_NOT_TEXT.findall(text))
            wrong += bad
            good += sum(sign > "\x7f" for sign in text) - bad
    return "utf-8-sig" if good >= wrong else "windows-1252"


def read_lines(stream: TextIO, header: str, table: Table, zone: tzinfo) -> Iterator[Line]:
    """Yield every line behind the header; a date without a zone is one of `zone`.

    The stream is opened with `newline=""` and `errors="surrogateescape"`, so that a wrong byte
    spoils one line only.
    """
    rows = csv.reader(stream, delimiter=separator_of(header))
    names = _columns(header)
    while True:
        try:
            values = next(rows, None)
        except csv.Error as error:
            yield Line(rows.line_num + 1, None, f"not a line of CSV: {error}")
            continue
        if values is None:
            return
        if any(values):
            yield _line(rows.line_num + 1, names, values, table, zone)


def _line(number: int, names: list[str], values: list[str], table: Table, zone: tzinfo) -> Line:
    try:
        return Line(number, table.parse(_named(names, values), zone))
    except Unreadable as error:
        return Line(number, None, str(error))


def _named(names: list[str], values: list[str]) -> dict[str, str]:
    if len(values) != len(names):
        raise Unreadable(f"{len(values)} values for {len(names)} columns")
    if any(_NOT_TEXT.search(value) for value in values):
        raise Unreadable("it holds bytes that are no text")
    return {name: tidy(value) for name, value in zip(names, values, strict=True)}


def _site(values: _Values, _zone: tzinfo) -> SiteRow:
    code = _required(values, "site", 32)
    return SiteRow(code, values.get("name") or code)


def _reader(values: _Values, _zone: tzinfo) -> ReaderRow:
    year = values.get("birth_year", "")
    if year and not re.fullmatch("[12][0-9]{3}", year):
        raise Unreadable(f"birth_year: {year!r} is not a year of four digits")
    return ReaderRow(
        card=_required(values, "card", 64),
        family_name=_required(values, "family_name"),
        given_name=values.get("given_name", ""),
        birth_year=int(year) if year else None,
        category=_short(values, "category", 32) or "adult",
        email=values.get("email", ""),
    )


def _loan(values: _Values, zone: tzinfo) -> LoanRow:
    started_at = _moment(values, "started_at", zone)
    ended_at = _moment(values, "ended_at", zone) if values.get("ended_at") else None
    if ended_at is not None and ended_at < started_at:
        raise Unreadable("ended_at is before started_at")
    return LoanRow(
        barcode=_required(values, "barcode", 64),
        card=_required(values, "card", 64),
        started_at=started_at,
        due_on=_day(values, "due_on"),
        ended_at=ended_at,
    )


def _reservation(values: _Values, zone: tzinfo) -> ReservationRow:
    return ReservationRow(
        barcode=_required(values, "barcode", 64),
        card=_required(values, "card", 64),
        site=_required(values, "site", 32),
        placed_at=_moment(values, "placed_at", zone),
    )


def _columns(header: str) -> list[str]:
    try:
        names = next(csv.reader([header], delimiter=separator_of(header)), [])
    except csv.Error as error:
        raise Unreadable(f"not CSV: {error}") from error
    return [_column(name) for name in names]


def _column(name: str) -> str:
    """Return the name that a column has here: « Date de prêt » is `started_at`."""
    plain = unicodedata.normalize("NFKD", tidy(name).lstrip("\ufeff").lower())
    words = [word for word in re.findall("[a-z0-9]+", plain.translate(_MARKS)) if word != "de"]
    joined = "_".join(words)
    return _FRENCH.get(joined, joined)


def _required(values: _Values, name: str, longest: int = 0) -> str:
    value = _short(values, name, longest)
    if not value:
        raise Unreadable(f"{name} is empty")
    return value


def _short(values: _Values, name: str, longest: int) -> str:
    value = values.get(name, "")
    if longest and len(value) > longest:
        raise Unreadable(f"{name} is longer than {longest} characters")
    return value


def _day(values: _Values, name: str) -> date:
    value = _required(values, name)
    try:
        return date.fromisoformat(_iso(value))
    except ValueError as error:
        raise Unreadable(f"{name}: {value!r} is not a date such as 2026-11-23") from error


def _iso(value: str) -> str:
    """Return a date, with a time or not, in the order of ISO 8601: 23/11/2026 is 2026-11-23."""
    french = _FRENCH_DAY.match(value)
    if not french:
        return value
    day, month, year = french.groups()
    rest = value[french.end() :].strip().replace("h", ":")
    return f"{year}-{month:0>2}-{day:0>2}" + (f"T{rest:0>5}" if rest else "")


def _moment(values: _Values, name: str, zone: tzinfo) -> datetime:
    """A date with a time; a date alone is its noon."""
    value = _required(values, name)
    try:
        moment = datetime.fromisoformat(_iso(value))
    except ValueError as error:
        raise Unreadable(
            f"{name}: {value!r} is neither 2026-11-23 nor 2026-11-23T15:30+01:00"
        ) from error
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}", _iso(value)):
        moment = datetime.combine(moment.date(), _NOON)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


TABLES = (
    Table(Kind.LOANS, frozenset({"barcode", "card", "started_at", "due_on"}), _loan),
    Table(Kind.RESERVATIONS, frozenset({"barcode", "card", "site", "placed_at"}), _reservation),
    Table(Kind.READERS, frozenset({"card", "family_name"}), _reader),
    Table(Kind.SITES, frozenset({"site", "name"}), _site),
)
"""In the order in which they are tried."""
