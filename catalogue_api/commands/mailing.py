"""`ritournelle-api mail`: send what waits, see how much does, and try the mail server."""

import asyncio
import sys
from email.utils import parseaddr
from typing import Annotated

import typer

from catalogue_api.commands.operating import Opened, now, rules_of
from catalogue_api.commands.printing import AsJson, say
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.mailing import mailbox
from catalogue_api.mail.message import Sender
from catalogue_api.mail.returned import LONGEST, Returned, read_returned
from catalogue_api.mail.sending import Mailing, Office, empty, try_out
from catalogue_api.mail.server import MailSecurity, MailServer, NotTaken
from catalogue_api.mail.writing import House, Writer
from catalogue_api.services.notices.outbox import Settled
from catalogue_api.services.notices.returned_mail import note_returned
from catalogue_api.services.secrets.tokens import new_token
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.engine.errors import StorageError
from catalogue_api.storage.notices import waiting

_TRY_LATER = 75
"""EX_TEMPFAIL of sysexits.h: a mail server keeps the mail, and calls again."""


def mailing_of(settings: ApiSettings) -> Mailing:
    """Return what mails are sent with, as the settings say."""
    name, address = parseaddr(settings.mail_from)
    server = MailServer(
        settings.mail_host,
        settings.mail_port,
        MailSecurity(settings.mail_security),
        settings.mail_user,
        settings.mail_password.get_secret_value(),
        settings.mail_authority,
    )
    house = House(name or address, settings.portal_address)
    return Mailing(
        server if settings.mail_host else None,
        Sender(
            address,
            parseaddr(settings.mail_reply_to)[1],
            parseaddr(settings.mail_returns_to)[1],
        ),
        house,
        Writer(house, settings.time_zone),
    )


def office_of(database: Database, settings: ApiSettings) -> Office:
    """Return a sender of its own name."""
    return Office(database, rules_of(settings), now, new_token())


def add_to(app: typer.Typer, opened: Opened) -> None:
    """Give the program its commands `mail send`, `waiting`, `try` and `bounce`."""
    mail = typer.Typer(help="Notices to readers by e-mail.", no_args_is_help=True)
    app.add_typer(mail, name="mail")
    _add_outbox(mail, opened)
    _add_try(mail, opened)
    _add_bounce(mail, opened)


def _add_outbox(app: typer.Typer, opened: Opened) -> None:
    @app.command()
    def send(as_json: AsJson = False) -> None:
        """Send what waits, once; the server does so by itself while it runs.

        Example: ritournelle-api mail send
        """
        with opened() as (database, settings):
            done = asyncio.run(empty(office_of(database, settings), mailing_of(settings)))
        if done.away:
            raise Refused(ProblemType.UNAVAILABLE, f"the mail server: {done.away}")
        counted = {"sent": done.sent, "later": done.later, "to_tell": done.to_tell,
                   "dropped": done.dropped}  # fmt: skip
        line = ", ".join(f"{name} {number}" for name, number in counted.items() if number)
        say(counted, line or "nothing to send", as_json=as_json)

    @app.command("waiting")
    def show_waiting(as_json: AsJson = False) -> None:
        """Tell how many notices wait, and since when the oldest does.

        Example: ritournelle-api mail waiting --json
        """
        with opened() as (database, _):
            number, since = database.read_now(lambda db: waiting(db.connection(), now()))
        said = f"{number} since {since:%Y-%m-%d %H:%M} UTC" if since else "nothing waits"
        say({"waiting": number, "since": since}, said, as_json=as_json)


def _add_try(app: typer.Typer, opened: Opened) -> None:
    @app.command("try")
    def try_server(
        address: Annotated[str, typer.Argument(help="To whom a message is sent.")],
        as_json: AsJson = False,
    ) -> None:
        """Send one message, to see that the mail server takes it.

        Example: ritournelle-api mail try me@example.org
        """
        with opened() as (_, settings):
            mailing = mailing_of(settings)
        if mailing.server is None:
            raise Refused(ProblemType.INVALID_REQUEST, "there is no mail_host in the settings")
        if not mailbox(address):
            raise typer.BadParameter("not an address of e-mail")
        try:
            asyncio.run(try_out(mailing, mailbox(address), new_token(), now()))
        except NotTaken as error:
            raise Refused(ProblemType.UNAVAILABLE, f"the mail server: {error}") from error
        say({"taken": True}, "The mail server has taken it.", as_json=as_json)


def _add_bounce(app: typer.Typer, opened: Opened) -> None:
    @app.command("bounce")
    def take_bounce(as_json: AsJson = False) -> None:
        """Read a mail that came back, from the mail server's pipe; what is none is let be.

        Exit status 75 asks the server to try later. Example: ritournelle-api mail bounce < mail
        """
        returned = read_returned(sys.stdin.buffer.read(LONGEST))
        if returned is None:
            say({"bounce": False}, "not a report that a mail of ours came back", as_json=as_json)
            return
        try:
            settled = _noted(opened, returned)
        except StorageError as error:
            print(f"ritournelle-api: {error}", file=sys.stderr)
            raise typer.Exit(_TRY_LATER) from error
        if settled is None:
            say({"bounce": False}, "a report, but of no mail of ours", as_json=as_json)
            return
        done = {"bounce": True, "verdict": returned.verdict.value,
                "notices": [one.notice for one in settled]}  # fmt: skip
        say(done, f"noted: {returned.said}", as_json=as_json)


def _noted(opened: Opened, returned: Returned) -> tuple[Settled, ...] | None:
    with opened() as (database, settings):
        rules = rules_of(settings)
        return database.write_now(
            lambda db: note_returned(
                db,
                returned.mark,
                returned.verdict,
                returned.said,
                now(),
                rules.current(db.connection()),
            )
        )
