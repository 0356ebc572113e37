"""What stands against an event, as a problem."""

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.events import EventRefusal


def refused(*reasons: EventRefusal) -> Refused:
    """Return the problem that names all that stands against it."""
    said = "; ".join(reason.value.replace("_", " ") for reason in reasons)
    return Refused(
        ProblemType.REFUSED_BY_RULE,
        f"not like this: {said}",
        tuple(reason.value for reason in reasons),
    )
