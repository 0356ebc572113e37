"""Where a library system puts what it knows of a copy: dialects of UNIMARC field 995.

The field is a French recommendation; systems agree on its number and on little else.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class ProfileName(StrEnum):
    """The systems whose dialect is known, by their name on the command line."""

    KOHA = "koha"


@dataclass(frozen=True, slots=True)
class Profile:
    """Subfield codes of one dialect; the status ones say no with `0` or nothing.

    `comic_mark` finds comics by their shelf mark, where records have no form for them.
    """

    field: str
    barcode: str
    home: str
    current: str
    shelf_mark: str
    withdrawn: str
    lost: str
    not_for_loan: str
    missing_codes: frozenset[str]
    comic_mark: re.Pattern[str]


PROFILES: dict[ProfileName, Profile] = {
    ProfileName.KOHA: Profile(
        field="995",
        barcode="f",
        home="b",
        current="c",
        shelf_mark="k",
        withdrawn="0",
        lost="2",
        not_for_loan="o",
        missing_codes=frozenset({"4"}),  # of Koha's default list LOST: 4 is "missing"
        comic_mark=re.compile(r"(?<!\w)(?:BD|MANGAS?)(?!\w)", re.IGNORECASE),
    ),
}
