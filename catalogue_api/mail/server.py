"""The library's mail server: one connection, kept open while there is something to send.

The only import of aiosmtplib. Everything that a server can do wrong becomes an `Answer`.
"""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import aiosmtplib

from catalogue_api.domain.mailing import Answer, Stage

SILENCE = 30.0
"""Seconds without an answer after which a server is given up."""
LONGEST = 180.0
"""Seconds that one mail may take with everything that goes before it."""


class MailSecurity(StrEnum):
    """How the way to the mail server is kept secret; without it nothing is sent."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


_PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465, MailSecurity.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where the server is and how it is spoken to; `port` 0 is the usual one.

    `authority` is a file of certificates beside those that the system trusts.
    """

    host: str
    port: int = 0
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    authority: Path | None = None
    silence: float = SILENCE
    longest: float = LONGEST


class NotTaken(Exception):
    """The server did not acknowledge a mail; `answer` is what it said, and when."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.stage.value}: {answer.code} {answer.text}".strip())
        self.answer = answer


class Post:
    """A way to the mail server, opened with the first mail: `async with Post(server) as post`."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if kind is None:
            await self._close()
        else:
            self._hang_up()

    async def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Return once the server has acknowledged the mail; raises `NotTaken`.

        After a fault the connection is not used again: what the server still says would be taken
        for the answer to another question.
        """
        stage = Stage.CONNECTION
        try:
            async with asyncio.timeout(self._server.longest):
                client = await self._ready()
                stage = Stage.SENDER
                await client.mail(sender)
                stage = Stage.RECIPIENT
                await client.rcpt(recipient)
                stage = Stage.MESSAGE
                await client.data(message)
        except aiosmtplib.SMTPResponseException as error:
            if stage is Stage.CONNECTION:
                self._hang_up()
            raise NotTaken(Answer(stage, error.code, error.message)) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            self._hang_up()
            said = f"{error} {error.__cause__ or ''}".strip()
            raise NotTaken(Answer(stage, 0, said or repr(error))) from error

    async def _ready(self) -> aiosmtplib.SMTP:
        """Return a connection; one that the server closed while nothing was sent is opened anew."""
        if self._client is not None and self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.rset()
                return self._client
        self._hang_up()
        self._client = self._of_server()
        await self._client.connect()
        return self._client

    def _of_server(self) -> aiosmtplib.SMTP:
        server = self._server
        context = None
        if server.security is not MailSecurity.NONE:
            context = ssl.create_default_context()
            if server.authority is not None:
                context.load_verify_locations(server.authority)
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port or _PORTS[server.security],
            username=server.user or None,
            password=server.password or None,
            use_tls=server.security is MailSecurity.TLS,
            start_tls=server.security is MailSecurity.STARTTLS,
            tls_context=context,
            timeout=server.silence,
        )

    async def _close(self) -> None:
        """Say goodbye, if somebody is there to hear it."""
        if self._client is not None and self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit()
        self._hang_up()

    def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
