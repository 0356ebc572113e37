"""Emptying the outbox: which notice is next, what it says and to whom, and what came of sending it.

Several senders may be at it. Each claims a notice for a while, sends it outside every transaction,
and notes what came of it. A sender that dies in between leaves its claim to run out, and the
notice is sent again under the same Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel import Session

from catalogue_api.domain.holds import HoldEventKind, HoldStatus, ToldHow
from catalogue_api.domain.mailing import Verdict, line, mailbox, pause
from catalogue_api.domain.notices import (
    NOTICES,
    NoticeKind,
    NoticeReason,
    NoticeStatus,
    NoticeWay,
)
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.acting import Acting
from catalogue_api.services.holds.hold_copies import note
from catalogue_api.services.notices.letters import Values, values_of
from catalogue_api.services.notices.mail_marks import mark_of
from catalogue_api.services.notices.unsubscribing import token_of
from catalogue_api.storage import notices as sql
from catalogue_api.storage.tables import Hold, Notice, Patron

CLAIM = timedelta(minutes=5)
"""How long a sender keeps a notice; a mail is given up long before."""
BY_MAIL = "mail"
"""Who told a reader, in the history of a reservation."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice that is to be sent now: to whom, in which language, and what it says.

    `together` are the numbers of others that the same mail tells, `key` is made of the keys of
    all. `unsubscribe` is the token that declines its kind, "" for a duty. `mark` tells a mail that
    comes back (`mail_marks`).
    """

    notice: int
    key: str
    kind: NoticeKind
    address: str
    name: str
    language: str
    values: Values
    unsubscribe: str
    together: tuple[int, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """A notice that is not sent as a mail, and why."""

    notice: int
    kind: NoticeKind
    status: NoticeStatus
    reason: NoticeReason


@dataclass(frozen=True, slots=True)
class _Recipient:
    address: str
    name: str
    language: str


def take(
    session: Session, by: str, now: datetime, rules: Rulebook, *, mails: bool = True
) -> Letter | Settled | None:
    """Claim the next notice for a sender, or settle it where no mail is to be sent.

    None while there is nothing to do. `by` is unique among senders. `mails`: whether this library
    sends mail at all; if not, librarians are to tell what is worth it.
    """
    notice = sql.next_to_send(session, now)
    if notice is None:
        return None
    values = _values(session, notice, rules, now)
    if isinstance(values, Settled):
        return values
    recipient = _recipient(session, notice)
    if isinstance(recipient, NoticeReason):
        return settle(notice, recipient, now, by_desk=recipient is not NoticeReason.DECLINED)
    if not mails:
        return settle(notice, NoticeReason.NO_MAIL, now)
    told = [notice]
    if NOTICES[NoticeKind(notice.kind)].gathers:
        others = _gathered(session, notice, rules, now)
        told += [other for other, _ in others]
        values = {"together": [values, *(said for _, said in others)]}
    for one in told:
        one.claimed_by, one.claimed_until = by, now + CLAIM
        session.add(one)
    return _letter(session, told, recipient, values)


def _gathered(
    session: Session, notice: Notice, rules: Rulebook, now: datetime
) -> list[tuple[Notice, Values]]:
    """Return the others that the same mail can tell, with what they say; settle the rest."""
    found: list[tuple[Notice, Values]] = []
    for other in sql.others_to_send(session, notice, now):
        said = _values(session, other, rules, now)
        if not isinstance(said, Settled):
            found.append((other, said))
    return found


def _letter(
    session: Session, told: Sequence[Notice], recipient: _Recipient, values: Values
) -> Letter:
    notice = told[0]
    kind, token = NoticeKind(notice.kind), ""
    if notice.patron_id is not None and not NOTICES[kind].duty:
        token = token_of(session, notice.patron_id, kind)
    numbers = [one.id or 0 for one in told]
    return Letter(
        numbers[0],
        "\n".join(one.key for one in told),
        kind,
        recipient.address,
        recipient.name,
        recipient.language,
        values,
        token,
        tuple(numbers[1:]),
        mark_of(session, numbers, recipient.address),
    )


def note_sent(session: Session, letter: Letter, now: datetime, rules: Rulebook) -> None:
    """Note that the mail server has acknowledged a letter."""
    if letter.kind is NoticeKind.HOLD_READY:
        acting = Acting(session, now, rules, BY_MAIL)
        together = cast("list[dict[str, Any]]", letter.values["together"])
        for said in sorted(together, key=lambda said: int(said["hold"])):
            _note_on_hold(acting, said["hold"], said["ready_at"])
    for notice in _open(session, letter):
        _end(notice, NoticeStatus.SENT, now)
        notice.reason, notice.detail = "", ""


def note_failed(
    session: Session, letter: Letter, verdict: Verdict, said: str, now: datetime, chance: float
) -> tuple[Settled, ...]:
    """Note that a letter was not taken, and why; return what has ended with that."""
    settled: list[Settled] = []
    for notice in _open(session, letter):
        notice.claimed_by, notice.claimed_until = "", None
        notice.detail = line(said)
        if verdict is Verdict.LATER:
            notice.tries += 1
            notice.next_try_at = now + pause(notice.tries, chance)
        if verdict is Verdict.ADDRESS:
            mark_failing(session, notice, letter.address)
            settled.append(settle(notice, NoticeReason.ADDRESS_REFUSED, now))
        if verdict is Verdict.NEVER:
            settled.append(settle(notice, NoticeReason.MESSAGE_REFUSED, now))
    return tuple(settled)


def _values(session: Session, notice: Notice, rules: Rulebook, now: datetime) -> Values | Settled:
    """Return what a notice has to say, or settle one that has nothing to say any more."""
    if now >= notice.stale_at:
        return settle(notice, NoticeReason.STALE, now, by_desk=False)
    try:
        values = values_of(session, notice, rules, now)
    except (LookupError, ValueError):  # laid by a release that knew it otherwise: it must not stay
        return settle(notice, NoticeReason.MESSAGE_REFUSED, now)
    return values or settle(notice, NoticeReason.OVERTAKEN, now, by_desk=False)


def _recipient(session: Session, notice: Notice) -> _Recipient | NoticeReason:
    if notice.patron_id is None or NOTICES[NoticeKind(notice.kind)].elsewhere:
        address = mailbox(notice.address)
        return _Recipient(address, "", notice.language) if address else NoticeReason.NO_ADDRESS
    patron = session.get_one(Patron, notice.patron_id)
    way = sql.way_of(session.connection(), notice.patron_id, notice.kind)
    if way is NoticeWay.NOT_AT_ALL and not NOTICES[NoticeKind(notice.kind)].duty:
        return NoticeReason.DECLINED
    if way is NoticeWay.DESK:
        return NoticeReason.WANTS_THE_DESK
    address = mailbox(patron.email)
    if not address:
        return NoticeReason.NO_ADDRESS
    if patron.failing_email == patron.email:
        return NoticeReason.ADDRESS_REFUSED
    name = line(f"{patron.given_name} {patron.family_name}", 100)
    return _Recipient(address, name, patron.language)


def settle(notice: Notice, reason: NoticeReason, now: datetime, *, by_desk: bool = True) -> Settled:
    """Give a notice to the librarians if it is worth a call, or drop it."""
    kind = NoticeKind(notice.kind)
    if by_desk and NOTICES[kind].by_desk:
        notice.status = NoticeStatus.TO_TELL.value
        notice.version += 1
    else:
        _end(notice, NoticeStatus.DROPPED, now)
    notice.reason = reason.value
    return Settled(notice.id or 0, kind, NoticeStatus(notice.status), reason)


def _end(notice: Notice, status: NoticeStatus, now: datetime) -> None:
    notice.status, notice.ended_at = status.value, now
    notice.claimed_by, notice.claimed_until = "", None
    notice.version += 1
    facts = NOTICES[NoticeKind(notice.kind)]
    if facts.secret:
        notice.about = "{}"
    if facts.elsewhere:
        notice.address = ""


def _open(session: Session, letter: Letter) -> list[Notice]:
    """Return the notices of a letter, locked, while they wait; whoever has them in hand by now.

    A claim that ran out during a slow sending makes no difference to what the server has said.
    """
    found = [
        session.get(Notice, number, populate_existing=True, with_for_update=True)
        for number in sorted((letter.notice, *letter.together))
    ]
    return [one for one in found if one is not None and one.status == NoticeStatus.WAITING.value]


def mark_failing(session: Session, notice: Notice, address: str) -> None:
    """Note that mail to a reader fails, if this is still their address."""
    if notice.patron_id is None:
        return
    patron = session.get_one(Patron, notice.patron_id)
    if mailbox(patron.email) == address:
        patron.failing_email = patron.email
        session.add(patron)


def _note_on_hold(acting: Acting, number: int, ready_at: datetime) -> None:
    hold = acting.session.get(Hold, number, populate_existing=True, with_for_update=True)
    if hold is None or hold.status != HoldStatus.READY.value or hold.ready_at != ready_at:
        return
    hold.told_at, hold.told_how = acting.now, ToldHow.EMAIL.value
    hold.version += 1
    acting.session.add(hold)
    note(acting, hold, HoldEventKind.TOLD, how=ToldHow.EMAIL.value)
