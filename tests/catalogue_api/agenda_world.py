"""An agenda in the small library: events, and people who want a place."""

from datetime import UTC, datetime, timedelta

from catalogue_world import NOW, World
from desk_world import hire

from catalogue_api.contract.events import ADD_EVENT, EventChanged, NewEvent
from catalogue_api.contract.registrations import (
    REGISTER,
    REGISTER_MYSELF,
    Register,
    RegisterMyself,
    RegistrationInfo,
)
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.agenda.settling import settle_all
from catalogue_api.services.staff.sessions import open_patron_session, open_staff_session
from catalogue_api.storage.tables import Patron

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
START = datetime.fromisoformat("2026-12-10T14:00:00+01:00")
"""A Thursday, more than a fortnight after `NOW`."""


def readers(world: World, number: int, first: int = 200, **values) -> list[int]:
    """Add readers, with an address of e-mail."""
    world.add(
        *(
            Patron(
                id=n, card=f"P{n}", family_name=f"Lecteur{n}", email=f"l{n}@example.org",
                created_at=NOW, **values,
            )
            for n in range(first, first + number)
        )
    )  # fmt: skip
    return list(range(first, first + number))


def reader(world: World, patron: int):
    """The way of a reader who has just signed in."""
    token = f"token-of-patron-{patron}-at-{world.now.timestamp()}"
    world.database.write_now(lambda db: open_patron_session(db, patron, token, "csrf", world.now))
    return world.embedded(token)


class Agenda:
    """A librarian who plans, and readers who register."""

    def __init__(self, world: World, *, hired: bool = False) -> None:
        self.world, self._keys = world, iter(range(10**6))
        self._ways: dict[object, object] = {}
        if not hired:
            hire(world)

    @property
    def desk(self):
        """The way of a librarian who has signed in today."""
        token = f"token-of-ana-at-{self.world.now.timestamp()}"
        if token not in self._ways:
            self.world.database.write_now(
                lambda db: open_staff_session(db, "ana", token, "csrf", self.world.now)
            )
            self._ways[token] = self.world.embedded(token)
        return self._ways[token]

    async def event(self, *starts: datetime, minutes: int = 60, **values) -> EventChanged:
        """Add a workshop of five places, at the usual time by default."""
        said = {"kind": "workshop", "title": "Souris", "site": "cachan", "places": 5} | values
        sessions = [{"starts_at": one, "minutes": minutes} for one in starts or (START,)]
        body = NewEvent.model_validate(said | {"sessions": sessions})
        return await self.desk.call(ADD_EVENT, body, key=self.key())

    async def register(self, patron: int, event: int = 1, **values) -> RegistrationInfo:
        """Register as a reader."""
        body = RegisterMyself(event=event, **values)
        return await self.as_reader(patron).call(REGISTER_MYSELF, body, key=self.key())

    async def by_staff(self, event: int = 1, **values) -> RegistrationInfo:
        """Register somebody at the desk."""
        return await self.desk.call(REGISTER, Register(event=event, **values), key=self.key())

    def as_reader(self, patron: int):
        """The way of a reader who has signed in today."""
        way = (patron, self.world.now)
        if way not in self._ways:
            self._ways[way] = reader(self.world, patron)
        return self._ways[way]

    def key(self) -> str:
        return f"key-{next(self._keys)}"

    def settle(self, at: datetime | None = None) -> dict[str, int]:
        """Let the job run, at this time or later."""
        self.world.now = at or self.world.now
        rules: Rulebook = self.world.database.read_now(
            lambda db: self.world.rules.current(db.connection())
        )
        return dict(self.world.database.write_now(lambda db: settle_all(db, self.world.now, rules)))

    def statuses(self) -> list[str]:
        """How the registrations stand, in the order of coming; ended ones say why."""
        rows = self.world.rows("SELECT status, ended_for FROM registrations ORDER BY id")
        return [why or status for status, why in rows]

    def waiting_beside_free_seats(self) -> list[tuple]:
        """Who waits although there is a seat in what has not begun: nobody, at any time."""
        now = f"{self.world.now.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
        return self.world.rows(
            "SELECT registrations.id FROM registrations"
            " JOIN events ON events.id = registrations.event_id"
            " JOIN event_sessions ON event_sessions.id = registrations.session_id"
            " WHERE status = 'waiting' AND cancelled_at IS NULL AND events.places >"
            " (SELECT count(number) FROM seats WHERE seats.session_id = event_sessions.id)"
            f" AND event_sessions.starts_at > '{now}'"
        )

    def notices(self) -> list[tuple]:
        """Kind and reader of what lies in the outbox."""
        return self.world.rows("SELECT kind, patron_id FROM notices ORDER BY id")
