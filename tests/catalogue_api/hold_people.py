"""People at their reservations: a librarian at the desk and readers, through the real services."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from catalogue_world import World
from sqlalchemy import update

from catalogue_api.contract import hold_queue, hold_shelf, holds, my_holds
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.hold_queue import GiveCopy, MoveHold, QueuePage
from catalogue_api.contract.holds import HoldInfo, PauseHold, Pickup, PlaceHold, PlaceMyHold
from catalogue_api.domain.roles import Role
from catalogue_api.services.holds.expiring import expire_holds
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.services.staff import staff
from catalogue_api.storage.tables import Patron, PatronSession, StaffSession

_keys = count(1)


def open_desk(world: World) -> "Desk":
    """Return a librarian who is signed in."""
    session = {"created_at": world.now, "last_seen_at": world.now}
    ends = world.now + timedelta(days=400)
    world.database.write_now(
        lambda db: staff.add_staff(db, "ana", "x", "cachan", world.now, Role.LIBRARIAN)
    )
    row = StaffSession(token_hash=hashed("ana"), staff="ana", csrf="", expires_at=ends, **session)
    world.database.write_now(lambda db: db.add(row))
    return Desk(world)


def sign_in(world: World, patron: int) -> None:
    times = {"created_at": world.now, "last_seen_at": world.now}
    ends = world.now + timedelta(days=400)
    token = hashed(f"reader{patron}")
    row = PatronSession(token_hash=token, patron_id=patron, csrf="", expires_at=ends, **times)
    world.database.write_now(lambda db: db.add(row))


def add_readers(world: World, first: int, last: int) -> None:
    world.add(
        *(
            Patron(id=number, card=f"P{number}", family_name=f"N{number}")
            for number in range(first, last + 1)
        )
    )


@dataclass
class Desk:
    """What a librarian does; sessions are kept alive, whatever the clock says."""

    world: World
    token: str = "ana"
    versions: dict[int, int] = field(default_factory=dict)
    used_at: datetime | None = None

    async def call(self, endpoint, body=None, **path):
        self.stay_signed_in()
        version = self.versions.get(int(path["hold"])) if endpoint.match else None
        found = await self.world.embedded(self.token).call(
            endpoint, body or Nothing(), key=f"k{next(_keys)}", version=version,
            **{name: str(value) for name, value in path.items()},
        )  # fmt: skip
        if isinstance(found, HoldInfo):
            self.versions[found.hold] = found.version
        return found

    def stay_signed_in(self) -> None:
        """Use the session as often as its clock wants it."""
        if self.used_at != self.world.now:
            self.used_at = self.world.now
            used = update(StaffSession).values(last_seen_at=self.used_at)
            self.world.database.write_now(lambda db: db.connection().execute(used).rowcount)

    async def place(self, patron: int = 1, title: int = 1, site: str = "cachan", **values):
        body = PlaceHold(card=f"P{patron}", title=title, pickup_site=site, **values)
        return await self.call(holds.PLACE_HOLD, body)

    async def show(self, hold: int) -> HoldInfo:
        return await self.call(holds.SHOW_HOLD, hold=hold)

    async def edit(self, endpoint, hold: int, body=None) -> HoldInfo:
        await self.show(hold)
        return await self.call(endpoint, body, hold=hold)

    async def pause(self, hold: int, until=None) -> HoldInfo:
        return await self.edit(holds.PAUSE_HOLD, hold, PauseHold(until=until))

    async def resume(self, hold: int) -> HoldInfo:
        return await self.edit(holds.RESUME_HOLD, hold)

    async def pickup(self, hold: int, site: str) -> HoldInfo:
        return await self.edit(holds.CHANGE_PICKUP, hold, Pickup(pickup_site=site))

    async def cancel(self, hold: int) -> HoldInfo:
        return await self.edit(holds.CANCEL_HOLD, hold)

    async def restore(self, hold: int) -> HoldInfo:
        return await self.edit(holds.RESTORE_HOLD, hold)

    async def move(self, hold: int, priority: int, reason: str = "school", note: str = ""):
        body = MoveHold(priority=priority, reason=reason, note=note)
        return await self.edit(hold_queue.MOVE_HOLD, hold, body)

    async def give(self, hold: int, barcode: str, reason: str = "in_hand") -> HoldInfo:
        body = GiveCopy(barcode=barcode, reason=reason)
        return await self.edit(hold_queue.GIVE_COPY, hold, body)

    async def queue(self, title: int = 1, **page):
        page = {"cursor": "", "limit": 50} | page
        return await self.call(hold_queue.LIST_TITLE_HOLDS, QueuePage(**page), title=title)

    async def history(self, hold: int):
        return (await self.call(holds.HOLD_HISTORY, hold=hold)).events

    async def scan(self, barcode: str, site: str = "cachan"):
        return await self.call(hold_shelf.SCAN_ONTO_SHELF, site=site, barcode=barcode)

    async def to_pick(self, site: str = "cachan"):
        return (await self.call(hold_shelf.LIST_TO_PICK, site=site)).copies

    async def not_found(self, barcode: str, site: str = "cachan"):
        path = {"site": site, "barcode": barcode}
        return (await self.call(hold_shelf.NOT_FOUND_ON_SHELF, **path)).copies

    async def to_clear(self, site: str = "cachan"):
        return (await self.call(hold_shelf.LIST_TO_CLEAR, site=site)).copies

    def expire(self):
        world = self.world
        return world.database.write_now(
            lambda db: expire_holds(db, world.now, world.rules.current(db.connection()))
        )


@dataclass
class Reader:
    """What a reader does for themself."""

    world: World
    patron: int

    async def call(self, endpoint, body=None, version: int | None = None, **path):
        return await self.world.embedded(f"reader{self.patron}").call(
            endpoint, body or Nothing(), key=f"k{next(_keys)}", version=version,
            **{name: str(value) for name, value in path.items()},
        )  # fmt: skip

    async def place(self, title: int = 1, site: str = "cachan", **values) -> HoldInfo:
        body = PlaceMyHold(title=title, pickup_site=site, **values)
        return await self.call(my_holds.PLACE_MY_HOLD, body)


async def reasons(asking) -> set[str]:
    """Return why something is refused."""
    with pytest.raises(Refused) as refusal:
        await asking
    return set(refusal.value.reasons) or {refusal.value.type.value}
