"""Searching the catalogue, and saying what was meant where nothing is found."""

import base64
import binascii
from collections.abc import Mapping

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.search import Facets, FacetValue, Found, Search
from catalogue_api.domain.queries import Field, Query, Sort, parse, put_right
from catalogue_api.domain.spelling import allowed, correctable, distance
from catalogue_api.services.call import Call
from catalogue_api.services.rules.libraries import sites
from catalogue_api.services.titles.showing import titles_found
from catalogue_api.storage.search import searching as sql
from catalogue_api.storage.search.filters import Filters
from catalogue_api.storage.search.searching import MOST_COUNTED, Place
from catalogue_api.storage.search.vocabulary import near

_MOST_CANDIDATES = 8
_ENOUGH = 1000
_LARGEST_ID = 2**31 - 1


def search(session: Session, _call: Call, body: Search) -> Found:
    """Answer a question; what finds nothing is asked again with its words put right."""
    connection = session.connection()
    query, filters, answered = parse(body.q), _filters(body), ""
    total, facets = _counted(session, query, filters, facets=body.facets)
    if total == 0 and query.clauses and not body.exact:
        better = _meant(connection, body.q, query)
        if better:
            found = _counted(session, parse(better), filters, facets=body.facets)
            if found[0]:
                query, answered, (total, facets) = parse(better), better, found
    behind = _place(body.cursor, body.sort)
    places = _page(connection, query, filters, body, behind) if total else []
    more = len(places) > body.limit
    places = places[: body.limit]
    return Found(
        total=min(total, MOST_COUNTED),
        more=total > MOST_COUNTED,
        answered=answered,
        hits=titles_found(session, [place.title_id for place in places]),
        next=_cursor(places[-1], body.sort) if more else "",
        facets=facets,
    )


def _filters(body: Search) -> Filters:
    return Filters(
        kinds=[kind.value for kind in body.kind],
        languages=body.language,
        audiences=[audience.value for audience in body.audience],
        sites=body.site,
        year_from=body.year_from,
        year_to=body.year_to,
        available=body.available,
        platforms=body.platform,
        pegi_up_to=body.pegi_up_to,
    )


def _page(
    connection: Connection, query: Query, filters: Filters, body: Search, behind: Place | None
) -> list[Place]:
    """Return the places of a page and of one hit behind it."""
    limit = body.limit + 1
    match body.sort:
        case Sort.RELEVANCE:
            return sql.best(connection, query, filters, behind, limit)
        case Sort.NEWEST:
            last = behind.title_id if behind else None
            ids = sql.newest(connection, query, filters, last, limit)
            return [Place("", number) for number in ids]
        case _:
            return sql.ordered(connection, query, filters, body.sort, behind, limit)


def _cursor(place: Place, sort: Sort) -> str:
    key = base64.urlsafe_b64encode(place.key.encode()).decode().rstrip("=")
    return f"{sort.value}.{key}.{place.title_id}"


def _place(cursor: str, sort: Sort) -> Place | None:
    """Return the place that a cursor stands for; one of another order is refused."""
    if not cursor:
        return None
    try:
        order, key, number = cursor.split(".")
        said = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
        place = Place(said, int(number))
        whole = int(said) if sort in {Sort.RELEVANCE, Sort.YEAR} else 0
    except (ValueError, binascii.Error) as error:
        raise Refused(ProblemType.INVALID_REQUEST, "cursor: no page gave this") from error
    sound = 0 < place.title_id <= _LARGEST_ID and abs(whole) <= _LARGEST_ID and "\0" not in said
    if order != sort.value or not sound:
        raise Refused(ProblemType.INVALID_REQUEST, "cursor: it belongs to another question")
    return place


def _meant(connection: Connection, text: str, query: Query) -> str:
    """Return the question with the words that nothing is found by put right; empty if it cannot."""
    said = {
        word: Query((clause,))
        for clause in query.clauses
        if clause.field is not Field.NUMBER and not clause.begins
        for word in clause.said
    }
    right: dict[str, str] = {}
    for word in said:
        if correctable(word) and not _titles_with(connection, word):
            shown = _nearest(connection, word)
            if not shown:
                return ""
            right[word] = shown
    return put_right(text, right) if right else ""


def _nearest(connection: Connection, word: str) -> str:
    """Return the nearest word that titles have, the more frequent one of two; empty for none."""
    shown = near(connection, word)
    off = {
        known: distance(word, known)
        for known in shown
        if abs(len(known) - len(word)) <= allowed(word)
    }
    candidates = sorted(
        (known for known, letters in off.items() if letters <= allowed(word)),
        key=lambda known: (off[known], known),
    )[:_MOST_CANDIDATES]
    titles = {known: _titles_with(connection, known) for known in candidates}
    found = [known for known in candidates if titles[known]]
    best = min(found, key=lambda known: (off[known], -titles[known], known), default="")
    return shown.get(best, "")


def _titles_with(connection: Connection, word: str) -> int:
    return sql.known_terms(connection, {word: parse(word)}, _ENOUGH)[word]


def _counted(
    session: Session, query: Query, filters: Filters, *, facets: bool
) -> tuple[int, Facets | None]:
    """Count the hits; where facets are asked for, both in one statement."""
    if not facets:
        return sql.total(session.connection(), query, filters), None
    found = sql.facets(session.connection(), query, filters)
    return found.total, _facets(found, sites(session))


def _facets(found: sql.Facets, names: Mapping[str, str]) -> Facets:
    return Facets(
        counted=sum(found.kinds.values()),
        kind=_values(found.kinds),
        language=_values(found.languages),
        audience=_values(found.audiences),
        decade=tuple(
            FacetValue(value=str(decade), count=count)
            for decade, count in sorted(found.decades.items(), reverse=True)
        ),
        site=_values(found.sites, names),
        available=found.available,
    )


def _values(
    counts: Mapping[str, int], names: Mapping[str, str] | None = None
) -> tuple[FacetValue, ...]:
    order = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(
        FacetValue(value=value, name=(names or {}).get(value, ""), count=count)
        for value, count in order
        if value
    )
