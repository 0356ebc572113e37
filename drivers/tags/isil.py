"""Library identifiers (ISIL, ISO 15511): `FR-940160001`, a country and a unit."""

import re
from typing import Final

_ISIL: Final = re.compile(r"([A-Za-z]{2})-([A-Za-z0-9:/-]{1,11})")


def join(country: str, unit: str) -> str | None:
    """Put an ISIL together, or tell by None that this is none."""
    isil = f"{country}-{unit}"
    return isil if _ISIL.fullmatch(isil) else None


def split(isil: str) -> tuple[str, str]:
    """Take an ISIL apart into country and unit. Raise ValueError if it is none.

    ISILs without a country (`OCLC-…`, `ZDB-…`) exist; tags have no room for their prefix.
    """
    match = _ISIL.fullmatch(isil)
    if match is None:
        raise ValueError(f"{isil!r} is no ISIL with a country, such as FR-940160001")
    country, unit = match.groups()
    return country, unit


def is_isil(text: str) -> bool:
    """Whether a text is an ISIL with a country."""
    return bool(_ISIL.fullmatch(text))
