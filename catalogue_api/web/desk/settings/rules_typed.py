"""The table of rules as a form: a line of fields for each rule, and empty lines behind. Pure.

A line is told by its number: `rule.3.loan_days`, `limit.0.most`. One that was there already is
`fixed`: of what it speaks is not changed, but it may be `gone`.
"""

import re
from collections.abc import Mapping

from catalogue_api.contract.endpoint import Message
from catalogue_api.contract.rules import LimitEntry, LoanRuleEntry, RulesChange, RulesInfo
from catalogue_api.web.desk.settings.rule_words import NUMBERS, SWITCHES
from catalogue_api.web.pages.forms import Form, Unfit, body_of

MOST_LINES = 120
"""More than so many are changed from the command line: a form must stay within 64 kB."""

_FREE_RULES, _FREE_LIMITS = 2, 2
_LINE = re.compile(r"(rule|limit)\.(\d{1,3})\.\w+")
_TYPED = ("category", "kind", "site", "loan_days", "most")
"""The fields that are all empty in an empty line."""


def values_of(rules: RulesInfo) -> dict[str, str]:
    """Return the fields of the form for rules that are in force."""
    said: dict[str, str] = {}
    for name in NUMBERS:
        value = getattr(rules, name)
        said[name] = "" if value is None else f"{value}"
    said |= {name: "1" for name in SWITCHES if getattr(rules, name)}
    for number, rule in enumerate(rules.loan_rules):
        said |= _line(f"rule.{number}.", rule)
    for number, limit in enumerate(rules.limits):
        said |= _line(f"limit.{number}.", limit)
    for number in range(_FREE_RULES):
        prefix = f"rule.{len(rules.loan_rules) + number}."
        said |= {f"{prefix}lendable": "1", f"{prefix}loan_days": "", f"{prefix}renewals": "1"}
    for number in range(_FREE_LIMITS):
        said[f"limit.{len(rules.limits) + number}.most"] = ""
    return said


def numbers(values: Mapping[str, str], what: str) -> list[int]:
    """Return the numbers of the lines of rules, or of limits, that a form has."""
    found = (_LINE.fullmatch(name) for name in values)
    return sorted({int(one[2]) for one in found if one and one[1] == what})


def body_typed(form: Form, *, dry_run: bool) -> RulesChange:
    """Return what was typed as a body of the contract; raise `Unfit`, line by line."""
    errors: dict[str, tuple[str, ...]] = {}
    alone: dict[str, object] = {name: form.text(name) or None for name in NUMBERS}
    for name in NUMBERS:
        if alone[name] is None and name != "most_late_items":
            errors[name] = ("field.required",)
    alone |= {name: bool(form.text(name)) for name in SWITCHES}
    rules = _lines(form, "rule", LoanRuleEntry, errors)
    limits = _lines(form, "limit", LimitEntry, errors)
    if errors:
        raise Unfit(errors)
    try:
        return body_of(
            RulesChange, {**alone, "loan_rules": rules, "limits": limits, "dry_run": dry_run}
        )
    except Unfit as unfit:
        twice = {"": ("rules.twice",)} if "" in unfit.errors else {}
        raise Unfit({**unfit.errors, **twice}) from unfit


def _line(prefix: str, entry: LoanRuleEntry | LimitEntry) -> dict[str, str]:
    said = {f"{prefix}fixed": "1"}
    for name, value in entry.model_dump(mode="json").items():
        if value is not False:
            said[prefix + name] = "1" if value is True else "" if value is None else f"{value}"
    return said


def _lines(
    form: Form,
    what: str,
    model: type[LoanRuleEntry | LimitEntry],
    errors: dict[str, tuple[str, ...]],
) -> list[Message]:
    found: list[Message] = []
    for number in numbers(form.fields, what):
        prefix = f"{what}.{number}."
        empty = not any(form.text(prefix + name) for name in ("fixed", *_TYPED))
        if form.text(prefix + "gone") or empty:
            continue
        try:
            found.append(body_of(model, _entry(form, prefix, model)))
        except Unfit as unfit:
            errors |= {prefix + name: keys for name, keys in unfit.errors.items()}
    return found


def _entry(form: Form, prefix: str, model: type[LoanRuleEntry | LimitEntry]) -> dict[str, object]:
    said: dict[str, object] = {}
    for name in model.model_fields:
        text = form.text(prefix + name)
        if name in {"lendable", "floats"}:
            said[name] = bool(text)
        elif name == "kind":
            said[name] = text or None
        elif text or model is LimitEntry or form.text(prefix + "lendable"):
            said[name] = text
    return said
