"""A small library in a real database, for the tests of the catalogue."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from catalogue_api.contract.returns import ReturnItem
from catalogue_api.domain.roles import Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.services.kiosks.kiosks import add_kiosk, revoke_kiosk
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.services.staff.sessions import (
    end_all_of_patron,
    open_patron_session,
    open_staff_session,
)
from catalogue_api.services.staff.staff import add_staff
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import (
    Computer,
    ComputerAgent,
    Hold,
    Item,
    Loan,
    Machine,
    Patron,
    Room,
    Site,
    Title,
)
from catalogue_api.storage.tables import Rulebook as RulebookTable

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)


class World:
    """A small library in a real database: two sites with a kiosk each, two patrons, seven items.

    `furnish` says whether it has yet to be put into the database.
    """

    def __init__(self, url: str, *, furnish: bool = True) -> None:
        self.url = url
        self.database = Database(url)
        self.zone = ZoneInfo("Europe/Paris")
        self.rules = RulesInForce(Rulebook(self.zone))
        self.now = NOW
        if furnish:
            self.database.write_now(_furnish)

    def clock(self) -> datetime:
        return self.now

    def embedded(self, token: str = "token-of-pad") -> EmbeddedCatalogue:
        return EmbeddedCatalogue(self.database, token, self.rules, self.clock)

    def desk(self, role: Role = Role.LIBRARIAN) -> EmbeddedCatalogue:
        """The way of somebody who has just signed in at a desk."""
        return self.embedded(self.signed_in(role))

    def add(self, *rows) -> list[int]:
        def work(session) -> list[int]:
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

        return self.database.write_now(work)

    def penalties(self) -> None:
        """Let the library enter its rules: three days of grace, a day for a day."""
        self.add(RulebookTable(version=1, penalties=True))

    def lend(self, barcode: str = "1", days_ago: int = 7, due_in: int = 21, patron: int = 1) -> int:
        started = self.now - timedelta(days=days_ago)
        due = TODAY + timedelta(days=due_in)
        return self.add(
            Loan(item_id=int(barcode), patron_id=patron, started_at=started, due_on=due)
        )[0]

    def hold(self, title: int = 1, patron: int = 2, site: str = "cachan", **values) -> int:
        values = {"placed_at": self.now - timedelta(days=3)} | values
        return self.add(Hold(title_id=title, patron_id=patron, pickup_site=site, **values))[0]

    def signed_in(self, role: Role, site: str | None = "cachan") -> str:
        """Return the token of a member of staff, patron 1, a machine, computer 77 or kiosk pad."""
        token = f"token-of-{role.value}"

        def work(session) -> None:
            if role is Role.PATRON:
                end_all_of_patron(session, 1)
                open_patron_session(session, 1, token, "csrf", self.now)
            elif role is Role.MACHINE:
                session.merge(Machine(name="portal", token_hash=hashed(token), created_at=self.now))
            elif role is Role.COMPUTER:
                _put_computer(session, token, self.now)
            elif role is Role.KIOSK:
                revoke_kiosk(session, "pad", self.now)
                add_kiosk(session, "pad", "cachan", token, self.now)
            else:
                add_staff(session, role.value, "", site, self.now, role)
                open_staff_session(session, role.value, token, "csrf", self.now)

        self.database.write_now(work)
        return token

    def row(self, sql: str) -> tuple:
        (found,) = self.rows(sql)
        return found

    def rows(self, sql: str) -> list[tuple]:
        """Return what a query finds; days and instants (in UTC) as text, on either database."""
        found = self.database.read_now(
            lambda session: session.connection().execute(text(sql)).all()
        )
        return [tuple(map(_plain, row)) for row in found]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return value.isoformat() if isinstance(value, date) else value


def _put_computer(session, token: str, now: datetime) -> None:
    """Put a computer into a room of Cachan, guarded by a program that has this token."""
    session.merge(Room(id=77, site="cachan", name="Salle 77"))
    session.merge(Computer(id=77, room_id=77, name="PC 77"))
    session.flush()
    session.merge(ComputerAgent(computer_id=77, token_hash=hashed(token), created_at=now))


def _furnish(session) -> None:
    session.add_all([Site(code="cachan", name="Cachan"), Site(code="arcueil", name="Arcueil")])
    session.add_all(
        [
            Title(id=1, source="t", control_number="1", title="L’Été", author="Camus, Albert"),
            Title(id=2, source="t", control_number="2", title="Astérix", volume="Tome 3"),
        ]
    )
    session.add_all(
        [
            Patron(id=1, card="P1", family_name="Inconnue", given_name="Ida"),
            Patron(id=2, card="P2", family_name="Personne", given_name="Paul"),
        ]
    )
    session.flush()
    for number, title, home, status in [
        (1, 1, "cachan", "available"),
        (2, 1, "cachan", "available"),
        (3, 1, "arcueil", "available"),
        (4, 2, "cachan", "lost"),
        (5, 2, "cachan", "withdrawn"),
        (6, 2, "cachan", "not_for_loan"),
        (7, 2, "cachan", "missing"),
    ]:
        session.add(
            Item(
                id=number,
                barcode=str(number),
                title_id=title,
                home_site=home,
                current_site=home,
                status=status,
                shelf_mark=f"R CAM {number}",
            )
        )
    if session.connection().dialect.name == "postgresql":
        for table in ("titles", "patrons", "items"):
            session.execute(text(f"SELECT setval('{table}_id_seq', 100)"))
    add_kiosk(session, "pad", "cachan", "token-of-pad", NOW)
    add_kiosk(session, "a/b c", "arcueil", "token-of-other", NOW)


def fact(number: int, barcode: str = "1", **values) -> ReturnItem:
    """A return at the kiosk; `number` makes its identifier."""
    values = {"occurred_at": NOW} | values
    return ReturnItem(return_id=UUID(int=number), barcode=barcode, **values)
