"""Mail: addresses that can be written to, what a mail server's answer means, when to try again."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

_LONGEST_ADDRESS = 254
_LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_LABEL = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


def mailbox(text: str) -> str:
    """Return the address of one mailbox, its domain in ASCII (IDNA); "" if the text is none.

    Quoted local parts, address literals (RFC 5321, 4.1.2) and local parts beyond ASCII (RFC 6531)
    are hardly anybody's, and few servers take them: they are no addresses here.
    """
    local, at, domain = text.strip().rpartition("@")
    labels = domain.split(".")
    if not at or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL or len(labels) < 2:
        return ""
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return ""
    if not all(_LABEL.fullmatch(label) for label in labels):
        return ""
    try:
        written = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return ""
    return written if len(written) <= _LONGEST_ADDRESS else ""


def line(text: str, longest: int = 300) -> str:
    """Return a text as one line without anything that steers: it cannot begin another header.

    Signs that turn the direction of writing, or have no width, go too: a title may not hide what
    stands behind it.
    """
    plain = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def lines(text: str) -> str:
    """Return what somebody typed as lines without anything that steers, one empty at the most."""
    rows = (" ".join(_UNPRINTABLE.sub(" ", row).split()) for row in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()


class Stage(StrEnum):
    """How far a mail came before a server answered, or did not."""

    CONNECTION = "connection"
    """Greeting, encryption, signing in."""
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


class Verdict(StrEnum):
    """What becomes of a mail that was not taken."""

    SERVER_AWAY = "server_away"
    """Nothing can be sent now: the fault is the server's or the settings', not the mail's."""
    LATER = "later"
    """This mail is tried again."""
    ADDRESS = "address"
    """There is no such mailbox."""
    NEVER = "never"
    """The server will not take this mail."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a mail server said at a stage; code 0: it fell silent or hung up."""

    stage: Stage
    code: int
    text: str = ""


_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
_NO_MAILBOX = {550, 551, 553, 556}
_GOING_AWAY = 421
_RELAY = re.compile(r"relay|policy|spam|block|reput|denied|authenti", re.IGNORECASE)


def judge(answer: Answer) -> Verdict:
    """Say what becomes of a mail, by RFC 5321 (4.2.1) and the enhanced codes of RFC 3463.

    An address is bad only where the server says so of the mailbox itself (5.1.x, 5.2.1): a server
    that refuses to relay, or for a policy, would make every reader's address look bad.
    """
    early = answer.stage in {Stage.CONNECTION, Stage.SENDER}
    if answer.code < 500 or answer.code == _GOING_AWAY:
        return Verdict.SERVER_AWAY if early else Verdict.LATER
    if early:
        return Verdict.SERVER_AWAY
    enhanced = _ENHANCED.search(answer.text)
    if enhanced is not None:
        subject, detail = int(enhanced[1]), int(enhanced[2])
        if subject == 1 or (subject, detail) == (2, 1):
            return Verdict.ADDRESS
        mailbox_or_policy = subject in {2, 7} and answer.stage is Stage.RECIPIENT
        return Verdict.LATER if mailbox_or_policy else Verdict.NEVER
    if answer.stage is Stage.MESSAGE:
        return Verdict.NEVER
    said_of_all = _RELAY.search(answer.text) is not None
    return Verdict.ADDRESS if answer.code in _NO_MAILBOX and not said_of_all else Verdict.LATER


_REPLY_CODE = re.compile(r"(?:smtp;)?\s*([45]\d\d)\b", re.IGNORECASE)
_SAYS_NOTHING = {"", "5.0.0"}


def judge_returned(status: str, diagnostic: str) -> Verdict:
    """Say what becomes of a mail that came back: ADDRESS, or NEVER.

    By the status and the diagnostic code of a report (RFC 3464, 2.3), such as `5.1.1` and
    `smtp; 550 no such user here`. Where neither tells, the mailbox is not to blame.
    """
    code = _REPLY_CODE.match(diagnostic)
    unknown = 450 if status.startswith("4.") else 554
    stated = "" if status in _SAYS_NOTHING else status
    answer = Answer(
        Stage.RECIPIENT, int(code[1]) if code else unknown, f"{stated} {diagnostic}".strip()
    )
    return Verdict.ADDRESS if judge(answer) is Verdict.ADDRESS else Verdict.NEVER


FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)


def pause(tries: int, chance: float) -> timedelta:
    """Return how long to wait after so many tries: doubled each time, two hours at the most.

    `chance`, from 0 to 1, spreads it between three quarters and five quarters, so that many
    senders do not come back at once.
    """
    doublings: int = min(max(tries - 1, 0), 10)
    doubled = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))
    return doubled * (0.75 + chance / 2)
