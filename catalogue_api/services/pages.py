"""Pages of a list: a cursor is the key of the last entry that was shown, and nothing else."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from catalogue_api.contract.endpoint import ProblemType, Refused

Row = TypeVar("Row")
Key = tuple[int | str, ...]


def cursor_of(key: Key) -> str:
    """Return a key as it travels."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_of(cursor: str, like: Key) -> Key | None:
    """Return the key that a cursor holds, None for the first page.

    `like` shows the types of its parts; a cursor that was not given out is refused.
    """
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError as error:
        raise _unknown() from error
    if not isinstance(found, list) or [type(one) for one in found] != [type(one) for one in like]:
        raise _unknown()
    if any(isinstance(one, int) and abs(one) >= 1 << 63 for one in found):
        raise _unknown()
    return tuple(found)


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], Key]) -> tuple[Sequence[Row], str]:
    """Return the rows of a page and the cursor behind them; `rows` has one more if there is one."""
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], cursor_of(key(rows[limit - 1]))


def _unknown() -> Refused:
    return Refused(ProblemType.INVALID_REQUEST, "cursor: use the `next` of the page before")
