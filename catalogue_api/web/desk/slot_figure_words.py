"""The use of the computers as the page of figures shows it: a sentence, a plot, a sheet. Pure."""

from catalogue_api.contract.slot_figures import SlotFigures
from catalogue_api.web.desk.figure_words import Figure, Style, both, hours_shown
from catalogue_api.web.desk.plots import Bar, Said, bars
from catalogue_api.web.pages.sheets import Sheet

_HOURS_APART = 3


def of_slots(told: SlotFigures, style: Style) -> Figure:
    """Return how many sessions began at which hour, and what they came to."""
    words, number = style.words, style.number
    sheet = Sheet(
        words.text("figures.slots.table"),
        (words.text("figures.hour"), words.text("figures.slots.sessions")),
        (
            *((f"{hour:02}:00", begun) for hour, begun in enumerate(told.by_hour)),
            (words.text("figures.total"), told.sessions),
        ),
    )
    if not told.sessions:
        return Figure("slots", words.text("figures.slots.none"), (), sheet)
    sentence = words.text(
        "figures.slots.sum",
        sessions=number(told.sessions),
        hours=number(told.minutes / 60),
        no_shows=number(told.no_shows),
        cancelled=number(told.cancelled),
    )
    shown = [
        Bar(
            words.text("figures.at_hour", hour=hour) if hour % _HOURS_APART == 0 else "",
            told.by_hour[hour],
            words.text("figures.slots.bar", hour=hour, number=number(told.by_hour[hour])),
        )
        for hour in hours_shown(told.by_hour)
    ]
    title = words.text("figures.slots.title")
    plot = both(
        title, lambda name, size: bars(Said(name, title, sentence), shown, number, size), "slots"
    )
    return Figure("slots", sentence, (plot,), sheet)
