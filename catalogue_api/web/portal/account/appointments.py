"""Computers that are kept for a reader, and events in which they have a place or wait for one."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from aiohttp import web

from catalogue_api.contract.endpoint import Endpoint, Nothing, ProblemType, Refused
from catalogue_api.contract.my_slots import CANCEL_MY_SLOT
from catalogue_api.contract.registrations import (
    ACCEPT_MY_OFFER,
    CANCEL_MY_REGISTRATION,
    CONFIRM_MY_SEAT,
    RegistrationStatus,
)
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.account.overview import HERE, appointments_of
from catalogue_api.web.portal.agenda.places import registration_at, told_why
from catalogue_api.web.portal.computers.booking import MINE
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_HERE = "/compte/rendez-vous"
_ACTS: Mapping[str, tuple[str, Endpoint[Nothing, Any]]] = {
    "cancel_slot": ("slot", CANCEL_MY_SLOT),
    "cancel": ("registration", CANCEL_MY_REGISTRATION),
    "confirm": ("registration", CONFIRM_MY_SEAT),
    "accept": ("registration", ACCEPT_MY_OFFER),
}
"""What can be done about one: what its number is of, and the endpoint."""
_OVERTAKEN = {
    ProblemType.CHANGED_MEANWHILE, ProblemType.REFUSED_BY_RULE, ProblemType.CONFLICT,
}  # fmt: skip


class Appointments:
    """The page at /compte/rendez-vous."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show what one has before one."""
        slots, registrations = await appointments_of(self._portal, request)
        return rendered(
            "account/appointments.html",
            request,
            status=HTTPStatus.OK,
            here=HERE,
            slots=slots,
            registrations=registrations,
            draft=self._portal.blank(),
            when=partial(when, words_of(request)),
            registration_at=registration_at,
            slots_at=MINE,
        )

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Give one up, confirm that one comes, or take the seat that is offered."""
        act, number = form.text("act"), form.text("number")
        if act not in _ACTS:
            raise web.HTTPBadRequest
        name, endpoint = _ACTS[act]
        try:
            await self._portal.call(
                request, endpoint, Nothing(), path={name: number}, version=form.version or 0
            )
        except Refused as refused:
            if refused.type not in _OVERTAKEN:
                raise
            if not await self._is_so(request, act, number):
                raise self._refusal(name, refused) from refused
        raise self._portal.done(_HERE, f"portal.account.appointment.{act}_done")

    def _refusal(self, name: str, refused: Refused) -> web.HTTPSeeOther:
        if name == "slot" and refused.reasons:
            key = f"slot_refusal.{refused.reasons[0]}.patron"
            return self._portal.done(_HERE, key, well=False)
        return told_why(self._portal, _HERE, refused)

    async def _is_so(self, request: web.Request, act: str, number: str) -> bool:
        """Tell whether a form came twice: what it asks for is so already."""
        slots, registrations = await appointments_of(self._portal, request)
        if act == "cancel_slot":
            return number not in {str(slot.slot) for slot in slots}
        found = {str(one.registration): one for one in registrations}
        if act == "cancel":
            return number not in found
        one = found.get(number)
        if one is None:
            return False
        if act == "confirm":
            return one.confirmed_at is not None
        return one.status is RegistrationStatus.REGISTERED
