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
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import BinaryIO, TextIO

from catalogue_api.importing.csv_rows import FRENCH, TABLES, Row, Table
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.text import tidy

_SEPARATORS = ",;\t"
_MARKS = dict.fromkeys(range(768, 880))
_BLOCK = 1 << 16
_NOT_TEXT = re.compile("[\udc80-\udcff]")
"""What Python makes of bytes without a meaning, when told to go on (`surrogateescape`)."""


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


def _columns(header: str) -> list[str]:
    try:
        names = next(csv.reader([header], delimiter=separator_of(header)), [])
    except csv.Error as error:
        raise Unreadable(f"not CSV: {error}") from error
    return [_column(name) for name in names]


def _column(name: str) -> str:
    """Return the name that a column has here: « Date de prêt » is `started_at`."""
    plain = unicodedata.normalize("NFKD", tidy(name).lstrip("\ufeff").lower())
    words = re.findall("[a-z0-9]+", plain.translate(_MARKS))
    joined = "_".join(word for word in words if word not in {"de", "d"})
    return FRENCH.get(joined, joined)
