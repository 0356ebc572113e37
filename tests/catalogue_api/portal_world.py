"""Somebody at the readers' portal, with a browser that runs no script."""

from catalogue_world import World
from desk_world import SeenPage, Visitor
from http_world import QUICK

PIN = "481516"


def give_pin(world: World, reader: int = 1, pin: str = PIN) -> None:
    """Give a reader a PIN."""
    stored = QUICK._hasher.hash(pin)
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql(
            f"UPDATE patrons SET pin_hash = '{stored}' WHERE id = {reader}"
        )
    )


class PortalVisitor(Visitor):
    """Anybody at the portal; a reader once signed in."""

    async def sign_in(self, card: str = "P1", pin: str = PIN) -> SeenPage:
        """Come in by the door."""
        page = await self.open("/connexion")
        return await self.send(page, "/connexion", card=card, pin=pin)
