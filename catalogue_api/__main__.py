"""`ritournelle-api`: the catalogue's program. Exit status 0 done, 1 it did not work, 2 usage."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from sqlmodel import Session

from catalogue_api.commands import accounts as account_commands
from catalogue_api.commands import backups as backup_commands
from catalogue_api.commands import computers as computer_commands
from catalogue_api.commands import guarding as guarding_commands
from catalogue_api.commands import jobs as job_commands
from catalogue_api.commands import lending as lending_commands
from catalogue_api.commands import mailing as mail_commands
from catalogue_api.commands import receipts as receipt_commands
from catalogue_api.commands import rules as rule_commands
from catalogue_api.commands import searching as search_commands
from catalogue_api.commands import serving as serving_commands
from catalogue_api.commands import training as training_commands
from catalogue_api.commands.operating import run
from catalogue_api.commands.printing import AsJson, say, show
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.kiosks import KioskMessage, KioskWords
from catalogue_api.importing import command as import_command
from catalogue_api.importing import export_command
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.kiosks import kiosks
from catalogue_api.services.kiosks.kiosk_health import put_message as put_words
from catalogue_api.services.rules import libraries
from catalogue_api.services.secrets.tokens import new_token
from catalogue_api.settings import ApiSettings, SettingsError, read_settings
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.engine.errors import StorageError

app = typer.Typer(
    help="The catalogue: titles, items, loans, reservations, and the kiosks that return them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
kiosk_commands = typer.Typer(help="Return kiosks and their tokens.", no_args_is_help=True)
site_commands = typer.Typer(help="The libraries of the network.", no_args_is_help=True)
app.add_typer(kiosk_commands, name="kiosks")
app.add_typer(site_commands, name="sites")

SiteOption = Annotated[str, typer.Option("--site", help="Code of the site.")]


@dataclass(slots=True)
class _Given:
    """The options that stand before every command."""

    settings_file: Path | None = None
    database: str | None = None


_given = _Given()


@app.callback()
def _before(
    settings: Annotated[
        Path | None,
        typer.Option(help="TOML file of settings.", envvar="RITOURNELLE_API_SETTINGS"),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            help="Another database than the settings name. Others on the machine see what is "
            "typed here: a password belongs into the settings, a credential or PGPASSFILE."
        ),
    ] = None,
) -> None:
    _given.settings_file, _given.database = settings, database


def _settings() -> ApiSettings:
    settings = read_settings(_given.settings_file)
    given = _given.database
    return settings if given is None else settings.model_copy(update={"database": given})


@contextmanager
def opened() -> Iterator[tuple[Database, ApiSettings]]:
    """Open the database of the settings; a new file gets its tables, an older one is refused."""
    settings = _settings()
    database = Database(settings.database, threads=0)
    try:
        database.require_schema()
        yield database, settings
    finally:
        database.close()


import_command.add_to(app, opened)
export_command.add_to(app, opened)
lending_commands.add_to(app, opened)
rule_commands.add_to(app, opened)
receipt_commands.add_to(app, opened)
search_commands.add_to(app, opened)
job_commands.add_to(app, opened)
mail_commands.add_to(app, opened)
account_commands.add_to(app, opened)
computer_commands.add_to(app, opened)
guarding_commands.add_to(app)
serving_commands.add_to(app, opened)
training_commands.add_to(app)
backup_commands.add_to(app, _settings)


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Bring the database to the schema of this release (make a copy of it first).

    Example: ritournelle-api migrate
    """
    settings = _settings()
    database = Database(settings.database, threads=0)
    try:
        revision = database.migrate()
    finally:
        database.close()
    say({"revision": revision}, f"The database is at revision {revision}.", as_json=as_json)


@kiosk_commands.command("add")
def add_kiosk(
    name: Annotated[str, typer.Argument(help="Name of the kiosk, as in its settings.")],
    site: SiteOption,
    as_json: AsJson = False,
) -> None:
    """Register a kiosk and print its token, this once.

    Example: ritournelle-api kiosks add hall --site cachan
    """
    token = new_token()

    def work(db: Session, call: Call) -> None:
        kiosks.add_kiosk(db, name, site, token, call.now)
        audit.record(db, call, "kiosk_token_given", f"kiosk:{name}", {"site": site})

    run(opened, work, writes=True)
    say({"kiosk": name, "site": site, "token": token}, token, as_json=as_json)


