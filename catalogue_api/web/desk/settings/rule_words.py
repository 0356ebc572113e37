"""The rules of lending in words: each rule in a line, and what is new between two sets. Pure."""

from collections.abc import Iterator, Mapping

from catalogue_api.contract.rules import LimitEntry, LoanRuleEntry, RulesData
from catalogue_api.domain.collection import TitleKind
from catalogue_api.web.texts import Words

NUMBERS = (
    "shelf_days",
    "most_holds",
    "grace_days",
    "suspension_per_day",
    "longest_suspension",
    "most_late_items",
)
SWITCHES = ("hold_on_available", "penalties", "late_notices", "heed_pegi")


def setting(words: Words, rules: RulesData, name: str) -> str:
    """Return the value of a setting that stands alone: « 10 », « oui », « sans limite »."""
    value = getattr(rules, name)
    if value is None:
        return words.text("rules.no_limit")
    return words.text("rules.yes" if value else "rules.no") if name in SWITCHES else f"{value}"


def subject(
    words: Words,
    category: str,
    kind: TitleKind | None,
    site: str = "",
    sites: Mapping[str, str] | None = None,
) -> str:
    """Return of what a rule speaks: « Films · enfant · Cachan », or all."""
    parts = [
        words.text(f"title_kind.{kind.value}") if kind else words.text("rules.any_kind"),
        category or words.text("rules.any_category"),
        *([(sites or {}).get(site, site)] if site else []),
    ]
    return " · ".join(parts)


def terms(words: Words, rule: LoanRuleEntry) -> str:
    """Return what a loan rule allows: « 21 jours, 1 prolongation »."""
    if not rule.lendable:
        return words.text("rules.not_lent")
    said = [words.count("rules.days", rule.loan_days)]
    if rule.renewals:
        said.append(words.count("rules.renewals", rule.renewals))
    else:
        said.append(words.text("rules.no_renewal"))
    if rule.floats:
        said.append(words.text("rules.floats_said"))
    return ", ".join(said)


def in_words(words: Words, rules: RulesData, sites: Mapping[str, str]) -> dict[str, str]:
    """Return every rule in words, by what it speaks of."""
    loan = {
        subject(words, one.category, one.kind, one.site, sites): terms(words, one)
        for one in rules.loan_rules
    }
    most = {
        words.text("rules.limit_of", what=subject(words, one.category, one.kind)): _most(words, one)
        for one in rules.limits
    }
    alone = {
        words.text(f"rules.{name}"): setting(words, rules, name) for name in (*NUMBERS, *SWITCHES)
    }
    return loan | most | alone


def changes(before: Mapping[str, str], after: Mapping[str, str], words: Words) -> Iterator[str]:
    """Yield in words what changes between two sets of rules in words."""
    for what in dict.fromkeys((*after, *before)):
        old, new = before.get(what), after.get(what)
        if old is None:
            yield words.text("preview.new", what=what, after=new)
        elif new is None:
            yield words.text("preview.gone", what=what, before=old)
        elif old != new:
            yield words.text("preview.change", what=what, before=old, after=new)


def _most(words: Words, limit: LimitEntry) -> str:
    return words.count("rules.most_loans", limit.most)
