"""Text of one line: no control characters, so that it can stand in a list, a letter or a log."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

PLAIN: Final = r"^[^\x00-\x1f\x7f]*$"
PLAIN_AND_SOME: Final = r"^[^\x00-\x1f\x7f]+$"
"""The same, but not empty."""

Line = Annotated[str, StringConstraints(max_length=200, pattern=PLAIN, strip_whitespace=True)]
SiteCode = Annotated[str, Field(min_length=1, max_length=32, pattern=PLAIN_AND_SOME)]
"""The code of a site of the library, as in `CENTRALE`."""
