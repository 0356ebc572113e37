"""The programs that guard the computers: whether they are heard of, and their tokens."""

from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from catalogue_api.contract.computer_agents import (
    GIVE_COMPUTER_TOKEN,
    REVOKE_COMPUTER_TOKEN,
    ProgramInfo,
    ProgramsAsked,
    ProgramState,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.roles import Role, Scope, may
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.computers.computer_programs import list_programs
from catalogue_api.web.desk.computers.plan import ENTRY, PROGRAMS
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.live import digest_of
from catalogue_api.web.desk.page import SITES, librarian_of, rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Form

_TOKEN_AWAY = frozenset({ProgramState.NONE, ProgramState.REVOKED})


class ProgramPages:
    """The list of a site, and what is done there with a token."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self, db: Session, site: str, now: datetime) -> tuple[ProgramInfo, ...]:
        """Return what the list shows; that a program that runs is heard of again is no news."""
        rules = self._desk.parts.rules.current(db.connection())
        call = Call(now, rules, {}, Caller(Role.LIBRARIAN, "desk"))
        found = list_programs(db, call, ProgramsAsked(site=site)).programs
        return tuple(
            one.model_copy(update={"seen_at": None}) if one.state is ProgramState.RUNNING else one
            for one in found
        )

    async def show(self, request: web.Request) -> web.Response:
        """Show the computers of the site with their programs."""
        site, now = site_of(request), self._desk.parts.clock()
        found = await self._desk.read(lambda db: self.look(db, site, now))
        role = librarian_of(request).role
        return rendered(
            "computers/programs.html",
            request,
            here=ENTRY.name,
            programs=found,
            rooms=list(dict.fromkeys((one.room, one.room_name) for one in found)),
            seen=digest_of(found),
            names=request[SITES],
            token_away=_TOKEN_AWAY,
            circulates=may(role, Scope.CIRCULATION),
            registers=may(role, Scope.MACHINERY),
        )

    async def give(self, request: web.Request, _form: Form) -> web.StreamResponse:
        """Give a computer's program a token, and show it: once, and never again."""
        path = {"computer": request.match_info["computer"]}
        given = await self._desk.call(request, GIVE_COMPUTER_TOKEN, Nothing(), path=path)
        return rendered(
            "computers/program_given.html",
            request,
            here=ENTRY.name,
            found=await self._program(request),
            token=given.token,
            address=PROGRAMS,
        )

    async def revoke(self, request: web.Request, _form: Form) -> web.StreamResponse:
        """Make the token of a computer's program worthless."""
        path = {"computer": request.match_info["computer"]}
        await self._desk.call(request, REVOKE_COMPUTER_TOKEN, Nothing(), path=path)
        found = await self._program(request)
        raise self._desk.done(PROGRAMS, "programs.revoked", computer=found.name)

    async def _program(self, request: web.Request) -> ProgramInfo:
        now, number = self._desk.parts.clock(), int(request.match_info["computer"])
        found = await self._desk.read(lambda db: self.look(db, "", now))
        for one in found:
            if one.computer == number:
                return one
        raise Refused(ProblemType.NOT_FOUND, "there is no such computer")
