"""A written letter as a mail of RFC 5322: headers that nobody can add to, a body for any server."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from catalogue_api.mail.writing import House, Written, unsubscribe_address
from catalogue_api.services.notices.outbox import Letter

MARK = "Ritournelle-Mail"
"""The header with the mark by which a mail that comes back is known."""


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom mails are, and where answers go ("": to the same), as addresses alone.

    `returns_to` is where servers send back what they cannot deliver ("": to the same).
    """

    address: str
    reply_to: str = ""
    returns_to: str = ""

    @property
    def envelope(self) -> str:
        """Whom the mail server hears as the sender."""
        return self.returns_to or self.address

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


def message_id(letter: Letter, sender: Sender) -> str:
    """Return the Message-ID of a letter: the same whenever it is sent, and no other letter's."""
    return f"<{sha256(letter.key.encode()).hexdigest()[:32]}@{sender.domain}>"


def as_message(
    letter: Letter, written: Written, house: House, sender: Sender, now: datetime
) -> bytes:
    """Return the mail, in ASCII lines that every server takes.

    It says of itself that no person wrote it (RFC 3834), so that no holiday notice answers it. A
    notice that can be declined says how, for one click too (RFC 8058).
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(_name(house.name), addr_spec=sender.address)
    message["To"] = Address(_name(letter.name), addr_spec=letter.address)
    if sender.reply_to:
        message["Reply-To"] = Address(addr_spec=sender.reply_to)
    message["Subject"] = written.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(letter, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = written.language  # after the content, which clears such headers
    by_hand = _unsubscribing(unsubscribe_address(house, letter)) + _marked(letter.mark)
    return by_hand + message.as_bytes()


def _marked(mark: str) -> bytes:
    """Return the header of the mark, by hand for the same reason."""
    return f"{MARK}: {mark}\r\n".encode("ascii") if mark else b""


def _name(said: str) -> str:
    """Return a name that is read as it is said.

    The library decodes a name that is an encoded word, and then writes what comes out of it as it
    is (before Python 3.13): line ends too.
    """
    return said.replace("=?", "= ?")


def _unsubscribing(address: str) -> bytes:
    """Return the headers of RFC 8058, nothing without an address.

    They are written by hand: the library would fold a long address into encoded words, which no
    mail program reads as an address.
    """
    if not address:
        return b""
    if not address.isascii() or not address.isprintable() or set(address) & set("<> "):
        raise ValueError("an address that does not belong into a header")
    post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    return f"List-Unsubscribe: <{address}>\r\n{post}\r\n".encode("ascii")
