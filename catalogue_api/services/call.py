"""Who calls, when, and under which rules: what every service is told beside its body."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.roles import Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.secrets.passwords import NOTHING_PROVED, Proof
from catalogue_api.services.secrets.tokens import new_token


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who proved who they are: `name` is unique within the role.

    `site` is where a kiosk stands or a member of staff works, "" for others; `patron_id` is set
    for a patron, whose `name` is that number too: their card stays out of every log. `session` is
    what is stored of the token of somebody who signed in, last seen at `seen_at`.
    `password_given`: they signed in with a password that somebody else made.
    """

    role: Role
    name: str
    site: str = ""
    site_name: str = ""
    patron_id: int = 0
    session: str = field(default="", repr=False)
    seen_at: datetime | None = None
    password_given: bool = False

    @property
    def actor(self) -> str:
        """What is written down of them: `kiosk:hall`, `patron:17`, `librarian:claire`."""
        return f"{self.role.value}:{self.name}"


def name_of(caller: Caller) -> str:
    """Return what the history of a reservation says of a caller: never which reader it was."""
    if caller.role is Role.PATRON:
        return caller.role.value
    return caller.actor if caller.role in {Role.KIOSK, Role.COMPUTER} else caller.name


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an endpoint.

    `path` holds the decoded values of its path. `version` is what `If-Match` said, None where
    the endpoint asks for none. `address` is where it came from, "" within a process. `proof` is
    what argon2 found out before (see `Handler.before`). `recorded` are the actions that the
    service wrote into the audit log itself.
    """

    now: datetime
    rules: Rulebook
    path: Mapping[str, str] = field(default_factory=dict)
    caller: Caller | None = None
    version: int | None = None
    address: str = ""
    proof: Proof = NOTHING_PROVED
    new_token: Callable[[], str] = new_token
    recorded: list[str] = field(default_factory=list)

    def the_caller(self) -> Caller:
        """Return who calls; a call without anybody is not authenticated."""
        if self.caller is None:
            raise Refused(ProblemType.NOT_AUTHENTICATED, "nobody has proved who is calling")
        return self.caller

    def the_site(self) -> str:
        """Return the site at which the caller works; staff without one have to name it."""
        site = self.the_caller().site
        if not site:
            raise Refused(ProblemType.INVALID_REQUEST, "say at which site this happens")
        return site

    def require_version(self, found: int) -> None:
        """Refuse unless the caller has seen what is stored now."""
        if self.version is not None and self.version != found:
            raise Refused(
                ProblemType.CHANGED_MEANWHILE,
                f"it is at version {found} now: look at it again, then decide",
            )
