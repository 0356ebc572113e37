"""Taking back what was done with copies: sent, shelved, made ready, taken down."""

from typing import Any

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.domain.deeds import DeedKind

__all__ = ["ENDPOINTS", "TAKE_BACK", "DeedKind", "TakenBack"]


class TakenBack(Message):
    """So many copies are again as they were before; those of `moved_on` stay as they are now.

    They were lent, returned, moved or given to a reader since, or are gone.
    """

    deed: int
    kind: DeedKind
    changed: int
    moved_on: tuple[str, ...] = ()


TAKE_BACK = Endpoint(
    "POST",
    "/v1/deeds/{deed}/taken-back",
    Nothing,
    TakenBack,
    Scope.CIRCULATION,
    "Take back what was done with copies",
    keyed=Keyed.HEADER,
)
"""On its own day, and once. What did it answers with the number of the deed."""

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (TAKE_BACK,)
