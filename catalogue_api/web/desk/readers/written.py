"""What the forms of a reader's data say, as the contract wants it, and back again. Pure."""

import re
from collections.abc import Iterable, Mapping

from catalogue_api.contract.patrons import PatronData, PatronInfo
from catalogue_api.web.pages.forms import Form

_BY_DAY = re.compile(r"(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})")
_OPTIONAL = ("birth_year", "home_site", "expires_on")
_CATEGORIES = ("adult", "child")
LANGUAGES = ("fr", "en", "es", "pt", "ar")
"""Languages that a reader may be written to in, first those of the desk."""


def day_of(typed: str) -> str | None:
    """Return a day as the contract writes it, None for none; it may be typed as 31/12/2027."""
    found = _BY_DAY.fullmatch(typed)
    if not found:
        return typed or None
    day, month, year = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}"


def data_of(form: Form) -> dict[str, object]:
    """Return what a form says of a reader."""
    said: dict[str, object] = {name: form.text(name) for name in PatronData.model_fields}
    said |= {name: form.text(name) or None for name in _OPTIONAL}
    said |= {
        "expires_on": day_of(form.text("expires_on")),
        "keeps_history": bool(form.text("keeps_history")),
    }
    return said


def values_of(reader: PatronData | PatronInfo) -> dict[str, str]:
    """Return what stands in the fields of a form about a reader."""
    values = {name: getattr(reader, name) for name in PatronData.model_fields}
    texts = {name: "" if value is None else str(value) for name, value in values.items()}
    return texts | {"keeps_history": "on" if reader.keeps_history else ""}


def categories(in_rules: Iterable[str], own: str) -> list[str]:
    """Return the categories to choose from: those of the rules, the usual ones, and one's own."""
    return list(
        dict.fromkeys([*_CATEGORIES, *sorted(filter(None, in_rules)), *filter(None, [own])])
    )


def languages(own: str) -> Mapping[str, None]:
    """Return the languages to choose from, in order."""
    return dict.fromkeys([*LANGUAGES, *filter(None, [own])])
