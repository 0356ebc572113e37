"""The program of a library computer, asking as it would over HTTP."""

from dataclasses import dataclass

from argon2 import PasswordHasher
from catalogue_world import World

from catalogue_api.contract import computer_agents as agents
from catalogue_api.contract.computer_agents import Extend, OfSession, Pulse, SignInHere, UnlockHere
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.tables import ComputerAgent

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


PIN = "2580"


@dataclass
class Program:
    """The program of a computer, asking as it would over HTTP."""

    world: World
    computer: int = 1
    boot: str = "first"
    token: str = ""

    def __post_init__(self) -> None:
        self.token = self.token or f"token-of-pc-{self.computer}"
        self.world.database.write_now(
            lambda db: db.merge(
                ComputerAgent(
                    computer_id=self.computer,
                    token_hash=hashed(self.token),
                    created_at=self.world.now,
                )
            )
        )

    async def ask(self, endpoint, body, computer: int | None = None):
        way = EmbeddedCatalogue(
            self.world.database,
            self.token,
            self.world.rules,
            self.world.clock,
            passwords=Passwords(QUICK, inline=True),
        )
        return await way.call(endpoint, body, computer=str(computer or self.computer))

    async def pulse(self, session: int | None = None):
        body = Pulse(program="test 1", boot=self.boot, session=session)
        return await self.ask(agents.PULSE, body)

    async def sign_in(self, card: str = "P1", secret: str = PIN):
        body = SignInHere.model_validate({"card": card, "secret": secret})
        return await self.ask(agents.SIGN_IN_HERE, body)

    async def lock(self, session: int):
        return await self.ask(agents.LOCK_HERE, OfSession(session=session))

    async def unlock(self, session: int, secret: str = PIN):
        body = UnlockHere.model_validate({"session": session, "secret": secret})
        return await self.ask(agents.UNLOCK_HERE, body)

    async def extend(self, session: int, until):
        return await self.ask(agents.EXTEND_HERE, Extend(session=session, until=until))

    async def end(self, session: int):
        return await self.ask(agents.END_SESSION_HERE, OfSession(session=session))
