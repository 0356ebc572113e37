"""The server's own sender: it looks into the outbox time and again, and rests while there is none.

Every process of the server may run one: a notice is in the hand of one sender at a time.
"""

import asyncio
from contextlib import suppress

import structlog

from catalogue_api.domain.mailing import pause
from catalogue_api.mail.sending import Emptied, Mailing, Office, empty
from catalogue_api.storage.engine.errors import StorageError

IDLE = 5.0
"""Seconds between two looks; somebody may wait for a code in front of a screen."""
LONGEST_REST = 15 * 60.0
"""Seconds after which a mail server that was away is tried again, at the latest."""
log = structlog.get_logger("catalogue_api.mail")


async def keep_emptying(office: Office, mailing: Mailing, stopping: asyncio.Event) -> None:
    """Send what is to be sent until `stopping` is set; a mail under way is finished first."""
    away = 0
    while not stopping.is_set():
        done = await _once(office, mailing, stopping)
        away = away + 1 if done.away else 0
        rest = IDLE
        if done.away:
            rest = min(pause(away, office.chance.random()).total_seconds(), LONGEST_REST)
            log.error("mail_server_away", why=done.away, again_in=round(rest))
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), rest)


async def _once(office: Office, mailing: Mailing, stopping: asyncio.Event) -> Emptied:
    try:
        if not await office.anything():
            return Emptied()
        return await empty(office, mailing, stopping)
    except StorageError as error:
        return Emptied(away=f"the database: {error}")
    except Exception:
        log.exception("sender_failed")
        return Emptied(away="a fault of ours: see the lines above")
