"""Every page of the readers' portal, by address: one list for the tests and the measurements.

A new page is one line here; `OWN` are those that a reader sees signed in.
"""

PAGES = (
    "/",
    "/connexion",
    "/nulle-part",
)
OWN = ("/",)
