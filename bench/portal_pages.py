"""Every page of the readers' portal, by address: one list for the tests and the measurements.

A new page is one line here; `OWN` are those that a reader sees signed in.
"""

PAGES = (
    "/",
    "/recherche",
    "/recherche?q=e*",
    "/recherche?q=xqzt",
    "/recherche?kind=x",
    "/titre/11",
    "/titre/1",
    "/nouveautes",
    "/nouveautes?kind=book",
    "/jeux-video",
    "/coups-de-coeur",
    "/lieux",
    "/guides",
    "/guides/rendre",
    "/guides/reserver",
    "/guides/ordinateur",
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/connexion",
    "/code",
    "/code/courriel",
    "/nulle-part",
)
OWN = (
    "/",
    "/titre/1",
    "/titre/11",
    "/compte",
    "/compte/prets",
    "/compte/prets/anciens",
    "/compte/reservations",
    "/compte/reservations/1",
    "/compte/rendez-vous",
    "/compte/messages",
    "/compte/messages/choix",
    "/compte/coordonnees",
    "/compte/code",
    "/compte/agenda",
    "/compte/appareils",
    "/compte/mes-donnees",
    "/compte/suppression",
)
