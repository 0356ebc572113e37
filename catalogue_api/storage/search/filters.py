"""What hits must be beside answering a question: by kind, language, place, year, console."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalogue_api.domain.availability import GONE
from catalogue_api.domain.holds import WITH_ITEM
from catalogue_api.storage.tables.table import sql_list


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits must be beside answering the question; an empty list asks for nothing.

    `sites`: some copy is there now. `available`: some copy (at those sites) can be taken now.
    `platforms` and `pegi_up_to`: a game for one of these consoles, for this age or younger.
    """

    kinds: Sequence[str] = ()
    languages: Sequence[str] = ()
    audiences: Sequence[str] = ()
    sites: Sequence[str] = ()
    year_from: int | None = None
    year_to: int | None = None
    available: bool = False
    platforms: Sequence[str] = ()
    pegi_up_to: int | None = None

    @property
    def any(self) -> bool:
        """Whether anything is asked for."""
        return self != Filters()


CAUGHT = sql_list(WITH_ITEM)
"""The states of a hold that has a copy."""

ON_ITS_SHELF = "c.status = 'available' AND c.destination IS NULL AND c.to_shelve_since IS NULL"
_BY_NOBODY = """{on_its_shelf}
    AND NOT EXISTS (SELECT 1 FROM loans WHERE loans.item_id = c.id AND loans.ended_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.item_id = c.id AND holds.status IN {caught})"""
_CAN_BE_TAKEN = _BY_NOBODY.format(on_its_shelf=ON_ITS_SHELF, caught=CAUGHT)
"""A copy `c` that stands on its shelf for anybody: `CopyState.AVAILABLE` in SQL."""

IS_THERE = f"c.status NOT IN {sql_list(GONE)}"
_GAME = "EXISTS (SELECT 1 FROM titles t WHERE t.id = {id} AND {what})"
_SOME_COPY = "EXISTS (SELECT 1 FROM items c WHERE c.title_id = {id} AND {copy})"
_LISTS = {
    "kinds": "i.kind IN :kinds",
    "languages": "i.language IN :languages",
    "audiences": "i.audience IN :audiences",
    "platforms": _GAME.format(id="{id}", what="t.platform IN :platforms"),
}


def add_filters(
    filters: Filters, conditions: list[str], values: dict[str, Any], id_: str
) -> tuple[str, ...]:
    """Add the conditions of the filters, and their values; return which values are lists.

    `id_` is the column that holds the number of a hit.
    """
    lists: list[str] = []
    for name, condition in _LISTS.items():
        if said := getattr(filters, name):
            conditions.append(condition.format(id=id_))
            values[name] = list(said)
            lists.append(name)
    for name, sign in (("year_from", ">="), ("year_to", "<=")):
        if (year := getattr(filters, name)) is not None:
            conditions.append(f"i.year {sign} :{name}")
            values[name] = year
    if filters.pegi_up_to is not None:
        conditions.append(_GAME.format(id=id_, what="t.pegi_age <= :pegi"))
        values["pegi"] = filters.pegi_up_to
    if filters.sites or filters.available:
        copy = _CAN_BE_TAKEN if filters.available else IS_THERE
        if filters.sites:
            copy += " AND c.current_site IN :sites"
            values["sites"] = list(filters.sites)
            lists.append("sites")
        conditions.append(_SOME_COPY.format(id=id_, copy=copy))
    return tuple(lists)
