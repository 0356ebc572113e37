"""The rules of lending: shown, and changed by whoever has seen what is in force."""

from sqlalchemy import Connection, delete, insert, update
from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.rules import (
    LimitEntry,
    LoanRuleEntry,
    RulesChange,
    RulesChanged,
    RulesInfo,
)
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.services.rules.touching import whom_rules_touch
from catalogue_api.storage import rules as sql
from catalogue_api.storage import tables


def show_rules(_session: Session, call: Call, _body: Nothing) -> RulesInfo:
    """Show the rules in force."""
    return told(call.rules)


def change_rules(session: Session, call: Call, body: RulesChange) -> RulesChanged:
    """Put other rules in force, from the next call on; tell whom that touches."""
    connection = session.connection()
    begin(connection, call)
    for site in {rule.site for rule in body.loan_rules} - {""}:
        require_site(connection, site)
    before = told(call.rules).model_dump(mode="json")
    connection.execute(
        update(tables.Rulebook).values(body.model_dump(exclude={"loan_rules", "limits", "dry_run"}))
    )
    _replace(connection, tables.LoanRule, body.loan_rules)
    _replace(connection, tables.LoanLimit, body.limits)
    rules = sql.rulebook(connection, call.rules)
    after = told(rules)
    said = after.model_dump(mode="json")
    changed = {name: said[name] for name in said if said[name] != before[name]}
    audit.record(session, call, "rules_changed", "rules", changed)
    touched = whom_rules_touch(connection, call.rules, rules)
    return RulesChanged(
        **after.model_dump(),
        loans_touched=touched.loans,
        readers_touched=touched.readers,
        readers_over_limit=touched.over_limit,
    )


def begin(connection: Connection, call: Call) -> None:
    """Begin a change of rules: nobody else changes any until the end, and nobody did meanwhile."""
    call.require_version(sql.locked_version(connection))
    sql.change(connection, call.rules, call.now)


def told(rules: Rulebook) -> RulesInfo:
    """Return rules as they travel."""
    penalties = rules.penalties
    return RulesInfo(
        shelf_days=rules.shelf_days,
        most_holds=rules.most_holds,
        hold_on_available=rules.hold_on_available,
        penalties=penalties.on,
        late_notices=rules.late_notices,
        heed_pegi=rules.heed_pegi,
        grace_days=penalties.grace_days,
        suspension_per_day=penalties.per_day,
        longest_suspension=penalties.longest,
        most_late_items=rules.most_late_items,
        loan_rules=tuple(
            LoanRuleEntry(
                category=category,
                kind=TitleKind(kind) if kind else None,
                site=site,
                lendable=terms.lendable,
                loan_days=terms.loan_days,
                renewals=terms.renewals,
                floats=terms.floats,
            )
            for (category, kind, site), terms in sorted(rules.loan_rules.items())
        ),
        limits=tuple(
            LimitEntry(category=category, kind=TitleKind(kind) if kind else None, most=most)
            for (category, kind), most in sorted(rules.limits.items())
        ),
        default_loan_days=rules.loan_days,
        version=rules.version,
    )


def _replace(
    connection: Connection,
    table: type[tables.LoanRule | tables.LoanLimit],
    entries: tuple[LoanRuleEntry, ...] | tuple[LimitEntry, ...],
) -> None:
    connection.execute(delete(table))
    rows = [
        entry.model_dump() | {"kind": entry.kind.value if entry.kind else ""} for entry in entries
    ]
    if rows:
        connection.execute(insert(table), rows)
