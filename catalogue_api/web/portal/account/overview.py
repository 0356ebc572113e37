"""The first page of an account: what is next to be brought back, and what waits to be fetched."""

from datetime import date
from functools import partial

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.holds import HoldStatus
from catalogue_api.contract.loans import LIST_OWN_LOANS, LoansAsked
from catalogue_api.contract.my_holds import LIST_MY_HOLDS
from catalogue_api.contract.my_slots import LIST_MY_SLOTS
from catalogue_api.contract.own_account import SHOW_OWN_ACCOUNT
from catalogue_api.contract.registrations import (
    LIST_MY_REGISTRATIONS,
    RegistrationInfo,
    RegistrationStatus,
)
from catalogue_api.contract.slots import SlotInfo
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

HERE = "account"
"""The name of the account's line in the navigation."""
_NEXT = 3
"""So many loans are shown here; the others have a page."""


def today_of(portal: Portal) -> date:
    """Return the day that it is in the library."""
    return portal.parts.clock().astimezone(portal.parts.zone).date()


async def appointments_of(
    portal: Portal, request: web.Request
) -> tuple[tuple[SlotInfo, ...], list[RegistrationInfo]]:
    """Return a reader's slots that are not over, and their registrations that are open."""
    slots = (await portal.call(request, LIST_MY_SLOTS, Nothing())).slots
    found = (await portal.call(request, LIST_MY_REGISTRATIONS, Nothing())).registrations
    return slots, [one for one in found if one.status is not RegistrationStatus.ENDED]


class Overview:
    """The page at /compte."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show what is due and what is ready."""
        call = self._portal.call
        account = await call(request, SHOW_OWN_ACCOUNT, Nothing())
        loans = (await call(request, LIST_OWN_LOANS, LoansAsked(cursor="", limit=_NEXT))).loans
        holds = (await call(request, LIST_MY_HOLDS, Nothing())).holds
        slots, registrations = await appointments_of(self._portal, request)
        return rendered(
            "account/overview.html",
            request,
            here=HERE,
            account=account,
            loans=loans,
            ready=[hold for hold in holds if hold.status is HoldStatus.READY],
            slots=slots,
            registrations=registrations,
            when=partial(when, words_of(request)),
            today=today_of(self._portal),
        )
