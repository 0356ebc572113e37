"""A small library on a fresh SQLite file, served on loopback by a thread of this process."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

from aiohttp import web
from argon2 import PasswordHasher
from sqlmodel import Session, delete

from bench.agenda_rows import lay_agenda
from bench.computer_rows import lay_computers
from catalogue_api.domain.roles import STAFF_ROLES, Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.importing.exporting import exporter
from catalogue_api.importing.profiles import profiles_of
from catalogue_api.services.kiosks.kiosks import add_kiosk
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.services.secrets.tokens import hashed, new_token
from catalogue_api.services.staff import sessions
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import (
    Hold,
    Item,
    Kiosk,
    Loan,
    Machine,
    Patron,
    SignInFailure,
    Site,
    Staff,
    Title,
)
from catalogue_api.web.app import build
from catalogue_api.web.parts import Parts
from catalogue_api.web.serving import address_of, runner_of


class SmallLibrary:
    """Two sites, a few titles and readers, and a token for every role.

    `passwords` are as quick as argon2 can be: what is tried here is not how slow it is.
    """

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'catalogue.db'}")
        self.database.require_schema()
        self.rules = RulesInForce(Rulebook(ZoneInfo("Europe/Paris")))
        self.address = ""
        self.database.write_now(_furnish)

    def tokens(self) -> Mapping[Role, str]:
        """Return a token for each role that is good now, whatever was ended or revoked before."""
        return self.database.write_now(_sign_all_in)

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve it for as long as the block lasts; its address is in `address`."""
        ready, stop = Event(), asyncio.Event()
        loop = asyncio.new_event_loop()

        async def run() -> None:
            runner = runner_of(build(self._parts()))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.address = address_of(runner)
            ready.set()
            await stop.wait()
            await runner.cleanup()

        thread = Thread(target=lambda: loop.run_until_complete(run()), name="small library")
        thread.start()
        ready.wait()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()
            loop.close()
            self.database.close()

    def _parts(self) -> Parts:
        return Parts(
            self.database,
            self.rules,
            ZoneInfo("Europe/Paris"),
            Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
            lambda: datetime.now(UTC),
            new_token,
            exporter(profiles_of("auto", {})),
        )


def _furnish(session: Session) -> None:
    session.add_all([Site(code="CENTRALE", name="Centrale"), Site(code="ANNEXE", name="Annexe")])
    session.flush()
    for number in range(1, 6):
        session.add(
            Title(id=number, source="t", control_number=str(number), title=f"Titre {number}")
        )
        session.add(Patron(id=number, card=f"2941600000001{number}", family_name="Exemple"))
    session.flush()
    for number in range(1, 11):
        session.add(
            Item(
                id=number,
                barcode=f"394160000000{number:02}",
                title_id=(number + 1) // 2,
                home_site="CENTRALE",
                current_site="CENTRALE",
            )
        )
    session.flush()
    now = datetime.now(UTC)
    for number in (1, 2):
        due = date.today() + timedelta(days=20)  # noqa: DTZ011
        session.add(Loan(item_id=number, patron_id=1, started_at=now, due_on=due))
    session.add(Hold(title_id=2, patron_id=2, pickup_site="ANNEXE", placed_at=now))
    lay_agenda(session, now, "CENTRALE")
    add_kiosk(session, "hall", "CENTRALE", "never used", now)
    lay_computers(session, now, "CENTRALE")


def _sign_all_in(session: Session) -> Mapping[Role, str]:
    session.execute(delete(SignInFailure))
    now, found = datetime.now(UTC), {role: new_token() for role in Role}
    for role in STAFF_ROLES:
        staff = session.get(Staff, role.value)
        staff = staff or Staff(name=role.value, password_hash="", created_at=now)
        staff.role, staff.disabled_at, staff.password_given = role.value, None, False
        session.add(staff)
        session.flush()
        sessions.end_all_of_staff(session, staff.name)
        sessions.open_staff_session(session, staff.name, found[role], "csrf", now)
    session.merge(Patron(id=1, card="29416000000011", family_name="Exemple"))
    session.flush()
    sessions.end_all_of_patron(session, 1)
    sessions.open_patron_session(session, 1, found[Role.PATRON], "csrf", now)
    machine = Machine(name="portal", token_hash=hashed(found[Role.MACHINE]), created_at=now)
    session.merge(machine)
    kiosk = session.get_one(Kiosk, "hall")
    kiosk.token_hash, kiosk.revoked_at = hashed(found[Role.KIOSK]), None
    return found
