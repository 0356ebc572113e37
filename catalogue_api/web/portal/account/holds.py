"""One's reservations: place, estimate and its reason; paused, fetched elsewhere, cancelled."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.holds import HoldInfo, HoldStatus, PauseHold, Pickup
from catalogue_api.contract.my_holds import (
    CANCEL_MY_HOLD,
    CHANGE_MY_PICKUP,
    LIST_MY_HOLDS,
    MY_HOLD_HISTORY,
    PAUSE_MY_HOLD,
    RESTORE_MY_HOLD,
    RESUME_MY_HOLD,
    SHOW_MY_HOLD,
)
from catalogue_api.services.rules.libraries import sites
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.portal.account.overview import HERE, today_of
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_LIST = "/compte/reservations"
_REASONS = "portal.hold_refusal"


class Holds:
    """The list, the page of each, and what is done there."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show all open reservations, those that are ready first."""
        holds = (await self._portal.call(request, LIST_MY_HOLDS, Nothing())).holds
        ready = sorted(holds, key=lambda hold: hold.status is not HoldStatus.READY)
        return rendered("account/holds.html", request, here=HERE, holds=ready)

    async def show_one(self, request: web.Request) -> web.Response:
        """Show a reservation with all that can be done about it."""
        return await self._shown(request, self._portal.blank())

    async def take(self, request: web.Request, form: Form) -> web.Response:
        """Pause it, let it go on, fetch it elsewhere, cancel it, or take that back."""
        act = form.text("act")
        if act not in _SO:
            raise web.HTTPBadRequest
        hold = request.match_info["hold"]
        there = _LIST if act == "cancel" else f"{_LIST}/{hold}"
        try:
            done = await self._act(request, form, act)
        except Unfit as unfit:
            return await self._shown(request, self._portal.kept(form, unfit))
        except Refused as refused:
            if await self._is_so_already(request, form, act, refused):
                raise self._portal.done(there, f"portal.account.hold.{act}_done") from refused
            if refused.type is ProblemType.NOT_FOUND:
                raise
            there = f"{_LIST}/{hold}"
            raise self._portal.not_done(there, refused, _REASONS) from refused
        undo = {"act": "restore", "version": str(done.version)}
        if act == "cancel":
            raise self._portal.done(
                there, "portal.account.hold.cancel_done", undo=f"{_LIST}/{hold}", fields=undo
            )
        raise self._portal.done(there, f"portal.account.hold.{act}_done")

    async def _act(self, request: web.Request, form: Form, act: str) -> HoldInfo:
        call, path = self._portal.call, {"hold": request.match_info["hold"]}
        version = form.version or 0
        match act:
            case "pause":
                body = body_of(PauseHold, {"until": form.text("until") or None})
                return await call(request, PAUSE_MY_HOLD, body, path=path, version=version)
            case "pickup":
                pickup = body_of(Pickup, {"pickup_site": form.text("pickup_site")})
                return await call(request, CHANGE_MY_PICKUP, pickup, path=path, version=version)
        endpoint = {
            "resume": RESUME_MY_HOLD, "cancel": CANCEL_MY_HOLD, "restore": RESTORE_MY_HOLD,
        }[act]  # fmt: skip
        return await call(request, endpoint, Nothing(), path=path, version=version)

    async def _is_so_already(
        self, request: web.Request, form: Form, act: str, refused: Refused
    ) -> bool:
        """Tell whether a form was sent twice: what it asks for is so already."""
        if refused.type not in {ProblemType.CHANGED_MEANWHILE, ProblemType.REFUSED_BY_RULE}:
            return False
        hold = await self._hold(request)
        return _SO[act](hold, form)

    async def _hold(self, request: web.Request) -> HoldInfo:
        path = {"hold": request.match_info["hold"]}
        return await self._portal.call(request, SHOW_MY_HOLD, Nothing(), path=path)

    async def _shown(self, request: web.Request, draft: Draft) -> web.Response:
        path = {"hold": request.match_info["hold"]}
        hold = await self._hold(request)
        history = await self._portal.call(request, MY_HOLD_HISTORY, Nothing(), path=path)
        return rendered(
            "account/hold.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=HERE,
            hold=hold,
            draft=draft,
            events=history.events,
            sites=await self._portal.read(sites),
            open=hold.ended_at is None,
            today=today_of(self._portal),
        )


_SO: Mapping[str, Callable[[HoldInfo, Form], bool]] = {
    "pause": lambda hold, form: hold.paused and f"{hold.paused_until or ''}" == form.text("until"),
    "resume": lambda hold, _form: hold.status is HoldStatus.WAITING and not hold.paused,
    "pickup": lambda hold, form: hold.pickup_site == form.text("pickup_site"),
    "cancel": lambda hold, _form: hold.status is HoldStatus.CANCELLED,
    "restore": lambda hold, _form: hold.ended_at is None,
}
"""What can be done, and how one sees that it was done."""
