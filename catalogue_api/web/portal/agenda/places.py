"""Where the pages of the agenda stand, and what they say when something is refused."""

from aiohttp import web

from catalogue_api.contract.endpoint import Refused
from catalogue_api.web.portal.portal import Portal

HERE = "agenda"
HOME = "/agenda"
OWN = f"{HOME}/inscriptions"


def event_at(number: int | str) -> str:
    """Return the address of an event, for good."""
    return f"{HOME}/{number}"


def registration_at(number: int | str) -> str:
    """Return the address of somebody's own registration, to which messages lead."""
    return f"{OWN}/{number}"


def told_why(portal: Portal, address: str, refusal: Refused) -> web.HTTPSeeOther:
    """Return the way to a page that says once, in words for readers, why something was not done."""
    if not refusal.reasons:
        return portal.not_done(address, refusal)
    key = f"workshop_refusal.{refusal.reasons[0]}.patron"
    return portal.done(address, key, well=False)
