"""Figures as a page shows them: a sentence, plots, and the sheet that says the same. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup

from catalogue_api.contract.figures import (
    DESK,
    LoanFigures,
    ReturnFigures,
    TitleKind,
    WaitFigures,
)
from catalogue_api.web.desk.plots import SMALL, WIDE, Bar, Said, Series, Size, bars, lines
from catalogue_api.web.pages.sheets import Cell, Sheet
from catalogue_api.web.texts import Words

_USUAL_DAY = (8, 19)
"""The hours that are shown although nothing happened in them."""
_MOST_LINES = 5
_HOURS_APART, _DAYS_APART = 3, 5
"""So far stand labels from each other."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plot in two sizes, of which the style sheet shows the one that fits; and its heading."""

    heading: str
    wide: Markup
    small: Markup


@dataclass(frozen=True, slots=True)
class Figure:
    """One chapter of the page; `plots` is empty where there is nothing to show.

    `beside`: plots in one size that are compared with each other.
    """

    name: str
    sentence: str
    plots: tuple[Drawn, ...]
    sheet: Sheet
    beside: tuple[Drawn, ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers and months are written in the language of a page."""

    words: Words

    def number(self, value: float) -> str:
        """Return a number: « 12 345 », « 1,5 »."""
        return str(format_decimal(value, "#,##0.#", locale=self.words.language))

    def plain(self, value: float) -> str:
        """Return a number as a spreadsheet reads it: « 12345,25 »."""
        return str(format_decimal(value, "0.####", locale=self.words.language))

    def percent(self, value: float | None) -> str:
        """Return a share (0 to 1), a dash for none."""
        return "–" if value is None else str(format_percent(value, locale=self.words.language))

    def month(self, day: date) -> str:
        """Return a month in few letters: « nov. 26 »."""
        return str(format_date(day, "LLL yy", locale=self.words.language))


def of_returns(told: ReturnFigures, style: Style) -> Figure:
    """Return the returns by hour: all of them, and place by place where there are several."""
    words = style.words
    busy = [place for place in told.places if any(place.hours)]
    everywhere = [sum(place.hours[hour] for place in told.places) for hour in range(24)]
    hours = hours_shown(everywhere)
    names = [_place(place.kiosk, words) for place in told.places]
    rows: list[tuple[Cell, ...]] = [
        (_hour(hour), *(place.hours[hour] for place in told.places), everywhere[hour])
        for hour in range(24)
    ]
    totals = [sum(place.hours) for place in told.places]
    sheet = Sheet(
        words.text("figures.returns.table"),
        (words.text("figures.hour"), *names, words.text("figures.total")),
        (*rows, (words.text("figures.total"), *totals, told.total)),
    )
    if not told.total:
        return Figure("returns", words.text("figures.returns.none"), (), sheet)
    peak = max(range(24), key=everywhere.__getitem__)
    sentence = words.text(
        "figures.returns.peak",
        first=peak,
        last=peak + 1,
        number=style.number(everywhere[peak]),
        total=style.number(told.total),
    )
    most = float(max(max(place.hours) for place in busy))
    beside = [
        _by_hour(f"returns{number}", _place(place.kiosk, words), place.hours, hours, style, most)
        for number, place in enumerate(busy)
    ]
    whole = _by_hour("returns", words.text("figures.returns.all"), everywhere, hours, style)
    return Figure(
        "returns", sentence, (whole,), sheet, beside=tuple(beside) if len(beside) > 1 else ()
    )


def of_loans(told: LoanFigures, style: Style, sites: Mapping[str, str], today: date) -> Figure:
    """Return the loans by month: a line for each of the kinds that are lent most.

    Of the month of `today` it is said that it goes on.
    """
    words, months = style.words, list(told.months)
    by_kind: dict[TitleKind, list[int]] = {}
    for one in told.loans:
        by_kind.setdefault(one.kind, [0] * len(months))[months.index(one.month)] += one.loans
    sheet, total = _sheet_of_loans(told, words, sites), sum(one.loans for one in told.loans)
    if not total:
        return Figure("loans", words.text("figures.loans.none"), (), sheet)
    drawn = _lines_of(by_kind, words)
    shown = [style.month(month) for month in months]
    said = "; ".join(
        f"{series.name}: " + ", ".join(style.number(value) for value in series.values)
        for series in drawn
    )
    sentence = words.text(
        "figures.loans.sum", total=style.number(total), first=shown[0], last=shown[-1]
    )
    if today.replace(day=1) in months:
        sentence += " " + words.text("figures.loans.goes_on")
    title = words.text("figures.loans.title")
    plots = both(
        title,
        lambda name, size: lines(Said(name, title, said), shown, drawn, style.number, size),
        "loans",
    )
    return Figure("loans", sentence, (plots,), sheet)


def _sheet_of_loans(told: LoanFigures, words: Words, sites: Mapping[str, str]) -> Sheet:
    return Sheet(
        words.text("figures.loans.table"),
        (
            words.text("figures.month"),
            words.text("figures.site"),
            words.text("figures.kind"),
            words.text("figures.loans.loans"),
        ),
        tuple(
            (
                f"{one.month:%Y-%m}",
                sites.get(one.site, one.site),
                words.text(f"kinds.{one.kind.value}"),
                one.loans,
            )
            for one in told.loans
        ),
    )


def of_waits(told: WaitFigures, style: Style) -> Figure:
    """Return how many reservations became ready after how many days."""
    words, last = style.words, len(told.by_days) - 1
    names = [str(day) if day < last else f"{day}+" for day in range(last + 1)]
    sheet = Sheet(
        words.text("figures.waits.table"),
        (words.text("figures.days"), words.text("figures.waits.ready")),
        tuple(zip(names, told.by_days, strict=True)),
    )
    if not told.ready:
        return Figure("waits", words.text("figures.waits.none"), (), sheet)
    sentence = words.text(
        "figures.waits.sum",
        number=style.number(told.ready),
        median=told.median_days,
        most=told.p90_days,
        share=style.percent(told.share_within),
        within=told.within,
    )
    shown = [
        Bar(
            name if day % _DAYS_APART == 0 or day == last else "",
            number,
            words.text("figures.waits.bar", day=name, number=style.number(number)),
        )
        for day, (name, number) in enumerate(zip(names, told.by_days, strict=True))
    ]
    shown[last - 1] = Bar("", shown[last - 1].value, shown[last - 1].says)  # no room beside 31+
    title = words.text("figures.waits.title")
    plot = both(
        title,
        lambda name, size: bars(Said(name, title, sentence), shown, style.number, size),
        "waits",
    )
    return Figure("waits", sentence, (plot,), sheet)


def _place(kiosk: str, words: Words) -> str:
    return words.text("figures.desks") if kiosk == DESK else kiosk


def _hour(hour: int) -> str:
    return f"{hour:02}:00"


def hours_shown(counted: Sequence[int]) -> range:
    """Return the hours of the day that a plot shows: those with something in them, and usual ones.

    `counted` has a number for each of the 24.
    """
    some = [hour for hour in range(24) if counted[hour]]
    return range(min([*some, _USUAL_DAY[0]]), max([*some, _USUAL_DAY[1]]) + 1)


def _by_hour(
    name: str,
    heading: str,
    counted: Sequence[int],
    hours: range,
    style: Style,
    most: float | None = None,
) -> Drawn:
    words = style.words
    shown = [
        Bar(
            words.text("figures.at_hour", hour=hour) if hour % _HOURS_APART == 0 else "",
            counted[hour],
            words.text(
                "figures.returns.bar",
                first=hour,
                last=hour + 1,
                number=style.number(counted[hour]),
            ),
        )
        for hour in hours
    ]
    peak = max(hours, key=counted.__getitem__)
    description = words.text(
        "figures.returns.peak",
        first=peak,
        last=peak + 1,
        number=style.number(counted[peak]),
        total=style.number(sum(counted)),
    )
    title = words.text("figures.returns.of", place=heading)
    return both(
        heading,
        lambda plot, size: bars(Said(plot, title, description), shown, style.number, size, most),
        name,
    )


def _lines_of(by_kind: Mapping[TitleKind, Sequence[int]], words: Words) -> list[Series]:
    """The kinds that are lent most, and all others together."""
    ordered = sorted(by_kind, key=lambda kind: (-sum(by_kind[kind]), kind.value))
    some = ordered if len(ordered) <= _MOST_LINES else ordered[: _MOST_LINES - 1]
    found = [Series(words.text(f"kinds.{one.value}"), tuple(by_kind[one])) for one in some]
    rest = [by_kind[one] for one in ordered[len(some) :]]
    if rest:
        found.append(Series(words.text("figures.others"), tuple(map(sum, zip(*rest, strict=True)))))
    return found


def both(heading: str, draw: Callable[[str, Size], Markup], name: str) -> Drawn:
    """Return a plot drawn in both sizes; `name` is unique on the page."""
    return Drawn(heading, draw(f"{name}-w", WIDE), draw(f"{name}-s", SMALL))
