"""Who changes something, when, and by which rules: what the steps of a use case share."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.call import Call, name_of
from catalogue_api.storage.engine.unit import connection_of


@dataclass(frozen=True, slots=True)
class Acting:
    """Who changes something, when, and under which rules.

    `by` is written into histories: a name of the staff, "patron", or a work such as "night".
    """

    session: Session
    now: datetime
    rules: Rulebook
    by: str

    @property
    def connection(self) -> Connection:
        """The connection of the unit; what the session knows is written before it is used."""
        self.session.flush()
        return connection_of(self.session)

    @property
    def today(self) -> date:
        """The calendar day in the library."""
        return self.rules.day(self.now)


def acting(session: Session, call: Call) -> Acting:
    """Return the caller as one who changes something now."""
    return Acting(session, call.now, call.rules, name_of(call.the_caller()))
