"""The library's own rules as one value: what it decides once, and librarians may change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from catalogue_api.domain.calendar import Calendar
from catalogue_api.domain.lateness import Penalties
from catalogue_api.domain.slots import SlotRules


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """How something is lent. `floats`: it stays at the site at which it was returned."""

    lendable: bool = True
    loan_days: int = 28
    renewals: int = 1
    floats: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """How many loans a reader may have at once, of a kind or ("") of all kinds together."""

    kind: str
    most: int


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules in force; days are calendar days in the library's own time zone.

    `version` grows with every change: whoever holds an older rulebook loads it again. `loan_days`
    holds where no loan rule speaks. `loan_rules` are by category, kind and site, `limits` by
    category and kind; "" stands for any. `most_late_items`: how many open loans may be late before
    nothing more is lent, None if lateness blocks nothing. `heed_pegi`: games are lent to
    younger readers than PEGI says only if a librarian decides so.
    """

    zone: ZoneInfo
    loan_days: int = 28
    shelf_days: int = 10
    version: int = 0
    most_holds: int = 10
    hold_on_available: bool = True
    penalties: Penalties = field(default=Penalties())
    late_notices: bool = False
    heed_pegi: bool = True
    most_late_items: int | None = None
    loan_rules: Mapping[tuple[str, str, str], LoanTerms] = field(default_factory=dict)
    limits: Mapping[tuple[str, str], int] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    elsewhere: Calendar | None = None
    slots: SlotRules = field(default=SlotRules())

    def day(self, instant: datetime) -> date:
        """Return the calendar day of an instant in the library."""
        return instant.astimezone(self.zone).date()

    def calendar(self, site: str) -> Calendar:
        """Return the calendar of a site; an unknown one keeps what holds for all sites."""
        return self.calendars.get(site) or self.elsewhere or Calendar(self.zone)

    def terms(self, category: str = "", kind: str = "", site: str = "") -> LoanTerms:
        """Return the terms on which a site lends a kind to a category of readers.

        The most specific rule wins: one that names the kind before one that does not, among
        those one that names the category, among those one that names the site.
        """
        if not self.loan_rules:
            return LoanTerms(loan_days=self.loan_days)
        for of_kind, of_category, of_site in product((kind, ""), (category, ""), (site, "")):
            terms = self.loan_rules.get((of_category, of_kind, of_site))
            if terms is not None:
                return terms
        return LoanTerms(loan_days=self.loan_days)

    def limits_on(self, category: str, kind: str) -> Iterator[Limit]:
        """Yield the limits that one more loan must keep: of its kind, then of all kinds.

        A limit of the reader's category takes the place of one of any category.
        """
        for of_kind in dict.fromkeys((kind, "")):
            most = self.limits.get((category, of_kind), self.limits.get(("", of_kind)))
            if most is not None:
                yield Limit(of_kind, most)

    def due_on(
        self,
        lent_at: datetime,
        site: str = "",
        terms: LoanTerms | None = None,
        card_ends: date | None = None,
    ) -> date:
        """Return the last day of a loan that begins now.

        It is the first open day from the end of the period on; never later than the card, which
        must not have expired yet. Where the card cuts it short, it is the last open day of the
        card that is not already past, or the card's last day if there is none.
        """
        begins = self.day(lent_at)
        calendar, days = self.calendar(site), (terms or self.terms(site=site)).loan_days
        due = calendar.next_open_day(begins + timedelta(days=days))
        if card_ends is None or due <= card_ends:
            return due
        open_day = calendar.previous_open_day(card_ends)
        return open_day if open_day >= begins else card_ends

    def shelf_until(self, ready_at: datetime, site: str = "") -> date:
        """Return the last day, an open one, on which a copy made ready now waits for its reader."""
        return self.calendar(site).next_open_day(
            self.day(ready_at) + timedelta(days=self.shelf_days)
        )
