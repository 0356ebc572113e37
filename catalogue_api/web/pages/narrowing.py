"""A search as it stands in an address: what is asked, and by what its hits can be narrowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from multidict import MultiMapping

from catalogue_api.contract.search import Facets
from catalogue_api.web.pages.title_words import language_name
from catalogue_api.web.texts import Words

_LISTS = ("kind", "audience", "language", "site", "platform")
_ONE = ("q", "sort", "available", "year_from", "year_to", "pegi_up_to")
_FACETS = ("kind", "audience", "language", "site")
Asked = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value by which hits can be narrowed: how many it leaves, and where that leads."""

    text: str
    count: int
    address: str
    chosen: bool


def asked_of(query: MultiMapping[str]) -> dict[str, object]:
    """Return what is asked, without what was left empty."""
    said: dict[str, object] = {
        name: query[name].strip() for name in _ONE if query.get(name, "").strip()
    }
    said |= {name: tuple(filter(None, query.getall(name, []))) for name in _LISTS}
    return {name: value for name, value in said.items() if value}


def address_of(page: str, said: Asked) -> str:
    """Return the address of a page that asks this."""
    return f"{page}?{urlencode(dict(said), doseq=True)}"


def without(said: Asked, *names: str) -> dict[str, object]:
    """Return what is asked but for these."""
    return {name: value for name, value in said.items() if name not in names}


def choices(page: str, said: Asked, facets: Facets, words: Words) -> dict[str, list[Choice]]:
    """Return by what the hits can be narrowed; a value that was chosen can be taken away."""
    texts = {
        "kind": lambda value: words.text(f"title_kind.{value}"),
        "audience": lambda value: words.text(f"audience.{value}"),
        "language": lambda value: language_name(words, value),
    }
    found: dict[str, list[Choice]] = {}
    for name in _FACETS:
        chosen = said.get(name, ())
        values = tuple(chosen) if isinstance(chosen, tuple) else ()
        found[name] = [
            Choice(
                text=one.name or texts.get(name, str)(one.value),
                count=one.count,
                address=_toggled(page, said, name, values, one.value),
                chosen=one.value in values,
            )
            for one in getattr(facets, name)
            if one.value
        ]
    return found | {"decade": _decades(page, said, facets)}


def _decades(page: str, said: Asked, facets: Facets) -> list[Choice]:
    decades = []
    for one in facets.decade:
        begin = int(one.value)
        years = {"year_from": str(begin), "year_to": str(begin + 9)}
        chosen_now = said.get("year_from") == years["year_from"]
        rest = without(said, *years)
        address = address_of(page, rest if chosen_now else rest | years)
        decades.append(Choice(f"{begin}–{begin + 9}", one.count, address, chosen_now))
    return decades


def _toggled(page: str, said: Asked, name: str, values: tuple[str, ...], value: str) -> str:
    left = tuple(one for one in values if one != value)
    return address_of(page, {**said, name: left if value in values else (*values, value)})
