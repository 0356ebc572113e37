"""Which title a record of another catalogue joins, instead of making the same book a second time.

Its own number comes first: who knows it needs no guess. Else it joins the one title that has one
of its ISBNs or EANs, is of the same kind and of the same volume. A catalogue that gives a book two
numbers means two titles by that: titles that have a record of the same source are not joined. Nor
is there a choice between several.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from catalogue_api.domain.collection import NumberKind
from catalogue_api.importing.records import TitleRecord
from catalogue_api.storage import records as sql


def joined(connection: Connection, unknown: Sequence[TitleRecord]) -> dict[sql.Key, int]:
    """Return the titles that records join, by source and control number."""
    numbers = {number for record in unknown for number in _telling(record)}
    found = sql.namesakes(connection, numbers)
    sources = sql.sources_of(connection, {one.title_id for one in found})
    by_number: dict[str, list[sql.Namesake]] = {}
    for one in found:
        by_number.setdefault(one.number, []).append(one)
    joining: dict[sql.Key, int] = {}
    for record in unknown:
        titles = {
            one.title_id
            for number in _telling(record)
            for one in by_number.get(number, ())
            if _may_join(record, one, sources.get(one.title_id, ()))
        }
        if len(titles) == 1:
            joining[record.source, record.control_number] = titles.pop()
    return joining


def _telling(record: TitleRecord) -> list[str]:
    """The numbers that tell books apart; the issues of a periodical share their ISSN."""
    return [number for kind, number in record.numbers if kind is not NumberKind.ISSN]


def _may_join(record: TitleRecord, one: sql.Namesake, sources: Collection[str]) -> bool:
    said = record.description
    return (
        record.source not in sources
        and record.source != one.source
        and said.kind.value == one.kind
        and said.volume.casefold() == one.volume.casefold()
    )
