"""« Rechercher »: what is found, where it is, and by what it can be narrowed. Read as nobody."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.search import SEARCH, Found, Search, Sort
from catalogue_api.web.pages.forms import Unfit, body_of
from catalogue_api.web.pages.narrowing import Asked, Choice, address_of, asked_of, choices, without
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal
from catalogue_api.web.texts import Words

_HERE = "/recherche"
_SORTS = (Sort.RELEVANCE, Sort.NEWEST, Sort.YEAR, Sort.TITLE, Sort.AUTHOR)
_MOST_FACETS = 10


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the search."""
    app.router.add_get(_HERE, portal.page(SearchPage(portal).show))


class SearchPage:
    """The search: one question, its hits, and ways on."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show what is found."""
        said, words = asked_of(request.query), words_of(request)
        asked = said | {"exact": "1"} if "exact" in request.query else said
        found = await self._found(request, asked) if said else None
        wrong, here = bool(said) and found is None, address_of(_HERE, asked)
        facets = choices(_HERE, said, found.facets, words) if found and found.facets else {}
        return rendered(
            "search/search.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            here="search",
            said=said,
            typed=str(said.get("q", "")),
            wrong=wrong,
            found=found,
            facets={name: of[:_MOST_FACETS] for name, of in facets.items()},
            narrowed=_narrowed(said, facets, words),
            sorts=_SORTS,
            sorted=said.get("sort", ""),
            kept=without(said, "q", "sort"),
            first="cursor" not in request.query,
            start_over=here,
            following=f"{here}&cursor={found.next}" if found and found.next else "",
            exactly=address_of(_HERE, said | {"exact": "1"}),
            only_available=address_of(_HERE, said | {"available": "1"}),
        )

    async def _found(self, request: web.Request, asked: Asked) -> Found | None:
        """Return the hits; None for a question that the contract does not take."""
        cursor = request.query.get("cursor", "")
        try:
            body = body_of(Search, dict(asked) | {"facets": True, "cursor": cursor})
            return await self._portal.ask(request, SEARCH, body)
        except Unfit:
            return None
        except Refused as refused:
            if refused.type is not ProblemType.INVALID_REQUEST:
                raise
            return None


def _narrowed(said: Asked, facets: dict[str, list[Choice]], words: Words) -> list[tuple[str, str]]:
    """Return by what the hits are narrowed now: the words for it, and where it is taken away."""
    chosen = [(one.text, one.address) for of in facets.values() for one in of if one.chosen]
    for name in ("platform", "pegi_up_to", "available"):
        if name in said:
            value = said[name]
            shown = ", ".join(value) if isinstance(value, tuple) else value
            text = words.text(f"portal.search.by.{name}", value=shown)
            chosen.append((text, address_of(_HERE, without(said, name))))
    return chosen
