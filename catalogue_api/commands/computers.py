"""`ritournelle-api computers`: the library's computers, their tokens, and codes for guests."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from sqlmodel import Session

from catalogue_api.commands.common import AsJson, Opened, run, say, show
from catalogue_api.contract.computers import RoomsAsked
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.services import computer_tokens, computers
from catalogue_api.services.call import Call

Value = TypeVar("Value")

Computer = Annotated[int, typer.Argument(min=1, help="Number of the computer, as listed.")]


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its commands."""
    group = typer.Typer(help="Library computers and their programs.", no_args_is_help=True)
    app.add_typer(group, name="computers")

    def do(service: Callable[[Session, Call, Nothing], Value], **path: int) -> Value:
        places = {name: str(number) for name, number in path.items()}
        return run(opened, lambda db, call: service(db, call, Nothing()), writes=True, path=places)

    @group.command("list")
    def list_computers(
        site: Annotated[str, typer.Option(help="Those of one site only.")] = "",
        as_json: AsJson = False,
    ) -> None:
        """List the computers with their numbers and rooms.

        Example: ritournelle-api computers list --site cachan
        """
        body = RoomsAsked(site=site)
        found = run(opened, lambda db, call: computers.list_rooms(db, call, body), writes=False)
        rows = [
            {"computer": one.computer, "name": one.name, "room": room.name, "site": room.site}
            for room in found.rooms
            for one in room.computers
            if not one.withdrawn
        ]
        show(rows, ("computer", "name", "room", "site"), as_json=as_json)

    @group.command()
    def token(computer: Computer, as_json: AsJson = False) -> None:
        """Give the program of a computer a token; the one before is worthless at once.

        Example: ritournelle-api computers token 3
        """
        given = do(computer_tokens.give_token, computer=computer)
        say({"computer": computer, "token": given.token}, given.token, as_json=as_json)

    @group.command()
    def revoke(computer: Computer, as_json: AsJson = False) -> None:
        """Make the token of a computer's program worthless at once.

        Example: ritournelle-api computers revoke 3
        """
        do(computer_tokens.revoke_token, computer=computer)
        say({"computer": computer, "revoked": True}, f"{computer}: revoked", as_json=as_json)

    @group.command("guest")
    def guest(
        room: Annotated[int, typer.Argument(min=1, help="Number of the room.")],
        as_json: AsJson = False,
    ) -> None:
        """Make a code by which somebody without a card sits down once, until the doors close.

        Example: ritournelle-api computers guest 1
        """
        made = do(computer_tokens.make_guest_pass, room=room)
        values = {"room": room, "code": made.code, "expires_at": made.expires_at.isoformat()}
        say(values, f"{made.code}  {made.room_name}", as_json=as_json)
