"""Two rooms with computers, and people who want them, through the real services."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count

from catalogue_world import NOW, World
from hold_people import Desk, Reader, open_desk, reasons, sign_in
from sqlalchemy import text, update

from catalogue_api.contract import my_slots, slot_blocks, slot_wishes, slots
from catalogue_api.contract.slot_wishes import WishForSlot
from catalogue_api.contract.slots import BookMySlot, BookSlot, MoveMySlot, SlotInfo
from catalogue_api.services.computers.slot_settling import settle_slots
from catalogue_api.storage.tables import (
    Computer,
    OpeningHours,
    PatronSession,
    Room,
    Rulebook,
    SlotRule,
)

__all__ = ["MONDAY_10", "SlotDesk", "SlotReader", "at", "furnish", "open_desk", "reasons"]

MONDAY_10 = NOW.replace(hour=9)
"""Ten in the morning of a Monday in winter, by the clock in Cachan."""
_keys = count(1)


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """Return an instant of that Monday by the clock in Cachan, or of a day after."""
    return MONDAY_10 + timedelta(days=days, hours=hour - 10, minutes=minute)


def furnish(world: World, **rules: int | None) -> None:
    """Open Cachan from 9 to 18 on all days but Sunday, with two rooms of two computers each."""
    world.now = MONDAY_10
    world.add(Rulebook(version=1), SlotRule(**rules))
    world.add(
        *(
            OpeningHours(site="cachan", weekday=day, opens=time(9), closes=time(18))
            for day in range(6)
        )
    )
    world.add(
        Room(id=1, site="cachan", name="Espace multimédia"),
        Room(id=2, site="cachan", name="Jeunesse", online=False),
    )
    world.add(
        Computer(id=1, room_id=1, name="PC 1"),
        Computer(id=2, room_id=1, name="PC 2", abilities="office scanner"),
        Computer(id=3, room_id=2, name="PC 3"),
        Computer(id=4, room_id=2, name="PC 4", abilities="video_games", most_age=17),
    )
    if world.database.dialect == "postgresql":
        for table in ("rooms", "computers"):
            world.database.write_now(
                lambda db, table=table: db.execute(text(f"SELECT setval('{table}_id_seq', 10)"))
            )


@dataclass
class SlotReader(Reader):
    """A reader and their slots; their session is kept alive, whatever the clock says."""

    async def call(self, endpoint, body=None, version: int | None = None, **path):
        used = update(PatronSession).values(last_seen_at=self.world.now)
        self.world.database.write_now(lambda db: db.connection().execute(used).rowcount)
        return await super().call(endpoint, body, version, **path)

    async def book(self, starts: datetime, minutes: int | None = 60, **values) -> SlotInfo:
        body = BookMySlot(site="cachan", starts_at=starts, minutes=minutes, **values)
        return await self.call(my_slots.BOOK_MY_SLOT, body)

    async def mine(self) -> tuple[SlotInfo, ...]:
        return (await self.call(my_slots.LIST_MY_SLOTS)).slots

    async def cancel(self, slot: SlotInfo) -> SlotInfo:
        return await self.call(my_slots.CANCEL_MY_SLOT, version=slot.version, slot=slot.slot)

    async def wait(self, first: datetime, last: datetime, minutes: int = 60, **values):
        body = WishForSlot(site="cachan", from_at=first, until_at=last, minutes=minutes, **values)
        return await self.call(slot_wishes.WISH_FOR_SLOT, body)

    async def wishes(self):
        return (await self.call(slot_wishes.LIST_MY_WISHES)).wishes

    async def answer(self, wish, *, accept: bool):
        body = slot_wishes.OfferAnswer(accept=accept)
        return await self.call(slot_wishes.ANSWER_OFFER, body, version=wish.version, wish=wish.wish)

    async def move(self, slot: SlotInfo, starts: datetime, **values) -> SlotInfo:
        body = MoveMySlot(starts_at=starts, **values)
        return await self.call(my_slots.MOVE_MY_SLOT, body, version=slot.version, slot=slot.slot)


def reader(world: World, patron: int = 1) -> SlotReader:
    """Return a reader who is signed in."""
    sign_in(world, patron)
    return SlotReader(world, patron)


@dataclass
class SlotDesk(Desk):
    """A librarian and the computers."""

    async def do(self, endpoint, body=None, version: int | None = None, **path):
        self.stay_signed_in()
        return await self.world.embedded(self.token).call(
            endpoint, body or slots.Nothing(), key=f"s{next(_keys)}", version=version,
            **{name: str(value) for name, value in path.items()},
        )  # fmt: skip

    async def book(self, starts: datetime, minutes: int | None = 60, card: str = "P1", **values):
        body = BookSlot(card=card, site="cachan", starts_at=starts, minutes=minutes, **values)
        return await self.do(slots.BOOK_SLOT, body)

    async def sit(self, card: str = "P1", **values):
        return await self.book(self.world.now, None, card, now=True, **values)

    async def act(self, endpoint, slot: SlotInfo, body=None) -> SlotInfo:
        return await self.do(endpoint, body, slot.version, slot=slot.slot)

    async def show(self, slot: SlotInfo) -> SlotInfo:
        return await self.do(slots.SHOW_SLOT, slot=slot.slot)

    async def block(self, starts: datetime, ends: datetime, computers=(1, 2), settle=(), **values):
        body = slot_blocks.BlockComputers(
            computers=computers, starts_at=starts, ends_at=ends, label="CM2",
            settle=tuple(settle), **values,
        )  # fmt: skip
        return await self.do(slot_blocks.BLOCK_COMPUTERS, body)


def desk(world: World) -> SlotDesk:
    """Return a librarian who is signed in."""
    return SlotDesk(world, open_desk(world).token)


def tick(world: World) -> dict[str, int]:
    """Do the work of a minute; return what there was to do."""
    done = world.database.write_now(
        lambda db: settle_slots(db, world.now, world.rules.current(db.connection()))
    )
    return {name: number for name, number in done.items() if number}


def overlapping(world: World) -> list[tuple]:
    """Return pairs of live bookings of one computer, or of one reader, that overlap."""
    return world.rows(
        "SELECT a.id, b.id FROM bookings a JOIN bookings b ON a.id < b.id"
        " AND (a.computer_id = b.computer_id OR a.patron_id = b.patron_id)"
        " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        " WHERE a.status IN ('offered', 'booked', 'in_use')"
        " AND b.status IN ('offered', 'booked', 'in_use')"
    )