@kiosk_commands.command("list")
def list_kiosks(as_json: AsJson = False) -> None:
    """List the kiosks.

    Example: ritournelle-api kiosks list --json
    """
    with opened() as (database, _):
        lines = database.read_now(kiosks.kiosks)
    rows = [
        {
            "kiosk": line.name,
            "site": line.site,
            "created_at": line.created_at.isoformat(timespec="seconds"),
            "revoked_at": line.revoked_at.isoformat(timespec="seconds")
            if line.revoked_at
            else None,
        }
        for line in lines
    ]
    show(rows, ("kiosk", "site", "created_at", "revoked_at"), as_json=as_json)


@kiosk_commands.command("revoke")
def revoke_kiosk(
    name: Annotated[str, typer.Argument(help="Name of the kiosk.")], as_json: AsJson = False
) -> None:
    """Make a kiosk's token worthless.

    Example: ritournelle-api kiosks revoke hall
    """
    path = {"kiosk": name}
    run(opened, lambda db, call: kiosks.revoke_token(db, call, Nothing()), writes=True, path=path)
    say({"kiosk": name, "revoked": True}, f"The token of {name} is revoked.", as_json=as_json)


@kiosk_commands.command("message")
def put_message(
    name: Annotated[str, typer.Argument(help="Name of the kiosk.")],
    text: Annotated[str, typer.Argument(help="What it says; without it, nothing any more.")] = "",
    english: Annotated[str, typer.Option(help="The same in English.")] = "",
    until: Annotated[
        datetime | None,
        typer.Option(
            help="When it ends, by the library's time (midnight, unless said).",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
        ),
    ] = None,
    stays: Annotated[bool, typer.Option(help="It stays until it is taken away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Have a kiosk's screen tell patrons something, or nothing any more, within a minute or so.

    Example: ritournelle-api kiosks message hall "Fermeture à 17 h." --english "We close at 5 pm."
    """
    if until is not None and stays:
        raise typer.BadParameter("it stays, or it ends: say one of them", param_hint="--until")

    def work(db: Session, call: Call) -> KioskMessage:
        end = None if until is None else until.replace(tzinfo=call.rules.zone)
        try:
            said = KioskWords(message_fr=text, message_en=english, until=end, stays=stays)
        except ValidationError as error:
            raise typer.BadParameter("a message is one line of 300 characters at most") from error
        return put_words(db, call, said)

    put = run(opened, work, writes=True, path={"kiosk": name})
    end = f" until {put.until.isoformat(timespec='minutes')}" if put.until else ""
    shown = f"{name} says{end}: {text or english}" if text or english else f"{name} is silent."
    say({"kiosk": name} | put.model_dump(mode="json"), shown, as_json=as_json)


@site_commands.command("add")
def add_site(
    code: Annotated[str, typer.Argument(help="Short code, used in addresses.")],
    name: Annotated[str, typer.Argument(help="Name that people know it by.")],
    as_json: AsJson = False,
) -> None:
    """Add a site, or rename one.

    Example: ritournelle-api sites add cachan "Bibliothèque centrale"
    """
    with opened() as (database, _):
        database.write_now(lambda db: libraries.add_site(db, code, name))
    say({"site": code, "name": name}, f"{code}: {name}", as_json=as_json)


@site_commands.command("list")
def list_sites(as_json: AsJson = False) -> None:
    """List the sites.

    Example: ritournelle-api sites list
    """
    with opened() as (database, _):
        found = database.read_now(libraries.sites)
    rows = [{"site": code, "name": name} for code, name in found.items()]
    show(rows, ("site", "name"), as_json=as_json)


def main() -> None:
    """Run the program; what did not work is one line on stderr."""
    try:
        app(prog_name="ritournelle-api")
    except SettingsError as error:
        print(f"ritournelle-api: {error}", file=sys.stderr)
        sys.exit(2)
    except Refused as refused:
        print(f"ritournelle-api: {refused.detail}", file=sys.stderr)
        sys.exit(1)
    except (StorageError, OSError) as error:
        in_one_line = " ".join(str(error).split())  # drivers write several
        print(f"ritournelle-api: {in_one_line}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
