"""The operator of this machine calls services: on the database of the settings, by its rules."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TypeVar

from sqlmodel import Session

from catalogue_api.domain.roles import Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.engine.database import Database

Opened = Callable[[], AbstractContextManager[tuple[Database, ApiSettings]]]
"""Opens the database of the settings, for as long as a command runs."""

Value = TypeVar("Value")

OPERATOR = Caller(Role.ADMINISTRATOR, "command line")
"""Whoever may open the database on this machine; the audit log says so."""


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def rules_of(settings: ApiSettings) -> RulesInForce:
    """Return the library's rules, which begin as what the settings say."""
    return RulesInForce(Rulebook(settings.time_zone, settings.loan_days, settings.shelf_days))


def run(
    opened: Opened,
    work: Callable[[Session, Call], Value],
    *,
    writes: bool,
    path: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Value:
    """Call a service as the operator of this machine, in one transaction."""

    def unit(session: Session) -> Value:
        rules = rules_of(settings).current(session.connection())
        return work(session, Call(now(), rules, path or {}, OPERATOR, version))

    with opened() as (database, settings):
        return database.write_now(unit) if writes else database.read_now(unit)
