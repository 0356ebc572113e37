"""The 300 titles of the demo library: facts about real works, read from tables beside this module.

`year` is that of the edition for books, of the first release for films and music, of the first
issue for periodicals. An ISBN stands only where it is known; most of the rest have none.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files


class Kind(StrEnum):
    """The table that a work comes from, and so what kind of thing it is."""

    BOOK = "books"
    COMIC = "comics"
    FILM = "films"
    MUSIC = "music"
    GAME = "games"
    PERIODICAL = "periodicals"


class Reader(StrEnum):
    """Whom a work is meant for."""

    ADULT = "A"
    TEENAGER = "T"
    CHILD = "J"


@dataclass(frozen=True, slots=True)
class Author:
    """A person or a group; a group, and whoever is known by one name, has no given name."""

    family: str
    given: str = ""

    def __str__(self) -> str:
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Work:
    """One title. `series` is a work in volumes, `collection` a publisher's collection.

    A volume without a series is a part of the title itself (*Persepolis*, 2). `platform` and
    `pegi` (the age) are those of video games.
    """

    control_number: str
    kind: Kind
    mark: str
    audience: Reader
    language: str
    year: int
    title: str
    subtitle: str = ""
    publisher: str = ""
    isbn: str = ""
    authors: tuple[Author, ...] = ()
    series: str = ""
    volume: str = ""
    collection: str = ""
    platform: str = ""
    pegi: str = ""


def load_works() -> tuple[Work, ...]:
    """Return all works, always in the same order and with the same control numbers."""
    rows = [(kind, row) for kind in Kind for row in read_table(kind.value)]
    return tuple(_work(f"RIT{number:06d}", kind, row) for number, (kind, row) in enumerate(rows, 1))


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of one table of this package (tab-separated, UTF-8, named columns)."""
    text = (files(__package__) / "data" / f"{name}.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def _work(control_number: str, kind: Kind, row: dict[str, str]) -> Work:
    return Work(
        control_number=control_number,
        kind=kind,
        mark=row["mark"],
        audience=Reader(row["audience"]),
        language=row["language"],
        year=int(row["year"]),
        title=row["title"],
        subtitle=row.get("subtitle", ""),
        publisher=row.get("publisher", ""),
        isbn=row.get("isbn", ""),
        authors=_authors(row.get("authors", "")),
        series=row.get("series", ""),
        volume=row.get("volume", ""),
        collection=row.get("collection", ""),
        platform=row.get("platform", ""),
        pegi=row.get("pegi", ""),
    )


def _authors(text: str) -> tuple[Author, ...]:
    names = [name.strip() for name in text.split(";") if name.strip()]
    pairs = [name.partition(", ") for name in names]
    return tuple(Author(family, given) for family, _, given in pairs)
