"""Readers: why one may not borrow for now, how one is found, and when one may go."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise

from catalogue_api.domain.folding import fold


class BlockKind(StrEnum):
    """Why a reader is blocked."""

    SUSPENSION = "suspension"
    """For bringing something back late; it has an end."""
    LOST_ITEM = "lost_item"
    LOST_CARD = "lost_card"
    STAFF = "staff"
    """By a librarian, for the reason written beside it."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A block in force; `until` is its last day, None if it lasts until it is lifted."""

    kind: BlockKind
    until: date | None = None
    reason: str = ""


class PatronRefusal(StrEnum):
    """Why a reader is not registered, changed or deleted. Closed."""

    CARD_TAKEN = "card_taken"
    PERHAPS_KNOWN = "perhaps_known"
    """Somebody of that name is registered already: it may be the same person."""
    HAS_LOANS = "has_loans"
    HAS_HOLDS = "has_holds"
    IS_BLOCKED = "is_blocked"
    """Something lasts that a librarian has to settle with them first."""
    HAS_REGISTRATIONS = "has_registrations"
    HAS_SLOTS = "has_slots"
    """A computer is kept for them."""
    PIN_TOO_SIMPLE = "pin_too_simple"


class HistoryKept(StrEnum):
    """For how long a reader wants ended loans and reservations to be known as theirs."""

    KEPT = "kept"
    """For as long as they are a reader."""
    MONTHS = "months"
    """As everybody’s: see `domain.retention`."""
    NONE = "none"
    """Until the night after."""


DELETED_AFTER = timedelta(days=7)
"""So long may readers take back that they have asked to be deleted."""


DIGITS_OF_CODE = 8


def one_time_code(chance: str) -> str:
    """Return the digits that a reader is given to sign in with once, made from a random text."""
    return f"{int(sha256(chance.encode()).hexdigest(), 16) % 10**DIGITS_OF_CODE:0{DIGITS_OF_CODE}d}"


def is_simple(pin: str) -> bool:
    """Tell whether a PIN is one of the first that somebody would try: all alike, or counted."""
    steps = {(int(after) - int(digit)) % 10 for digit, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}


def same_address(one: str, other: str) -> bool:
    """Tell whether two e-mail addresses are one; an empty one is nobody’s."""
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


@dataclass(frozen=True, slots=True)
class Named:
    """A person, as far as they are told from others; `birth_year` may be unknown."""

    family_name: str
    given_name: str
    birth_year: int | None = None


def may_be_same(one: Named, other: Named) -> bool:
    """Tell whether two may be one person: names alike, in either order, and no other birth year.

    An address of e-mail or a telephone tells nothing: families share them.
    """
    years = {one.birth_year, other.birth_year} - {None}
    return len(years) < 2 and _names(one) == _names(other)


def _names(person: Named) -> list[str]:
    return sorted(sought(person.family_name, person.given_name).replace("-", " ").split())


_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"\+?[0-9 .()/\u00a0\u202f-]+")
_TRUNKS = (("0033", 13), ("33", 11), ("0", 10))
"""What stands before the nine digits of a French number, and how long it is with that."""
_FEWEST_DIGITS = 4


def dialled(text: str) -> str:
    """Return the digits that a telephone number has however it is written; "" if this is none.

    `06 12 34 56 78`, `06.12.34.56.78` and `+33 6 12 34 56 78` are the same.
    """
    if not _NUMBER.fullmatch(text.strip()):
        return ""
    digits = "".join(sign for sign in text if sign.isdigit())
    for trunk, length in _TRUNKS:
        if digits.startswith(trunk) and len(digits) == length:
            return digits.removeprefix(trunk)
    return digits if len(digits) >= _FEWEST_DIGITS else ""


def sought(*parts: str) -> str:
    """Return the text in which a reader is looked for: folded, with single blanks."""
    return _BLANKS.sub(" ", fold(" ".join(parts))).strip()
