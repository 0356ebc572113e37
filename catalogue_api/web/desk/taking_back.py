"""Taking back what was just done: the button beside what a page has told, and why it cannot be."""

from collections.abc import Mapping
from typing import TypedDict

from aiohttp import web

from catalogue_api.contract.anomalies import REOPEN_ANOMALY
from catalogue_api.contract.deeds import TAKE_BACK
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import DESK
from catalogue_api.web.pages.forms import Form


class WayBack(TypedDict):
    """What `Desk.done` wants to know of a form that takes something back."""

    undo: str
    fields: Mapping[str, str] | None


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add what the buttons do."""
    taking = TakingBack(desk)
    deed, anomaly = r"/deeds/{deed:\d{1,9}}/taken-back", r"/anomalies/{anomaly:\d{1,9}}/reopened"
    app.router.add_post(deed, desk.form(taking.deed, Scope.CIRCULATION))
    app.router.add_post(anomaly, desk.form(taking.anomaly, Scope.CIRCULATION))


def way_back(deed: int | None, back: str) -> WayBack:
    """Return the form that takes a deed back and leads to the page `back`; none for no deed."""
    if deed is None:
        return WayBack(undo="", fields=None)
    fields = {"key": f"deed-{deed}", "back": back}
    return WayBack(undo=f"/desk/deeds/{deed}/taken-back", fields=fields)


def reopening(anomaly: int, version: int, back: str) -> WayBack:
    """Return the form by which an anomaly waits for somebody again."""
    fields = {"version": str(version), "back": back}
    return WayBack(undo=f"/desk/anomalies/{anomaly}/reopened", fields=fields)


class TakingBack:
    """The forms of the buttons."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def deed(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Let copies stand as before; those with which something was done since are named."""
        back, path = DESK.own(form.text("back")), {"deed": request.match_info["deed"]}
        try:
            found = await self._desk.call(request, TAKE_BACK, Nothing(), path=path, key=form.key)
        except Refused as refused:
            raise self._desk.not_done(back, refused, "deed_refusal") from refused
        if not found.moved_on:
            raise self._desk.done(back, f"deed.{found.kind.value}.taken_back", n=found.changed)
        stay = ", ".join(found.moved_on)
        raise self._desk.done(back, "deed.partly_taken_back", number=found.changed, stay=stay)

    async def anomaly(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Let an anomaly wait again; a second click finds it waiting."""
        back, path = DESK.own(form.text("back")), {"anomaly": request.match_info["anomaly"]}
        try:
            await self._desk.call(
                request, REOPEN_ANOMALY, Nothing(), path=path, version=form.version or 0
            )
        except Refused as refused:
            if refused.type is ProblemType.CHANGED_MEANWHILE:
                raise self._desk.done(back, "anomaly.not_reopened", well=False) from refused
            raise self._desk.not_done(back, refused) from refused
        raise self._desk.done(back, "anomaly.reopened")
