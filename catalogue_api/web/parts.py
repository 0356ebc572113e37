"""What the web face is built from: every clock, secret and rule is an argument."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from catalogue_api.importing.deposits import DepositSettings
from catalogue_api.services.answers.answering import Means
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.storage.engine.database import Database
from catalogue_api.web.proxies import Address


@dataclass(frozen=True, slots=True)
class Parts:
    """`clock` gives aware datetimes, `new_token` unguessable strings of 256 random bits.

    `exported` gives the record of a title with its copies, as other libraries read it; it raises
    `Refused`. `lock_after`: a desk that nobody used for so long asks for the password again.
    `proxies`: those that are believed from whom a request came. `deposits`: how files of records
    are taken in. `training`: every page says that nothing in it is real. `portal_address`: how
    readers reach it, "" where that is how they were reached. `library`: the name at its head, ""
    for that of the program.
    """

    database: Database
    rules: RulesInForce
    zone: ZoneInfo
    passwords: Passwords
    clock: Callable[[], datetime]
    new_token: Callable[[], str]
    exported: Callable[[Session, int], bytes]
    https: bool = False
    lock_after: timedelta = timedelta(minutes=15)
    proxies: frozenset[Address] = frozenset()
    deposits: DepositSettings = field(default=DepositSettings())
    training: bool = False
    portal_address: str = ""
    library: str = ""

    @property
    def means(self) -> Means:
        """Return what the answers of the contract are made with."""
        return Means(self.database, self.rules, self.passwords, self.new_token)
