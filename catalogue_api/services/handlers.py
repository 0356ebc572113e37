"""One table: which function answers which endpoint. Sockets and the simulated world share it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Generic, TypeVar

from sqlmodel import Session

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, ProblemType, Refused
from catalogue_api.contract.kiosks import GREET_KIOSK
from catalogue_api.contract.returns import PLACE_ITEM, RETURN_ITEM
from catalogue_api.domain.roles import Role
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.callers import admitted
from catalogue_api.services.kiosks import greet
from catalogue_api.services.placing import place_item
from catalogue_api.services.returning import return_item
from catalogue_api.services.rules import RulesInForce
from catalogue_api.storage import idempotency
from catalogue_api.storage.database import Database
from catalogue_api.storage.errors import StorageConflict, StorageError

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
    """A call as it came in.

    The bearer's token ("" for none), the path's values, the body, and what the headers
    `Idempotency-Key` and `If-Match` said ("" and None for nothing).
    """

    token: str
    path: Mapping[str, str]
    body: Q
    key: str = ""
    version: int | None = field(default=None)


class _Rehearsed(Exception):
    """A dry run: the answer is given, and everything that led to it is undone."""

    def __init__(self, answer: Message) -> None:
        super().__init__()
        self.answer = answer


async def answer(
    database: Database, handler: Handler[Q, A], asked: Asked[Q], now: datetime, rules: RulesInForce
) -> A:
    """Answer a call in one transaction, or raise `Refused`."""
    endpoint = handler.endpoint
    if endpoint.keyed is Keyed.HEADER and not asked.key:
        raise Refused(ProblemType.INVALID_REQUEST, "send a header `Idempotency-Key`")
    if endpoint.match and asked.version is None:
        raise Refused(ProblemType.PRECONDITION_REQUIRED, "send a header `If-Match`")

    def work(session: Session) -> A:
        connection = session.connection()
        caller = admitted(connection, endpoint, asked.token, now)
        _require_own_path(caller, asked.path)
        call = Call(now, rules.current(connection), asked.path, caller, asked.version)
        if endpoint.keyed is Keyed.HEADER:
            return _once(session, handler, call, asked)
        return _rehearsed(session, asked.body, handler.service(session, call, asked.body))

    try:
        return await (database.write(work) if handler.writes else database.read(work))
    except _Rehearsed as rehearsed:
        return endpoint.answer.model_validate(rehearsed.answer)
    except StorageConflict as error:
        detail = "somebody else changed the same thing: look at it again"
        raise Refused(ProblemType.CONFLICT, detail) from error
    except StorageError as error:
        detail = "nothing was recorded: try again later"
        raise Refused(ProblemType.UNAVAILABLE, detail) from error


def _once(session: Session, handler: Handler[Q, A], call: Call, asked: Asked[Q]) -> A:
    """Answer a keyed write; the same key with the same request gets the same answer again."""
    connection = session.connection()
    actor = call.caller.actor if call.caller else "anyone"
    said = f"{handler.endpoint.name}\n{sorted(asked.path.items())}\n{asked.body.model_dump_json()}"
    digest = sha256(said.encode()).hexdigest()
    earlier = idempotency.answered(connection, actor, asked.key)
    if earlier is not None:
        if earlier[0] != digest:
            raise Refused(
                ProblemType.IDEMPOTENCY_CONFLICT,
                "this Idempotency-Key was used before for another request",
            )
        return handler.endpoint.answer.model_validate_json(earlier[1])
    found = _rehearsed(session, asked.body, handler.service(session, call, asked.body))
    session.flush()
    kept = found.model_dump_json()
    idempotency.keep(connection, actor, asked.key, digest, kept, call.now)
    return found


def _rehearsed(session: Session, body: Message, found: A) -> A:
    """Undo everything if the body asks for a dry run; what the database refuses is seen first."""
    if getattr(body, "dry_run", False):
        session.flush()
        raise _Rehearsed(found)
    return found


def _require_own_path(caller: Caller | None, path: Mapping[str, str]) -> None:
    """A kiosk speaks for itself only."""
    if (
        caller is not None
        and caller.role is Role.KIOSK
        and path.get("kiosk") not in {None, caller.name}
    ):
        raise Refused(ProblemType.NOT_ALLOWED, "this token belongs to another kiosk")
