"""What an import did: counts, and everything that could not be imported, with place and reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Count(StrEnum):
    """What is counted; the values are the keys of the JSON summary."""

    RECORDS = "records"
    TITLES_NEW = "titles_new"
    TITLES_UPDATED = "titles_updated"
    TITLES_JOINED = "titles_joined"
    TITLES_DELETED = "titles_deleted"
    RECORDS_DELETED = "records_deleted"
    ITEMS_NEW = "items_new"
    ITEMS_UPDATED = "items_updated"
    SITES_NEW = "sites_new"
    SITES_UPDATED = "sites_updated"
    READERS_NEW = "readers_new"
    READERS_UPDATED = "readers_updated"
    LOANS_NEW = "loans_new"
    LOANS_UPDATED = "loans_updated"
    RESERVATIONS_NEW = "reservations_new"
    BLOCKS_NEW = "blocks_new"
    BLOCKS_UPDATED = "blocks_updated"


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that was not imported.

    `position` is the number of the record or of the line in its file, from 1; 0 is the file
    itself. `byte` is where the record begins, for those who look into the file.
    """

    file: str
    position: int
    why: str
    byte: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the entry of the JSON summary."""
        said: dict[str, object] = {"file": self.file, "position": self.position, "why": self.why}
        return said if self.byte is None else said | {"byte": self.byte}

    def __str__(self) -> str:
        place = f"{self.file}, {self.position}" if self.position else self.file
        return f"{place}: {self.why}"


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing one batch did; `refused` has the place in the batch (from 0) and the reason."""

    counts: Counter[Count]
    refused: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class Report:
    """The sum of an import. `failed` are the files of which nothing at all could be read.

    `unreadable` are records and lines that were passed over, `left_out` copies that are missing
    from a record that was imported, `mended` what was wrong in records that were imported all the
    same. `before` and `after` say how much of everything there is in the catalogue.
    """

    counts: Counter[Count] = field(default_factory=Counter)
    unreadable: list[Complaint] = field(default_factory=list)
    left_out: list[Complaint] = field(default_factory=list)
    mended: list[Complaint] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the JSON summary: every count, then the catalogue and the lists."""
        return {
            **{count.value: self.counts[count] for count in Count},
            "before": dict(self.before),
            "after": dict(self.after),
            "unreadable": _listed(self.unreadable),
            "items_left_out": _listed(self.left_out),
            "mended": _listed(self.mended),
        }


def _listed(complaints: Iterable[Complaint]) -> list[dict[str, object]]:
    return [complaint.as_json() for complaint in complaints]
