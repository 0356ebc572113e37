"""The services, asked by a bench without any web in between."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from catalogue_api.contract.endpoint import Endpoint, Message
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.answers.answering import Asked, Means, answer
from catalogue_api.services.answers.handlers import HANDLERS
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.services.secrets.tokens import new_token
from catalogue_api.storage.engine.database import Database

Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)
_HANDLERS = {one.endpoint.name: one for one in HANDLERS}
_NOTHING: Mapping[str, str] = {}


class Services:
    """All that the catalogue answers, for callers with a token."""

    def __init__(self, database: Database) -> None:
        rules = RulesInForce(Rulebook(ZoneInfo("Europe/Paris")))
        self._means = Means(database, rules, Passwords(), new_token)

    async def call(
        self,
        endpoint: Endpoint[Q, A],
        token: str,
        body: Q,
        path: Mapping[str, str] = _NOTHING,
        version: int | None = None,
    ) -> A:
        """Ask once, under a key of its own, or raise `Refused`."""
        asked = Asked(token, path, body, new_token(), version)
        found = await answer(self._means, _HANDLERS[endpoint.name], asked, datetime.now(UTC))
        return endpoint.answer.model_validate(found)
