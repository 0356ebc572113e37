"""An invented library for training: nobody and nothing in it exists. The same at each start."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from catalogue_api.commands.invented_agenda import furnish_agenda
from catalogue_api.commands.invented_computers import furnish_computers
from catalogue_api.commands.invented_letters import furnish_letters
from catalogue_api.commands.invented_past import furnish_past
from catalogue_api.commands.invented_portal import furnish_portal
from catalogue_api.contract.returns import Placement, ReturnItem, Security
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.holds import HoldEventKind
from catalogue_api.domain.roles import STAFF_ROLES, Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.kiosks import kiosks
from catalogue_api.services.returns import placing, returning
from catalogue_api.services.rules import libraries
from catalogue_api.services.staff.staff import add_staff
from catalogue_api.storage.rules import rulebook
from catalogue_api.storage.tables import Hold, HoldEvent, Item, Loan, Patron, Title

SITES = {"CENTRALE": "Médiathèque centrale", "GARE": "Bibliothèque de la Gare"}
_KIOSK = "hall"
_TITLES = (
    ("Le Phare immobile", "Arnaud, Lise", TitleKind.BOOK, "R ARN"),
    ("Trois hivers à Morlac", "Bellan, Théo", TitleKind.BOOK, "R BEL"),
    ("La Cantine des étoiles", "Cazaux, Inès", TitleKind.BOOK, "R CAZ"),
    ("Petit traité des marées", "Delorme, Paul", TitleKind.BOOK, "551 DEL"),
    ("L’Été des lucioles", "Esnault, Maud", TitleKind.BOOK, "R ESN"),
    ("Le Dragon de poche, 1", "Ferrand, Zoé", TitleKind.COMIC, "BD DRA 1"),
    ("Le Dragon de poche, 2", "Ferrand, Zoé", TitleKind.COMIC, "BD DRA 2"),
    ("Atlas des îles douces", "Garance, Luc", TitleKind.BOOK, "910 GAR"),
    ("Minuit, quai 9", "Hallier, Anne", TitleKind.BOOK, "P HAL"),
    ("Le Jardin d’Hector", "Isnard, Rose", TitleKind.FILM, "F ISN"),
    ("Chansons pour la pluie", "Jouve, Basile", TitleKind.MUSIC, "3 JOU"),
    ("Les Bâtisseurs de Kâ", "Kerval", TitleKind.BOARD_GAME, "JEU KER"),
    ("Course de nuages", "Lorme, Eva", TitleKind.VIDEO_GAME, "JV LOR"),
    ("La Soupe du jeudi", "Marant, Odile", TitleKind.BOOK, "641 MAR"),
    ("Ma sœur la tempête", "Nadaud, Ilan", TitleKind.BOOK, "J NAD"),
    ("Le Dernier Tramway", "Orsini, Claire", TitleKind.BOOK, "R ORS"),
)
_READERS = (
    ("Abadie", "Rosalie"), ("Bonnard", "Émile"), ("Castel", "Nour"), ("Dumas", "Léonie"),
    ("Estève", "Hugo"), ("Fabre", "Salomé"), ("Garcin", "Youssef"), ("Huet", "Mathilde"),
    ("Imbert", "Gaspard"), ("Jourdan", "Aya"), ("Klein", "Victor"), ("Lacaze", "Suzanne"),
)  # fmt: skip
_COPIES_OF_EACH = 3
_LENT = 14
"""So many of the first copies are with readers; the kiosk has just taken some of them back."""
_GIVEN_BACK = 4


def card_of(number: int) -> str:
    """Return the card of an invented reader; 0 is the first."""
    return f"{29416000000017 + 10 * number}"


def barcode_of(number: int) -> str:
    """Return the barcode of an invented copy; 0 is the first."""
    return f"{39416000000052 + 10 * number}"


def furnish(session: Session, rules: Rulebook, hashed: str, now: datetime) -> None:
    """Fill an empty database; every account, and every card, has the password that was hashed."""
    for code, name in SITES.items():
        libraries.add_site(session, code, name)
    session.flush()
    for role in STAFF_ROLES:
        add_staff(session, role.value, hashed, "CENTRALE", now, role)
    kiosks.add_kiosk(session, _KIOSK, "CENTRALE", f"{UUID(int=1)}", now)
    _add_collection(session)
    _add_readers(session, hashed, now)
    furnish_portal(session, now)
    session.flush()
    rules = rulebook(session.connection(), rules)  # with the opening hours, from here on
    _add_loans(session, rules, now)
    furnish_past(session, rules, _KIOSK, ("CENTRALE", "GARE"), now)
    _add_holds(session, now)
    furnish_agenda(session, rules, now)
    furnish_computers(session, rules, now)
    furnish_letters(session, rules, now)
    _give_back(session, rules, now)


def _add_collection(session: Session) -> None:
    for number, (title, author, kind, _) in enumerate(_TITLES, 1):
        session.add(
            Title(
                id=number, source="formation", control_number=f"{number}", title=title,
                author=author, kind=kind.value,
            )
        )  # fmt: skip
    session.flush()
    for number in range(len(_TITLES) * _COPIES_OF_EACH):
        site = "GARE" if number % _COPIES_OF_EACH == _COPIES_OF_EACH - 1 else "CENTRALE"
        of = number // _COPIES_OF_EACH
        session.add(
            Item(
                id=number + 1, barcode=barcode_of(number), title_id=of + 1, home_site=site,
                current_site=site, shelf_mark=_TITLES[of][3],
            )
        )  # fmt: skip
    session.flush()


def _add_readers(session: Session, hashed: str, now: datetime) -> None:
    for number, (family, given) in enumerate(_READERS):
        session.add(
            Patron(
                id=number + 1, card=card_of(number), family_name=family, given_name=given,
                category="child" if number % 4 == 3 else "adult", home_site="CENTRALE",
                birth_year=now.year - (11 if number % 4 == 3 else 25 + 4 * number),
                email="" if number % 3 else f"{given.lower()}@exemple.invalid", created_at=now,
                expires_on=now.date() + timedelta(days=300 - 40 * number), pin_hash=hashed,
            )
        )  # fmt: skip
    session.flush()


def _add_loans(session: Session, rules: Rulebook, now: datetime) -> None:
    for number in range(_LENT):
        began = now - timedelta(days=2 + 3 * number)
        due = rules.due_on(began, "CENTRALE")
        session.add(
            Loan(
                item_id=number * _COPIES_OF_EACH + 1, patron_id=number % 8 + 1, started_at=began,
                due_on=due, site="CENTRALE", category="adult",
            )
        )  # fmt: skip


def _add_holds(session: Session, now: datetime) -> None:
    """Some wait for what is lent, some for what stands on a shelf here or elsewhere."""
    for number in range(8):
        at = now - timedelta(days=8 - number)
        hold = Hold(
            title_id=number % 6 + 1,
            patron_id=12 - number,
            pickup_site="CENTRALE",
            placed_at=at,
        )
        session.add(hold)
        session.flush()
        session.add(
            HoldEvent(
                hold_id=hold.id or 0, title_id=hold.title_id, at=at,
                kind=HoldEventKind.PLACED.value, by=Role.PATRON.value,
            )
        )  # fmt: skip


def _give_back(session: Session, rules: Rulebook, now: datetime) -> None:
    caller = Caller(Role.KIOSK, _KIOSK, site="CENTRALE", site_name=SITES["CENTRALE"])
    for number in range(_GIVEN_BACK):
        identifier = UUID(int=number + 100)
        path = {"kiosk": _KIOSK, "return_id": str(identifier)}
        call = Call(now, rules, path, caller)
        barcode = barcode_of(number * _COPIES_OF_EACH)
        fact = ReturnItem(return_id=identifier, barcode=barcode, occurred_at=now)
        returning.return_item(session, call, fact)
        placed = Placement(bin=f"{number % 2 + 1}", security=Security.SECURED)
        placing.place_item(session, call, placed)
