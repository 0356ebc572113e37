"""Somebody at the readers' portal, with a browser that runs no script."""

from datetime import time, timedelta

from catalogue_world import NOW, World
from desk_world import SeenPage, Visitor
from http_world import QUICK

from bench.agenda_rows import lay_agenda
from bench.computer_rows import lay_computers
from catalogue_api.services.rules import libraries
from catalogue_api.storage.tables import (
    Event,
    EventSession,
    Favourite,
    Item,
    OpeningHours,
    Rulebook,
    SiteFacilities,
    Title,
)

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


_TITLES = (
    ("Vingt mille lieues sous les mers", "", "Verne, Jules", "book", 1870, "R VER"),
    ("Le Tour du monde en quatre-vingts jours", "", "Verne, Jules", "book", 1873, "R VER"),
    (
        "L’Île mystérieuse",
        "Tome 1, Les naufragés de l’air",
        "Verne, Jules",
        "book",
        1874,
        "R VER 1",
    ),
    ("L’Île mystérieuse", "Tome 2, L’abandonné", "Verne, Jules", "book", 1874, "R VER 2"),
    ("L’Île mystérieuse", "Tome 3, Le secret de l’île", "Verne, Jules", "book", 1875, "R VER 3"),
    ("Les Misérables", "", "Hugo, Victor", "book", 1862, "R HUG"),
    ("Alice au pays des merveilles", "", "Carroll, Lewis", "audiobook", 1865, "LA CAR"),
    ("Le Voyage dans la Lune", "", "Méliès, Georges", "film", 1902, "F MEL"),
    ("Le Carnaval des animaux", "", "Saint-Saëns, Camille", "music", 1886, "3 SAI"),
    ("Little Nemo", "", "McCay, Winsor", "comic", 1905, "BD NEM"),
    ("Course de nuages", "", "Lorme, Eva", "video_game", 2024, "JV COU"),
    ("Les Bâtisseurs de Kâ", "", "Kerval, Ida", "board_game", 2023, "JEU KER"),
)
_FIRST = 11
_WORDS = (
    (11, "Le capitaine Nemo a tout vu du monde, et n’en veut plus. On descend avec lui, et l’on"
         " remonte autre. À lire à voix haute, un chapitre par soir.", "Claire, Cachan"),
    (20, "Un lit qui galope, des éléphants en papier : cent vingt ans, et personne n’a dessiné"
         " le sommeil aussi bien.", "Malik, Arcueil"),
    (18, "Treize minutes, en couleurs, pour toute la famille. Mettez le son : la musique est"
         " neuve.", "Inès"),
)  # fmt: skip
_SEA = (
    "En 1866, un monstre marin coule des navires. Le professeur Aronnax part à sa poursuite, et"
    " découvre le Nautilus : un sous-marin, et l’homme qui s’y est retiré du monde."
)


def lived_in(world: World) -> None:
    """Give the library what a portal shows: titles of every sort, favourites, places and hours."""
    world.add(*(_title(number, *said[:5]) for number, said in enumerate(_TITLES, _FIRST)))
    copies = [
        Item(
            barcode=f"{number}-{copy}", title_id=number, home_site=site, current_site=site,
            shelf_mark=said[5],
        )
        for number, said in enumerate(_TITLES, _FIRST)
        for copy, site in enumerate(("cachan", "arcueil"))
    ]  # fmt: skip
    numbers = world.add(*copies)
    for number in (numbers[0], numbers[1], numbers[10]):
        world.lend(str(number), patron=2, days_ago=12, due_in=9)
    world.add(
        *(
            Favourite(title_id=title, words=words, signed=signed, place=place, added_at=world.now)
            for place, (title, words, signed) in enumerate(_WORDS)
        )
    )
    for code, name in (("cachan", "Médiathèque de Cachan"), ("arcueil", "Bibliothèque d’Arcueil")):
        world.database.write_now(lambda db, c=code, n=name: libraries.add_site(db, c, n))
    _places(world)
    _events(world)
    _hours(world)


def _places(world: World) -> None:
    facilities = [
        SiteFacilities(
            site="cachan", street="11 rue Camille-Desmoulins", town="94230 Cachan",
            phone="01 49 69 61 60", email="mediatheque@example.org", latitude=48.7919,
            longitude=2.3319, computers=8, printers=2, scanners=1, wifi=True,
            help_fr="mardi et jeudi, 14 h – 17 h, sans rendez-vous",
            help_en="Tuesday and Thursday, 14:00 – 17:00, without appointment",
            access_fr="Entrée sans marche, ascenseur.", access_en="No steps, a lift.",
        ),
        SiteFacilities(site="arcueil", street="1 place Paul-Poensin", town="94110 Arcueil",
                       phone="01 46 15 09 75", computers=6, printers=1, wifi=True),
    ]  # fmt: skip
    world.database.write_now(lambda db: db.add_all(facilities))
    world.database.write_now(lambda db: lay_agenda(db, world.now, "cachan"))


def _events(world: World) -> None:
    events = [
        ("story_hour", "L’heure du conte", "Coin des enfants", 3),
        ("drop_in", "Aide au numérique", "Salle informatique", 25),
        ("meeting", "Rencontre avec une illustratrice", "Salle Jules-Verne", 100),
    ]
    for kind, title, room, hours in events:
        (event,) = world.add(
            Event(
                kind=kind, title=title, site="cachan", room=room, created_at=NOW, changed_at=NOW
            )
        )  # fmt: skip
        starts = NOW + timedelta(hours=hours)
        world.add(
            EventSession(
                event_id=event, starts_at=starts, ends_at=starts + timedelta(hours=1),
                changed_at=NOW,
            )
        )  # fmt: skip
    world.database.write_now(lambda db: lay_computers(db, world.now, "cachan"))


def _hours(world: World) -> None:
    week = [(1, 14, 19), (2, 10, 12), (2, 14, 18), (3, 14, 18), (4, 14, 18), (5, 10, 18)]
    week_of = {"cachan": [(0, 10, 19), *week], "arcueil": week}
    world.add(
        *(
            OpeningHours(site=site, weekday=day, opens=time(opens), closes=time(closes))
            for site, hours in week_of.items()
            for day, opens, closes in hours
        ),
        Rulebook(version=7, hold_on_available=True),
    )


def _title(number: int, title: str, volume: str, author: str, kind: str, year: int) -> Title:
    game = kind == "video_game"
    return Title(
        id=number, source="lived", control_number=str(number), title=title, volume=volume,
        author=author, kind=kind, year=year, language="fre", created_at=NOW,
        publisher="Éditions du Phare", summary=_SEA if number == _FIRST else "",
        subjects="Mer\nSous-marins\nRomans d’aventures" if number == _FIRST else "",
        platform="Switch" if game else "", pegi_age=7 if game else None,
    )  # fmt: skip
