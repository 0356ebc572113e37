"""Emptying the outbox: letters go one after the other, until there are none or the server is away.

A mail is sent once for each acknowledgement of its content (the answer to DATA). If this program
dies between that and the note of it, or the connection does in the midst of it, nobody knows
whether the server has it: it is sent again, under the same Message-ID.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from jinja2 import TemplateError
from sqlmodel import Session

from catalogue_api.domain.mailing import Verdict, judge
from catalogue_api.domain.notices import NoticeKind, NoticeStatus
from catalogue_api.mail.message import Sender, as_message
from catalogue_api.mail.server import MailServer, NotTaken, Post
from catalogue_api.mail.writing import LANGUAGES, House, Writer
from catalogue_api.services.notices import outbox
from catalogue_api.services.notices.outbox import Letter, Settled
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.notices import waiting

_UNWRITABLE = (LookupError, ValueError, TypeError, TemplateError)
"""What a letter raises that has no words: it must not stop those behind it."""
log = structlog.get_logger("catalogue_api.mail")


@dataclass(frozen=True, slots=True)
class Mailing:
    """What mails are sent with. `server` None: this library sends none, and librarians tell."""

    server: MailServer | None
    sender: Sender
    house: House
    writer: Writer


@dataclass(slots=True)
class Emptied:
    """What came of emptying the outbox once, in numbers; `away`: the server could not be used."""

    sent: int = 0
    later: int = 0
    to_tell: int = 0
    dropped: int = 0
    away: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """Where letters are taken from and noted. `name` is unique among all senders."""

    database: Database
    rules: RulesInForce
    clock: Callable[[], datetime]
    name: str
    chance: random.Random = field(default_factory=random.Random)

    async def anything(self) -> bool:
        """Tell whether there is anything to send or to settle by now."""
        return await self.database.read(
            lambda session: waiting(session.connection(), self.clock())[0] > 0
        )

    async def take(self, *, mails: bool) -> Letter | Settled | None:
        """Claim the next letter, or settle a notice that is no mail."""

        def work(session: Session) -> Letter | Settled | None:
            rules = self.rules.current(session.connection())
            return outbox.take(session, self.name, self.clock(), rules, mails=mails)

        return await self.database.write(work)

    async def note_sent(self, letter: Letter) -> None:
        """Note that the server has acknowledged a letter."""

        def work(session: Session) -> None:
            rules = self.rules.current(session.connection())
            outbox.note_sent(session, letter, self.clock(), rules)

        await self.database.write(work)

    async def note_failed(self, letter: Letter, verdict: Verdict, said: str) -> tuple[Settled, ...]:
        """Note that the server has not."""
        chance = self.chance.random()
        return await self.database.write(
            lambda session: outbox.note_failed(session, letter, verdict, said, self.clock(), chance)
        )


async def empty(office: Office, mailing: Mailing, stopping: asyncio.Event | None = None) -> Emptied:
    """Send what is to be sent now; stop when the server is away, or `stopping` is set."""
    done, stop = Emptied(), stopping or asyncio.Event()
    if mailing.server is None:
        while not stop.is_set():
            settled = await office.take(mails=False)
            if not isinstance(settled, Settled):
                break
            _count(done, settled)
        return done
    async with Post(mailing.server) as post:
        while not stop.is_set():
            letter = await office.take(mails=True)
            if letter is None:
                break
            if isinstance(letter, Settled):
                _count(done, letter)
                continue
            await _send(office, mailing, post, letter, done)
            if done.away:
                break
    return done


async def try_out(mailing: Mailing, address: str, key: str, now: datetime) -> None:
    """Send one mail that tells nobody anything; raises `NotTaken`, ValueError without a server."""
    if mailing.server is None:
        raise ValueError("this library sends no mail")
    letter = Letter(0, key, NoticeKind.ONE_TIME_CODE, address, "", LANGUAGES[0], {}, "")
    written = mailing.writer.trial()
    message = as_message(letter, written, mailing.house, mailing.sender, now)
    async with Post(mailing.server) as post:
        await post.send(mailing.sender.envelope, address, message)


async def _send(
    office: Office, mailing: Mailing, post: Post, letter: Letter, done: Emptied
) -> None:
    try:
        message = _message(office, mailing, letter)
    except _UNWRITABLE as fault:
        log.error("not_written", notice=letter.notice, kind=letter.kind.value, why=repr(fault))
        for settled in await office.note_failed(letter, Verdict.NEVER, "it has no words"):
            _count(done, settled)
        return
    try:
        await post.send(mailing.sender.envelope, letter.address, message)
    except NotTaken as fault:
        verdict = judge(fault.answer)
        for settled in await office.note_failed(letter, verdict, str(fault)):
            _count(done, settled)
        if verdict is Verdict.SERVER_AWAY:
            done.away = str(fault)
        if verdict is Verdict.LATER:
            done.later += 1
        log.warning("not_sent", notice=letter.notice, verdict=verdict.value, code=fault.answer.code)
        return
    await office.note_sent(letter)
    done.sent += 1
    log.info("sent", notice=letter.notice, kind=letter.kind.value)


def _message(office: Office, mailing: Mailing, letter: Letter) -> bytes:
    written = mailing.writer.write(letter)
    return as_message(letter, written, mailing.house, mailing.sender, office.clock())


def _count(done: Emptied, settled: Settled) -> None:
    if settled.status is NoticeStatus.TO_TELL:
        done.to_tell += 1
    else:
        done.dropped += 1
    log.info("not_mailed", notice=settled.notice, reason=settled.reason.value)
