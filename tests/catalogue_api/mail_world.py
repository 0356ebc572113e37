"""A real mail server in the tests' own loop, and what a library sends its mails with."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from warnings import catch_warnings, simplefilter

from aiosmtpd.smtp import SMTP, AuthResult
from catalogue_world import World
from sqlalchemy import text

from catalogue_api.domain.notices import NoticeKind
from catalogue_api.mail.message import Sender
from catalogue_api.mail.sending import Emptied, Mailing, Office, empty
from catalogue_api.mail.server import MailSecurity, MailServer
from catalogue_api.mail.writing import House, Writer
from catalogue_api.services.noticing import notify

HOUSE = House("Médiathèques de Cachan", "https://biblio.example.org")
SENDER = Sender("biblio@example.org", "accueil@example.org")


class PostOffice:
    """Takes mails, or answers as a test says: `says` maps "MAIL", "RCPT" or "DATA" to answers.

    An answer is text, or a function that gives it and may do something else before.
    """

    def __init__(self) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        self.says: dict[str, str | Callable[[SMTP, str], str]] = {}
        self.heard: list[str] = []
        self.port = 0

    async def handle_MAIL(self, server, _session, envelope, address, _options):  # noqa: N802
        envelope.mail_from = address
        return self._answer(server, "MAIL", address)

    async def handle_RCPT(self, server, _session, envelope, address, _options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self._answer(server, "RCPT", address)

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        answer = self._answer(server, "DATA", envelope.rcpt_tos[0])
        if answer.startswith("250"):
            parsed = message_from_bytes(envelope.original_content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.letters.append((envelope.rcpt_tos[0], parsed))
        return answer

    def _answer(self, server: SMTP, stage: str, address: str) -> str:
        self.heard.append(f"{stage} {address}")
        said = self.says.get(stage, "250 OK")
        return said if isinstance(said, str) else said(server, address)

    @property
    def subjects(self) -> list[str]:
        return [letter["Subject"] for _, letter in self.letters]

    def server(self, **values) -> MailServer:
        """Return this server as a library's settings name it."""
        values = {"security": MailSecurity.NONE, "silence": 5.0} | values
        return MailServer("127.0.0.1", self.port, **values)


@asynccontextmanager
async def post_office(
    *, certificate: Path | None = None, tls: bool = False, login: tuple[str, str] | None = None
) -> AsyncIterator[PostOffice]:
    """Serve SMTP on a free port of the loopback: plainly, with STARTTLS, or within TLS."""
    office, context = PostOffice(), None
    if certificate is not None:
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def knows(_server, _session, _envelope, _mechanism, data) -> AuthResult:
        fits = (data.login.decode(), data.password.decode()) == login
        return AuthResult(success=fits, handled=False)

    def protocol() -> SMTP:
        with catch_warnings():
            simplefilter("ignore")  # it does not know that it stands within TLS
            return SMTP(
                office,
                hostname="mail.example.org",
                tls_context=None if tls else context,
                require_starttls=context is not None and not tls,
                authenticator=knows if login else None,
                auth_required=login is not None,
                auth_require_tls=login is not None and not tls,
            )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if tls else None)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()


def made_certificate(folder: Path) -> Path:
    """Make a certificate of 127.0.0.1 with its key, in one file."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_text(key.read_text() + certificate.read_text())
    return both


def mailing_to(world: World, server: MailServer | None) -> Mailing:
    return Mailing(server, SENDER, HOUSE, Writer(HOUSE, world.zone))


def office_of(world: World, name: str = "one") -> Office:
    return Office(world.database, world.rules, world.clock, name)


async def sent(world: World, post: PostOffice, **values) -> Emptied:
    """Empty the outbox of a library once, by that server."""
    return await empty(office_of(world), mailing_to(world, post.server(**values)))


def write_to(world: World, patron: int = 1, email: str = "ida@example.org", **values) -> None:
    """Give a reader an address, and other values."""
    values = {"email": email} | values
    said = ", ".join(f"{name} = :{name}" for name in values)
    statement = text(f"UPDATE patrons SET {said} WHERE id = {patron}")
    world.database.write_now(lambda session: session.execute(statement, values))


def tell(world: World, number: int = 1, kind=NoticeKind.SLOT_CANCELLED, patron: int = 1, **about):
    """Lay a notice about a computer, to be told now."""
    about = {"site": "cachan", "starts_at": "2026-12-24T09:30:00+00:00"} | about
    world.database.write_now(
        lambda session: notify(session, kind, patron, about, world.now, key=f"test:{number}")
    )


def states(world: World) -> list[tuple]:
    return world.rows("SELECT status, reason FROM notices ORDER BY id")
