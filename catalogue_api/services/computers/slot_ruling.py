"""The rules of the computers: shown, and changed by whoever has seen what is in force."""

from dataclasses import asdict

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.slot_rules import SlotRulesData, SlotRulesInfo
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.rules.ruling import begin
from catalogue_api.storage import rules as sql
from catalogue_api.storage.tables import SlotRule


def show_slot_rules(_session: Session, call: Call, _body: Nothing) -> SlotRulesInfo:
    """Show the rules in force."""
    return _told(call.rules)


def change_slot_rules(session: Session, call: Call, body: SlotRulesData) -> SlotRulesInfo:
    """Put other rules in force, from the next slot on."""
    connection = session.connection()
    begin(connection, call)
    before, said = asdict(call.rules.slots), body.model_dump()
    session.merge(SlotRule(id=1, **said))
    session.flush()
    changed = {name: said[name] for name in said if said[name] != before[name]}
    audit.record(session, call, "slot_rules_changed", "rules", changed)
    return _told(sql.rulebook(connection, call.rules))


def _told(rules: Rulebook) -> SlotRulesInfo:
    return SlotRulesInfo(**asdict(rules.slots), version=rules.version)
