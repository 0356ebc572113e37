"""One table: which function answers which endpoint. Sockets and the simulated world share it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlmodel import Session

from catalogue_api.contract.endpoint import Endpoint, Message, ProblemType, Refused, Scope
from catalogue_api.contract.kiosks import GREET_KIOSK
from catalogue_api.contract.returns import PLACE_ITEM, RETURN_ITEM
from catalogue_api.domain.policy import Policy
from catalogue_api.services.call import Call, KioskCaller
from catalogue_api.services.kiosks import greet, kiosk_of
from catalogue_api.services.placing import place_item
from catalogue_api.services.returning import return_item
from catalogue_api.storage.database import Database
from catalogue_api.storage.errors import StorageError

Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)


@dataclass(frozen=True, slots=True)
class Handler(Generic[Q, A]):
    """An endpoint, the service that answers it, and whether that changes anything."""

    endpoint: Endpoint[Q, A]
    service: Callable[[Session, Call, Q], A]
    writes: bool


def _handler(
    endpoint: Endpoint[Q, A], service: Callable[[Session, Call, Q], A], *, writes: bool
) -> Handler[Any, Any]:
    """Join an endpoint and its service; a service of another shape is a type error here."""
    return Handler(endpoint, service, writes)


HANDLERS: tuple[Handler[Any, Any], ...] = (
    _handler(GREET_KIOSK, greet, writes=False),
    _handler(RETURN_ITEM, return_item, writes=True),
    _handler(PLACE_ITEM, place_item, writes=True),
)


@dataclass(frozen=True, slots=True)
class Asked(Generic[Q]):
    """A call as it came in: the bearer's token ("" for none), the path's values, the body."""

    token: str
    path: Mapping[str, str]
    body: Q


async def answer(
    database: Database, handler: Handler[Q, A], asked: Asked[Q], now: datetime, policy: Policy
) -> A:
    """Answer a call in one transaction, or raise `Refused`."""

    def work(session: Session) -> A:
        kiosk = _admitted(session, handler.endpoint, asked)
        return handler.service(session, Call(now, policy, asked.path, kiosk), asked.body)

    try:
        return await (database.write(work) if handler.writes else database.read(work))
    except StorageError as error:
        detail = "nothing was recorded: try again later"
        raise Refused(ProblemType.UNAVAILABLE, detail) from error


def _admitted(
    session: Session, endpoint: Endpoint[Any, Any], asked: Asked[Any]
) -> KioskCaller | None:
    """Return the kiosk that may make this call; None for what anyone may ask."""
    if endpoint.scope is Scope.ANYONE:
        return None
    if not asked.token:
        raise Refused(ProblemType.NOT_AUTHENTICATED, "send `Authorization: Bearer TOKEN`")
    kiosk = kiosk_of(session, asked.token)
    if endpoint.scope is not Scope.KIOSK:
        raise Refused(ProblemType.NOT_ALLOWED, "a kiosk may not ask this")
    if asked.path.get("kiosk") != kiosk.name:
        raise Refused(ProblemType.NOT_ALLOWED, "this token belongs to another kiosk")
    return kiosk
