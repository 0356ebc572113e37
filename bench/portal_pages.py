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
    "/connexion",
    "/nulle-part",
)
OWN = ("/", "/titre/1", "/titre/11")
