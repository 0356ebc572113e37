"""What librarians of the invented library keep for its portal."""

from datetime import datetime, time

from sqlmodel import Session

from catalogue_api.storage.tables import Favourite, OpeningHours, Rulebook, SiteFacilities

_FAVOURITES = (
    (1, "Un gardien, une lampe, et tout un hiver pour comprendre. On le lit d’une traite.", "Lou"),
    (14, "Trois recettes pour douze voisins : le roman qui donne faim et envie d’inviter.", "Sami"),
    (11, "À écouter quand il pleut, et aussi quand il ne pleut pas.", "Lou"),
)
_WEEK = ((0, 9, 19), (1, 9, 19), (2, 9, 19), (3, 9, 19), (4, 9, 19), (5, 9, 18))
"""Weekday (0 is Monday), opens, closes."""


def furnish_portal(session: Session, now: datetime) -> None:
    """Recommend some titles, say where the sites are, when they open and what there is.

    They are open on all days but Sundays, so that one can learn on any day.
    """
    session.add(Rulebook(version=1))  # without it, nothing was entered: no hours would hold
    for place, (title, words, signed) in enumerate(_FAVOURITES):
        session.add(
            Favourite(title_id=title, words=words, signed=signed, place=place, added_at=now)
        )
    session.add(
        SiteFacilities(
            site="CENTRALE", street="1 place de l’Invention", town="00000 Nulle-Part",
            computers=6, printers=2, scanners=1, wifi=True,
            help_fr="mardi, 14 h – 17 h, sans rendez-vous",
            help_en="Tuesday, 14:00 – 17:00, without appointment",
        )
    )  # fmt: skip
    session.add(
        SiteFacilities(
            site="GARE", street="3 quai du Départ", town="00000 Nulle-Part", computers=2, wifi=True
        )
    )
    for site in ("CENTRALE", "GARE"):
        for day, opens, closes in _WEEK:
            session.add(
                OpeningHours(site=site, weekday=day, opens=time(opens), closes=time(closes))
            )
