"""`ritournelle-api users` and `machines`: the first administrator is made here."""

import sys
from typing import Annotated

import typer
from sqlmodel import Session

from catalogue_api.commands.operating import Opened, run
from catalogue_api.commands.printing import AsJson, say, show
from catalogue_api.contract.accounts import FindStaff
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.machinery import FindMachinery
from catalogue_api.domain.roles import STAFF_ROLES, Role
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.services.staff import accounts, machines, staff

Name = Annotated[str, typer.Argument(help="Name to sign in with.")]
Machine = Annotated[str, typer.Argument(help="Name of the program.")]
_MOST = 200


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its commands `users` and `machines`."""
    users = typer.Typer(help="Staff who may sign in.", no_args_is_help=True)
    app.add_typer(users, name="users")
    _add_making(users, opened)
    _add_keeping(users, opened)
    programs = typer.Typer(help="Other programs and their tokens.", no_args_is_help=True)
    app.add_typer(programs, name="machines")
    _add_machines(programs, opened)


def _add_making(users: typer.Typer, opened: Opened) -> None:
    @users.command("add")
    def add_user(
        name: Name,
        site: Annotated[str | None, typer.Option(help="Code of the site they work at.")] = None,
        role: Annotated[Role | None, typer.Option(help="What they may do.")] = None,
        password_stdin: Annotated[
            bool, typer.Option("--password-stdin", help="Read the password from standard input.")
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        """Add a member of staff (a librarian, unless told otherwise), or give one a new password.

        Example: ritournelle-api users add claire --role administrator
        """
        if role is not None and role not in STAFF_ROLES:
            known = ", ".join(one.value for one in STAFF_ROLES)
            raise Refused(ProblemType.INVALID_REQUEST, f"the roles of staff are: {known}")
        password = (
            sys.stdin.readline().rstrip("\n")
            if password_stdin
            else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        )
        stored = Passwords().hash(password)

        def work(db: Session, call: Call) -> None:
            staff.add_staff(db, name, stored, site, call.now, role)
            audit.record(db, call, "staff_added", f"staff:{name}", {"role": role})

        run(opened, work, writes=True)
        say({"user": name, "site": site, "role": role}, f"{name} may sign in.", as_json=as_json)


def _add_keeping(users: typer.Typer, opened: Opened) -> None:
    @users.command("list")
    def list_users(as_json: AsJson = False) -> None:
        """List the accounts of staff.

        Example: ritournelle-api users list --json
        """
        page = FindStaff(cursor="", limit=_MOST)
        found = run(opened, lambda db, call: accounts.find(db, call, page), writes=False)
        rows = [one.model_dump(mode="json") for one in found.staff]
        show(rows, ("name", "role", "site", "created_at", "disabled_at"), as_json=as_json)

    @users.command("disable")
    def disable_user(name: Name, as_json: AsJson = False) -> None:
        """Let somebody sign in no more, from this moment; what they did stays written down.

        Example: ritournelle-api users disable claire
        """

        def work(db: Session, call: Call) -> None:
            accounts.disable(db, name, call.now)
            audit.record(db, call, "staff_disabled", f"staff:{name}")

        run(opened, work, writes=True)
        say({"user": name, "disabled": True}, f"{name} signs in no more.", as_json=as_json)


def _add_machines(programs: typer.Typer, opened: Opened) -> None:
    @programs.command("add")
    def add_machine(name: Machine, as_json: AsJson = False) -> None:
        """Register a program, or give it a new token, and print it, this once.

        Example: ritournelle-api machines add portal
        """
        given = run(
            opened,
            lambda db, call: machines.give_token(db, call, Nothing()),
            writes=True,
            path={"machine": name},
        )
        say({"machine": name, "token": given.token}, given.token, as_json=as_json)

    @programs.command("list")
    def list_machines(as_json: AsJson = False) -> None:
        """List the programs that have, or had, a token.

        Example: ritournelle-api machines list
        """
        page = FindMachinery(cursor="", limit=_MOST)
        found = run(opened, lambda db, call: machines.find(db, call, page), writes=False)
        rows = [one.model_dump(mode="json") for one in found.machines]
        show(rows, ("name", "created_at", "revoked_at"), as_json=as_json)

    @programs.command("revoke")
    def revoke_machine(name: Machine, as_json: AsJson = False) -> None:
        """Make a program's token worthless.

        Example: ritournelle-api machines revoke portal
        """
        run(
            opened,
            lambda db, call: machines.revoke_token(db, call, Nothing()),
            writes=True,
            path={"machine": name},
        )
        say({"machine": name, "revoked": True}, f"{name}: revoked.", as_json=as_json)
