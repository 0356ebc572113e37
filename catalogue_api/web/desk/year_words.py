"""The year of the ministry as a page shows it. Pure."""

from catalogue_api.contract.figures import AgeBand, YearFigures
from catalogue_api.web.pages.sheets import Sheet
from catalogue_api.web.texts import Words

_COLUMNS = ("titles", "copies", "acquired", "withdrawn", "loans")


def kinds_of(told: YearFigures, words: Words) -> Sheet:
    """Return what is held, taken in, withdrawn and lent, by kind; those that are not here left out.

    The last row is their sum.
    """
    counted = [(kind, tuple(getattr(kind, name) for name in _COLUMNS)) for kind in told.kinds]
    rows = [
        (words.text(f"kinds.{kind.kind.value}"), *numbers)
        for kind, numbers in counted
        if any(numbers)
    ]
    sums = [sum(numbers[place] for _, numbers in counted) for place in range(len(_COLUMNS))]
    return Sheet(
        words.text("year.kinds"),
        (words.text("figures.kind"), *(words.text(f"year.{name}") for name in _COLUMNS)),
        (*rows, (words.text("figures.total"), *sums)),
    )


def borrowers_of(told: YearFigures, words: Words) -> Sheet:
    """Return the borrowers by age; one row that says "not known" where they cannot be counted."""
    heads = (words.text("year.age"), words.text("year.readers"))
    total = words.text("figures.total")
    if told.borrowers is None:
        return Sheet(words.text("year.borrowers"), heads, ((total, None),))
    rows = [
        (" + ".join(words.text(f"age.{band.value}") for band in one.bands), one.readers)
        for one in told.borrowers
        if one.readers or one.bands != (AgeBand.UNKNOWN,)
    ]
    everybody = sum(one.readers for one in told.borrowers)
    return Sheet(words.text("year.borrowers"), heads, (*rows, (total, everybody)))
