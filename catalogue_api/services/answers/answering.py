"""How a call is answered: admission, argon2 outside, one transaction, keys, dry runs, the audit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlmodel import Session

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, ProblemType, Refused
from catalogue_api.domain.roles import Role
from catalogue_api.services import audit
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.callers import admitted
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.services.secrets.passwords import NOTHING_PROVED, Passwords, Proof, Question
from catalogue_api.services.staff import sessions
from catalogue_api.storage.engine import idempotency
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.engine.errors import StorageConflict, StorageError
from catalogue_api.storage.engine.unit import connection_of

Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)


@dataclass(frozen=True, slots=True)
class Handler(Generic[Q, A]):
    """An endpoint, the service that answers it, and whether that changes anything.

    Where a password or a PIN is compared or set, `before` runs first, in a transaction of its
    own, and says what argon2 has to find out. That runs outside every transaction; the service
    finds the outcome in `call.proof`.
    """

    endpoint: Endpoint[Q, A]
    service: Callable[[Session, Call, Q], A]
    writes: bool
    before: Callable[[Session, Call, Q], Question] | None = None


def handler(
    endpoint: Endpoint[Q, A],
    service: Callable[[Session, Call, Q], A],
    *,
    writes: bool,
    before: Callable[[Session, Call, Q], Question] | None = None,
) -> Handler[Any, Any]:
    """Join an endpoint and its service; a service of another shape is a type error here."""
    return Handler(endpoint, service, writes, before)


@dataclass(frozen=True, slots=True)
class Asked(Generic[Q]):
    """A call as it came in.

    The bearer's token ("" for none), the path's values, the body, what the headers
    `Idempotency-Key` and `If-Match` said ("" and None for nothing), and from which address.
    `unattended`: a page looked by itself, so this keeps nobody's session awake.
    """

    token: str
    path: Mapping[str, str]
    body: Q
    key: str = ""
    version: int | None = None
    address: str = ""
    unattended: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What answers are made with; `new_token` gives unguessable strings of 256 random bits."""

    database: Database
    rules: RulesInForce
    passwords: Passwords
    new_token: Callable[[], str]


class _Rehearsed(Exception):
    """A dry run, or a call that came twice: the answer is given, and what led to it is undone."""

    def __init__(self, answer: Message) -> None:
        super().__init__()
        self.answer = answer


async def require_admission(
    means: Means, endpoint: Endpoint[Any, Any], token: str, now: datetime
) -> None:
    """Refuse a caller who may not ask: also before being told what is wrong with the request."""
    try:
        await means.database.read(
            lambda session: admitted(session.connection(), endpoint, token, now)
        )
    except StorageError as error:
        raise _unavailable() from error


async def answer(means: Means, handler: Handler[Q, A], asked: Asked[Q], now: datetime) -> A:
    """Answer a call in one transaction, or raise `Refused`."""
    endpoint = handler.endpoint
    if endpoint.keyed is Keyed.HEADER and not asked.key:
        raise Refused(ProblemType.INVALID_REQUEST, "send a header `Idempotency-Key`")
    if endpoint.match and asked.version is None:
        raise Refused(ProblemType.PRECONDITION_REQUIRED, "send a header `If-Match`")
    try:
        return await _answered(means, handler, asked, now)
    except _Rehearsed as rehearsed:
        return endpoint.answer.model_validate(rehearsed.answer)
    except StorageConflict as error:
        detail = "somebody else changed the same thing: look at it again"
        raise Refused(ProblemType.CONFLICT, detail) from error
    except StorageError as error:
        raise _unavailable() from error


