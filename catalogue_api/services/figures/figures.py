"""Counting what the library did, and the year for the ministry."""

from datetime import date

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.figures import (
    Borrowers,
    CountLoans,
    CountReturns,
    CountWaits,
    CountYear,
    HoursOfPlace,
    KindOfYear,
    LoanFigures,
    LoansOfMonth,
    ReturnFigures,
    SpanAsked,
    WaitFigures,
    YearFigures,
)
from catalogue_api.domain import figures
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.figures import AgeBand, Span
from catalogue_api.services.call import Call
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage import figures as sql

_SHOWN_DAYS = 31
"""Waits of at least so many days are one entry."""
_MEDIAN, _MOST = 0.5, 0.9


def count_returns(session: Session, call: Call, body: CountReturns) -> ReturnFigures:
    """Count returns by hour and place; the desks come last."""
    connection, zone = session.connection(), call.rules.zone
    span = span_of(connection, body)
    counted = sql.returns_by_hour(connection, span.bounds(zone), body.site)
    places = figures.by_local_hour(counted, zone)
    desks = places.pop(figures.DESK, (0,) * figures.HOURS)
    at_kiosks = sum(map(sum, places.values()))
    ordered = [*sorted(places.items()), (figures.DESK, desks)]
    return ReturnFigures(
        first=span.first,
        last=span.last,
        total=at_kiosks + sum(desks),
        at_kiosks=at_kiosks,
        share=figures.share(at_kiosks, at_kiosks + sum(desks)),
        minutes_each=body.minutes_each,
        staff_hours=at_kiosks * body.minutes_each / 60,
        places=tuple(HoursOfPlace(kiosk=name, hours=hours) for name, hours in ordered),
    )


def count_loans(session: Session, call: Call, body: CountLoans) -> LoanFigures:
    """Count loans by month, site and kind."""
    connection = session.connection()
    months = span_of(connection, body).months()
    zone = call.rules.zone
    since, ends = months[0].bounds(zone)[0], [month.bounds(zone)[1] for month in months]
    counted = [
        LoansOfMonth(month=months[place].first, site=site, kind=TitleKind(kind), loans=number)
        for place, site, kind, number in sql.loans_by_site_and_kind(
            connection, since, ends, body.site
        )
    ]
    return LoanFigures(months=tuple(month.first for month in months), loans=tuple(counted))


def count_waits(session: Session, call: Call, body: CountWaits) -> WaitFigures:
    """Tell how long reservations took that became ready."""
    connection = session.connection()
    bounds = span_of(connection, body).bounds(call.rules.zone)
    days = sql.waits_by_days(connection, bounds, body.site)
    ready = sum(days.values())
    by_days = [days.get(day, 0) for day in range(_SHOWN_DAYS)]
    soon = sum(number for day, number in days.items() if day <= body.within)
    return WaitFigures(
        ready=ready,
        median_days=figures.nearest_rank(days, _MEDIAN),
        p90_days=figures.nearest_rank(days, _MOST),
        within=body.within,
        share_within=figures.share(soon, ready),
        by_days=(*by_days, ready - sum(by_days)),
    )


def count_year(session: Session, call: Call, body: CountYear) -> YearFigures:
    """Count a year."""
    connection, span = session.connection(), figures.year_span(body.year)
    bounds = span.bounds(call.rules.zone)
    held = sql.held_by_kind(connection, bounds[1])
    acquired = sql.taken_in_by_kind(connection, bounds)
    withdrawn = sql.withdrawn_by_kind(connection, bounds)
    loans: dict[str, int] = {}
    for _, _, kind, number in sql.loans_by_site_and_kind(connection, bounds[0], bounds[1:]):
        loans[kind] = loans.get(kind, 0) + number
    kinds = [
        KindOfYear(
            kind=kind,
            titles=held.get(kind, (0, 0))[0],
            copies=held.get(kind, (0, 0))[1],
            acquired=acquired.get(kind, 0),
            withdrawn=withdrawn.get(kind, 0),
            loans=loans.get(kind, 0),
        )
        for kind in TitleKind
    ]
    return YearFigures(
        year=body.year,
        kinds=tuple(kinds),
        borrowers=_borrowers(connection, call, span),
        registered=sql.registered(connection, bounds[1], span.first),
    )


def _borrowers(connection: Connection, call: Call, span: Span) -> tuple[Borrowers, ...] | None:
    year, today = span.first.year, call.rules.day(call.now)
    if not figures.borrowers_known(year, today):
        return None
    days: tuple[date, date] = (span.first, span.last)
    born = sql.borrowers_by_birth_year(connection, span.bounds(call.rules.zone), days)
    return tuple(
        Borrowers(bands=tuple(map(AgeBand, bands)), readers=readers)
        for bands, readers in figures.merged(figures.borrowers(born, year))
    )


def span_of(connection: Connection, body: SpanAsked) -> Span:
    """Return the days that are asked for; refuse a site that is not there."""
    if body.site:
        require_site(connection, body.site)
    return Span(body.first, body.last)
