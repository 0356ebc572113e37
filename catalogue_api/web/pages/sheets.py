"""Tables of figures: on a page beside their plot, and as a file for a spreadsheet. Pure."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

Cell = str | int | float | None
_BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Heads of columns, and rows of as many cells; the first cell of a row is its head.

    None: not known. `caption` says what it is.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe stands before it."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def as_csv(sheet: Sheet, number: Callable[[float], str]) -> bytes:
    """Return a file that a French spreadsheet opens by a double click.

    UTF-8 with a byte order mark, semicolons, lines that end with CR LF. `number` writes a number
    with a fraction as the language does, without grouping its digits.
    """
    stream = StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")

    def written(cell: Cell) -> str | int:
        if isinstance(cell, float):
            return number(cell)
        return neutral(cell) if isinstance(cell, str) else "" if cell is None else cell

    writer.writerow([written(head) for head in sheet.heads])
    writer.writerows([[written(cell) for cell in row] for row in sheet.rows])
    return (_BOM + stream.getvalue()).encode()
