"""Numbers that stand in a path: whatever is no number of ours is simply not there."""

import re

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.services.call import Call

_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_LARGEST = 2**31 - 1


def number(call: Call, name: str) -> int:
    """Return the number under a name of the path."""
    said = call.path[name]
    if not _NUMBER.fullmatch(said) or int(said) > _LARGEST:
        raise no_such(name)
    return int(said)


def no_such(what: str) -> Refused:
    """Return the problem for something that is not there."""
    return Refused(ProblemType.NOT_FOUND, f"there is no such {what}")
