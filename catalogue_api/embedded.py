"""The catalogue in the same process: the real services on a real file, no sockets, no threads.

It answers as a client of the HTTP contract does, with the same messages and the same `Refused`.
Bodies and answers pass through JSON, so that what would not travel does not pass here either.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar, cast

from pydantic import ValidationError

from catalogue_api.contract.endpoint import Endpoint, Message, ProblemType, Refused
from catalogue_api.services.answers.answering import Asked, Means, answer
from catalogue_api.services.answers.handlers import HANDLERS
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.services.secrets.tokens import new_token
from catalogue_api.storage.engine.database import Database

Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)

_HANDLER_OF = {handler.endpoint: handler for handler in HANDLERS}


class EmbeddedCatalogue:
    """One caller's way to a catalogue in this process; `clock` gives aware datetimes.

    The database is opened by whoever builds the world: `Database(url, threads=0)` runs inline.
    `passwords` and `new_token` are for a world that must be the same every time.
    """

    def __init__(
        self,
        database: Database,
        token: str,
        rules: RulesInForce,
        clock: Callable[[], datetime],
        *,
        passwords: Passwords | None = None,
        new_token: Callable[[], str] = new_token,
    ) -> None:
        self._means = Means(database, rules, passwords or Passwords(inline=True), new_token)
        self._token = token
        self._clock = clock

    async def call(
        self,
        endpoint: Endpoint[Q, A],
        body: Q,
        *,
        key: str = "",
        version: int | None = None,
        **path: str,
    ) -> A:
        """Ask one question; `path` fills the braces of the endpoint's path.

        `key` and `version` are what travels as `Idempotency-Key` and `If-Match`.
        """
        try:
            sent = endpoint.request.model_validate_json(body.model_dump_json())
        except ValidationError as error:
            raise Refused(ProblemType.INVALID_REQUEST, str(error)) from error
        handler = _HANDLER_OF[cast("Endpoint[Message, Message]", endpoint)]
        asked = Asked(self._token, path, sent, key, version)
        answered = await answer(self._means, handler, asked, self._clock())
        return endpoint.answer.model_validate_json(answered.model_dump_json())
