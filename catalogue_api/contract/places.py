"""What stands in the braces of a path: its form, an example, and what it is.

The server refuses another form as "there is nothing here" before any service sees it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NUMBER = r"^[1-9][0-9]{0,8}$"
_NAME = r"^[^\x00-\x1f\x7f]{1,64}$"


@dataclass(frozen=True, slots=True)
class Place:
    """One parameter of a path."""

    description: str
    example: str
    pattern: str = _NAME

    def fits(self, value: str) -> bool:
        """Tell whether a decoded value has the form."""
        return re.fullmatch(self.pattern, value) is not None and "\n" not in value


PLACES: Mapping[str, Place] = {
    "kiosk": Place("Name of a kiosk", "hall"),
    "machine": Place("Name of a program", "portal"),
    "staff": Place("Name of a member of staff", "camille"),
    "barcode": Place("Barcode of an item", "39416000000052"),
    "site": Place("Code of a site", "CENTRALE", r"^[^\x00-\x1f\x7f]{1,32}$"),
    "return_id": Place(
        "Identifier of a return, made where the item was laid",
        "0b8e7c1e-5d0b-4a51-9c4a-3f1c2f0c9a11",
        r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    ),
    "session": Place("Handle of a session", "9f86d081884c7d65", r"^[0-9a-f]{16}$"),
    "patron": Place("Number of a reader (not that of the card)", "17", _NUMBER),
    "title": Place("Number of a title", "42", _NUMBER),
    "favourite": Place("Number of a favourite", "8", _NUMBER),
    "text": Place("Name of a text of the portal", "legal"),
    "hold": Place("Number of a reservation", "7", _NUMBER),
    "exception": Place("Number of an exception of the calendar", "4", _NUMBER),
    "block": Place("Number of a block of a reader", "5", _NUMBER),
    "loan": Place("Number of a loan", "1001", _NUMBER),
    "deed": Place("Number of a deed, as what did it answered", "8", _NUMBER),
    "room": Place("Number of a room with computers", "2", _NUMBER),
    "computer": Place("Number of a computer", "3", _NUMBER),
    "guest_pass": Place("Number of the code of a guest", "12", _NUMBER),
    "slot": Place("Number of a slot at a computer", "12", _NUMBER),
    "wish": Place("Number of a wish for a slot", "9", _NUMBER),
    "walk_in": Place("Number in the books of who waits in a room", "11", _NUMBER),
    "slot_block": Place("Number of a block of computers", "6", _NUMBER),
    "event": Place("Number of an event", "3", _NUMBER),
    "event_session": Place("Number of a session of an event", "7", _NUMBER),
    "registration": Place("Number of a registration for an event", "5", _NUMBER),
    "scheme": Place("Number of a scheme of vouchers", "1", _NUMBER),
    "notice": Place("Number of a notice to a reader", "8", _NUMBER),
    "question": Place("Number of a question to librarians", "9", _NUMBER),
    "suggestion": Place("Number of a suggestion to buy", "4", _NUMBER),
    "confirmation": Place(
        "What stands in a mail to confirm a question",
        "9~Zm9yIGV4YW1wbGUgb25seSwgbm90IHJlYWw",
        r"^[A-Za-z0-9._~-]{1,128}$",
    ),
    "unsubscription": Place(
        "What stands in a mail to decline its kind",
        "17.due_soon~Zm9yIGV4YW1wbGUgb25seSwgbm90IHJlYWw",
        r"^[A-Za-z0-9._~-]{1,128}$",
    ),
    "anomaly": Place("Number of an anomaly", "3", _NUMBER),
}


def place_of(name: str) -> Place:
    """Return what is known of a parameter; one that is not listed is any printable name."""
    return PLACES.get(name) or Place(name.replace("_", " ").capitalize(), "1")
