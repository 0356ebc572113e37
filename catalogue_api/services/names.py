"""Names that people give to kiosks and programs."""

import re

from catalogue_api.contract.endpoint import ProblemType, Refused

_NAME = re.compile(r"[^\s/:][^\x00-\x1f\x7f:]{0,63}")


def require_name(name: str) -> str:
    """Return the name; refuse what cannot be printed, written down or typed."""
    if not _NAME.fullmatch(name):
        raise Refused(
            ProblemType.INVALID_REQUEST,
            "a name has 1 to 64 characters that can be printed, and no `:`",
        )
    return name
