"""`ritournelle-api computers`: the library's computers, their tokens, and codes for guests."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from sqlmodel import Session

from catalogue_api.commands.operating import Opened, run
from catalogue_api.commands.printing import AsJson, say, show
from catalogue_api.contract.computer_agents import ProgramsAsked
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.guest_passes import NewGuestPass
from catalogue_api.services.call import Call
from catalogue_api.services.computers import computer_programs, computer_tokens, guest_passes

Value = TypeVar("Value")

_COLUMNS = ("computer", "name", "room", "room_number", "site", "program", "seen")
Computer = Annotated[int, typer.Argument(min=1, help="Number of the computer, as listed.")]


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its commands."""
    group = typer.Typer(help="Library computers and their programs.", no_args_is_help=True)
    app.add_typer(group, name="computers")
    _add_list(group, opened)
    _add_tokens(group, opened)
    _add_guest(group, opened)


def _add_list(app: typer.Typer, opened: Opened) -> None:
    @app.command("list")
    def list_computers(
        site: Annotated[str, typer.Option(help="Those of one site only.")] = "",
        as_json: AsJson = False,
    ) -> None:
        """List the computers with their numbers, their rooms, and how their programs are.

        Example: ritournelle-api computers list --site cachan
        """
        body = ProgramsAsked(site=site)
        found = run(
            opened, lambda db, call: computer_programs.list_programs(db, call, body), writes=False
        )
        rows = [
            {
                "computer": one.computer,
                "name": one.name,
                "room": one.room_name,
                "room_number": one.room,
                "site": one.site,
                "program": one.state.value,
                "seen": one.seen_at.isoformat(timespec="seconds") if one.seen_at else None,
            }
            for one in found.programs
        ]
        show(rows, _COLUMNS, as_json=as_json)


def _add_tokens(app: typer.Typer, opened: Opened) -> None:
    def do(service: Callable[[Session, Call, Nothing], Value], **path: int) -> Value:
        places = {name: str(number) for name, number in path.items()}
        return run(opened, lambda db, call: service(db, call, Nothing()), writes=True, path=places)

    @app.command()
    def token(computer: Computer, as_json: AsJson = False) -> None:
        """Give the program of a computer a token; the one before is worthless at once.

        Example: ritournelle-api computers token 3
        """
        given = do(computer_tokens.give_token, computer=computer)
        say({"computer": computer, "token": given.token}, given.token, as_json=as_json)

    @app.command()
    def revoke(computer: Computer, as_json: AsJson = False) -> None:
        """Make the token of a computer's program worthless at once.

        Example: ritournelle-api computers revoke 3
        """
        do(computer_tokens.revoke_token, computer=computer)
        say({"computer": computer, "revoked": True}, f"{computer}: revoked", as_json=as_json)


def _add_guest(app: typer.Typer, opened: Opened) -> None:
    @app.command()
    def guest(
        room: Annotated[int, typer.Argument(min=1, help="Number of the room.")],
        as_json: AsJson = False,
    ) -> None:
        """Make a code by which somebody without a card sits down once, until the doors close.

        Example: ritournelle-api computers guest 1
        """
        made = run(
            opened,
            lambda db, call: guest_passes.make_guest_pass(db, call, NewGuestPass()),
            writes=True,
            path={"room": str(room)},
        )
        values = {
            "room": room,
            "number": made.number,
            "code": made.code,
            "expires_at": made.expires_at.isoformat(),
        }
        say(values, f"{made.code}  {made.room_name}", as_json=as_json)
