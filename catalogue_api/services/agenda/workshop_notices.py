"""What registered people are told: by a notice if they have an account, else by a call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from catalogue_api.domain.notices import NoticeKind
from catalogue_api.services.agenda.book import Book
from catalogue_api.services.noticing import notify, take_back
from catalogue_api.storage.tables import Registration


@dataclass(slots=True)
class Told:
    """Who hears of something: `by_message` have an address, `to_call` can only be called.

    Each person counts once.
    """

    messages: set[int] = field(default_factory=set)
    calls: set[int] = field(default_factory=set)

    @property
    def by_message(self) -> int:
        """How many a message goes to."""
        return len(self.messages)

    @property
    def to_call(self) -> int:
        """How many have to be called."""
        return len(self.calls)

    def count(self, registration: Registration, *, well: bool) -> None:
        """Count somebody; `well`: a message goes to them."""
        (self.messages if well else self.calls).add(registration.id or 0)


def is_reachable(book: Book, registration: Registration) -> bool:
    """Tell whether somebody can be asked in writing."""
    return registration.patron_id in book.writable


def tell(
    book: Book,
    kind: NoticeKind,
    registration: Registration,
    key: str,
    *,
    starts_at: datetime | None = None,
    more: Mapping[str, str] | None = None,
) -> bool:
    """Lay a notice about a registration into the outbox; False if only a call reaches them.

    `key` is what makes it one notice, behind the number of the registration. `starts_at`: of the
    session in question, by default of the first.
    """
    number = registration.patron_id
    if number is None:
        return False
    about = {
        "title": book.event.title,
        "site": book.event.site,
        "room": book.event.room,
        "starts_at": (starts_at or book.occasion(registration.session_id).starts_at).isoformat(),
        "event": str(book.number),
        "registration": str(registration.id),
        **(more or {}),
    }
    notify(book.db, kind, number, about, book.now, key=_key(registration, key))
    return is_reachable(book, registration)


def untell(book: Book, registration: Registration, *keys: str) -> None:
    """Take back what was not sent yet and holds no more."""
    for key in keys:
        take_back(book.db, _key(registration, key))


def _key(registration: Registration, key: str) -> str:
    return f"registration:{registration.id}:{key}"
