"""Who calls, when, and under which rules: what every service is told beside its body."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class KioskCaller:
    """A kiosk that proved who it is, and the site where it stands."""

    name: str
    site: str
    site_name: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an endpoint; `path` holds the decoded values of its path."""

    now: datetime
    policy: Policy
    path: Mapping[str, str]
    kiosk: KioskCaller | None = None

    def the_kiosk(self) -> KioskCaller:
        """Return the kiosk that calls; a call without one is not authenticated."""
        if self.kiosk is None:
            raise Refused(ProblemType.NOT_AUTHENTICATED, "a kiosk's token is needed")
        return self.kiosk