async def _answered(means: Means, handler: Handler[Q, A], asked: Asked[Q], now: datetime) -> A:
    def call_of(session: Session, proof: Proof) -> Call:
        connection = connection_of(session)
        rules = means.rules.ask(connection)
        caller = admitted(connection, handler.endpoint, asked.token, now)
        _require_own_path(caller, asked.path)
        return Call(
            now, rules(), asked.path, caller, asked.version, asked.address, proof, means.new_token
        )

    proof = NOTHING_PROVED
    before = handler.before
    if before is not None:
        question = await means.database.write(
            lambda session: before(session, call_of(session, NOTHING_PROVED), asked.body)
        )
        proof = await means.passwords.prove(question)

    def work(session: Session, *, look_first: bool = False) -> tuple[A, Caller | None]:
        call = call_of(session, proof)
        found = _in_one_transaction(session, handler, call, asked, look_first=look_first)
        return found, call.caller

    run = means.database.write if handler.writes else means.database.read
    try:
        found, caller = await run(work)
    except StorageConflict:
        if handler.endpoint.keyed is not Keyed.HEADER:
            raise
        # Perhaps its key is the conflict: then it was answered before.
        found, caller = await run(partial(work, look_first=True))
    if handler.writes or asked.unattended or caller is None:
        return found
    if sessions.is_stale(caller.seen_at, now):
        seen = caller
        await means.database.write(lambda session: sessions.note_seen(session, seen, now))
    return found


def _in_one_transaction(
    session: Session, handler: Handler[Q, A], call: Call, asked: Asked[Q], *, look_first: bool
) -> A:
    caller = call.caller
    if caller is not None and handler.writes and sessions.is_stale(caller.seen_at, call.now):
        sessions.note_seen(session, caller, call.now)
    if handler.endpoint.keyed is Keyed.HEADER:
        return _once(session, handler, call, asked, look_first=look_first)
    return _rehearsed(session, asked.body, _served(session, handler, call, asked.body))


def _served(session: Session, handler: Handler[Q, A], call: Call, body: Q) -> A:
    found = handler.service(session, call, body)
    if handler.writes:
        audit.record_what_is_not(session, call, handler.endpoint.name)
    return found


def _once(
    session: Session, handler: Handler[Q, A], call: Call, asked: Asked[Q], *, look_first: bool
) -> A:
    """Answer a keyed write; the same key with the same request gets the same answer again.

    Hardly any call comes twice: whether this one does is looked up only where something speaks
    for it. A key that is kept already makes the unit fail as a whole.
    """
    connection = connection_of(session)
    actor = call.caller.actor if call.caller else "anyone"
    said = f"{handler.endpoint.name}\n{sorted(asked.path.items())}\n{asked.body.model_dump_json()}"
    digest = sha256(said.encode()).hexdigest()
    if look_first or _is_rehearsal(asked.body):
        earlier = _answered_before(connection, handler, actor, asked.key, digest)
        if earlier is not None:
            return earlier
    try:
        found = _rehearsed(session, asked.body, _served(session, handler, call, asked.body))
    except Refused:
        # Perhaps the same call was answered before: then what stands in its way is its own doing.
        earlier = _answered_before(connection, handler, actor, asked.key, digest)
        if earlier is None:
            raise
        raise _Rehearsed(earlier) from None
    session.flush()
    kept = found.model_dump_json()
    idempotency.keep(connection, actor, asked.key, digest, kept, call.now)
    return found


def _answered_before(
    connection: Connection, handler: Handler[Q, A], actor: str, key: str, digest: str
) -> A | None:
    """Return what was answered under a key, None if nothing was; refuse it to another request."""
    earlier = idempotency.answered(connection, actor, key)
    if earlier is None:
        return None
    if earlier[0] != digest:
        raise Refused(
            ProblemType.IDEMPOTENCY_CONFLICT,
            "this Idempotency-Key was used before for another request",
        )
    return handler.endpoint.answer.model_validate_json(earlier[1])


def _rehearsed(session: Session, body: Message, found: A) -> A:
    """Undo everything if the body asks for a dry run; what the database refuses is seen first."""
    if _is_rehearsal(body):
        session.flush()
        raise _Rehearsed(found)
    return found


def _is_rehearsal(body: Message) -> bool:
    return bool(getattr(body, "dry_run", False))


def _unavailable() -> Refused:
    detail = "nothing was recorded: try again later"
    return Refused(ProblemType.UNAVAILABLE, detail, retry_after=5)


def _require_own_path(caller: Caller | None, path: Mapping[str, str]) -> None:
    """A kiosk speaks for itself only, and so does a computer."""
    own = {Role.KIOSK: "kiosk", Role.COMPUTER: "computer"}.get(caller.role) if caller else None
    if caller is not None and own is not None and path.get(own) not in {None, caller.name}:
        raise Refused(ProblemType.NOT_ALLOWED, f"this token belongs to another {own}")
