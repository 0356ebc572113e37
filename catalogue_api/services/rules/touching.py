"""Whom a change of the rules of lending touches: loans that are open, and those who have them."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection

from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.storage import due_dates
from catalogue_api.storage.due_dates import OpenLoans


@dataclass(frozen=True, slots=True)
class Touched:
    """Open loans whose terms are others now, their readers, and those who are over a limit now."""

    loans: int = 0
    readers: int = 0
    over_limit: int = 0


def whom_rules_touch(connection: Connection, before: Rulebook, after: Rulebook) -> Touched:
    """Compare two rulebooks over all open loans; without a rule that differs nothing is read."""
    terms_differ = (before.loan_rules, before.loan_days) != (after.loan_rules, after.loan_days)
    if not terms_differ and before.limits == after.limits:
        return Touched()
    found = due_dates.open_loans(connection)
    touched = [
        one
        for one in found
        if before.terms(one.category, one.kind, one.site)
        != after.terms(one.category, one.kind, one.site)
    ]
    return Touched(
        loans=sum(one.loans for one in touched),
        readers=len({one.patron for one in touched}),
        over_limit=len(_over(found, after) - _over(found, before)),
    )


def _over(found: list[OpenLoans], rules: Rulebook) -> set[int]:
    """Return the readers who have more than a limit allows, of a kind or of all together."""
    having: Counter[tuple[int, str, str]] = Counter()
    for one in found:
        having[one.patron, one.category, one.kind] += one.loans
        having[one.patron, one.category, ""] += one.loans
    return {
        patron
        for (patron, category, kind), loans in having.items()
        for limit in rules.limits_on(category, kind)
        if limit.kind == kind and loans > limit.most
    }
