"""How the desk speaks of reservations where a text depends on more than its key."""

from catalogue_api.contract.holds import HoldInfo
from catalogue_api.web.texts import Words


def place_of(words: Words, position: int) -> str:
    """Return a place in a queue: « 1re place », « 4e place »."""
    return words.text("holds.place.first" if position == 1 else "holds.place.nth", n=position)


def doer_of(words: Words, by: str) -> str:
    """Return who did something, from what the history says: a name of the staff, or a word."""
    name, _, kiosk = by.partition(":")
    if name == "kiosk" and kiosk:
        return words.text("holds.by.kiosk", kiosk=kiosk)
    return words.text(f"holds.by.{by}") if words.has(f"holds.by.{by}") else by


def facts_of(words: Words, hold: HoldInfo) -> dict[str, str]:
    """Return what may change about a reservation while somebody looks at it, in words."""
    rest = ""
    if hold.paused:
        until = hold.paused_until
        rest = words.text("holds.paused_until", day=words.day(until)) if until else words.text(
            "holds.paused"
        )  # fmt: skip
    return {
        "state": words.text(f"hold_status.{hold.status.value}"),
        "place_now": "" if hold.position is None else place_of(words, hold.position),
        "pickup_now": hold.pickup_name,
        "rest": rest,
        "copy": hold.barcode,
        "told": "" if hold.told_how is None else words.text(f"holds.told.{hold.told_how.value}"),
    }
